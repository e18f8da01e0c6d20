"""The recipe for a toolstack: a package and one row, and every rule reads its guests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from contributing.checkout_copy import Copy, blocks, section

RECIPE = section("Adding a toolstack")
(PLUGIN,) = blocks(RECIPE, "python")
(ROW,) = blocks(RECIPE, "text")
GUEST = "#lines\nname web\ntype pvh\nkernel /boot/linux\nrunstate_translation never\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The tree after the recipe."""
    made = Copy(tmp_path_factory.mktemp("toolstack"))
    plugin = re.search(r"`(plugins/\w+/plugin\.py)`", RECIPE)
    table = re.search(r"row of `(\w+)` in `([\w/]+\.py)`", RECIPE)
    assert plugin
    assert table
    path = made.folder / plugin[1]
    path.parent.mkdir()
    (path.parent / "__init__.py").write_text('"""Guests as lines."""\n')
    path.write_text(PLUGIN)
    path = made.folder / table[2]
    text = path.read_text("utf-8")
    name, opening = table[1], f"\n{table[1]} = (\n"
    assert text.count(opening) == 1, f"{table[2]} has no table {name}"
    path.write_text(text.replace(opening, opening + ROW), "utf-8")
    return made


def test_rules_look_at_its_guests(copy: Copy, tmp_path: Path) -> None:
    guest = tmp_path / "web.lines"
    guest.write_text(GUEST)
    done = copy.xlcfg("check", "--isolated", "--format", "json", guest)
    assert "Traceback" not in done.stderr
    found = next(d for d in json.loads(done.stdout)["diagnostics"] if d["code"] == "RS001")
    assert (found["line"], found["column"]) == (5, 22)


def test_its_guests_are_converted(copy: Copy, tmp_path: Path) -> None:
    guest = tmp_path / "web.lines"
    guest.write_text(GUEST.replace("never", "update"))
    done = copy.xlcfg("convert", "--to", "xl", guest)
    assert 'name = "web"' in done.stdout
    assert "plugins" not in done.stderr


def test_the_toolstack_is_listed(copy: Copy) -> None:
    assert "xlcfg_lines.plugin" in copy.xlcfg("plugins").stdout
