"""The recipe for a format: one file and one name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from contributing.checkout_copy import Copy, blocks, section

RECIPE = section("Adding a format")
(MODULE,) = blocks(RECIPE, "python")
FILE = "xlcfg/report/tsv.py"
CONFIG = 'name = "a"\nkernel = "/k"\nvcpu = 2\nb\x1b[31m = 1\n'


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The tree after the recipe."""
    assert f"`{FILE}` is" in RECIPE
    made = Copy(tmp_path_factory.mktemp("format"))
    (made.folder / FILE).write_text(MODULE, "utf-8")
    table = made.folder / "xlcfg" / "report" / "__init__.py"
    text = table.read_text("utf-8")
    changed = re.sub(r'("checkstyle",\n)', r'\1        "tsv",\n', text, count=1)
    assert changed != text
    table.write_text(changed, "utf-8")
    return made


def test_it_renders_findings(copy: Copy, tmp_path: Path) -> None:
    config = tmp_path / "guest.cfg"
    config.write_text(CONFIG.replace("b\x1b[31m = 1\n", ""))
    done = copy.xlcfg("check", "--isolated", "--format", "tsv", config)
    assert done.returncode == 1, done.stderr
    (line,) = done.stdout.splitlines()
    assert line.split("\t")[1:4] == ["3", "warning", "XL101"]


def test_what_an_input_holds_is_escaped(copy: Copy, tmp_path: Path) -> None:
    config = tmp_path / "guest.cfg"
    config.write_text(CONFIG)
    assert "\x1b" not in copy.xlcfg("check", "--isolated", "--format", "tsv", config).stdout


def test_every_list_of_formats_has_it(copy: Copy) -> None:
    assert "tsv" in copy.xlcfg("check", "--help").stdout
    assert "tsv" in copy.xlcfg("completion", "bash").stdout
    assert "tsv" in copy.xlcfg("check", "--format", "tvs", "-").stderr
