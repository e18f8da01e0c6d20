"""The recipe for a key of guest configs: one entry of the data and one command are enough."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from contributing.checkout_copy import Copy, blocks, section

RECIPE = section("Adding a key of guest configs")
(ENTRY,) = (json.loads(block) for block in blocks(RECIPE, "json"))
BUILD = ("-m", "xlcfg.catalogue.build")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The tree after the recipe."""
    assert " ".join(("python", *BUILD)) in RECIPE
    made = Copy(tmp_path_factory.mktemp("key"))
    path = made.folder / "xlcfg" / "catalogue" / "data" / "guest_options.json"
    data = json.loads(path.read_text("utf-8"))
    names = [option["name"] for option in data["options"]]
    data["options"].insert(names.index("usb"), ENTRY)
    path.write_text(json.dumps(data, indent=1), "utf-8")
    stale = made.python(*BUILD, "--check")
    assert stale.returncode == 1, "a change of the data makes nothing stale"
    built = made.python(*BUILD)
    assert built.returncode == 0, built.stderr
    return made


def check(copy: Copy, tmp_path: Path, line: str, *arguments: str) -> str:
    config = tmp_path / "guest.cfg"
    config.write_text(f'name = "a"\ntype = "hvm"\nmemory = 64\n{line}\n')
    return copy.xlcfg("check", "--isolated", *arguments, config).stdout


def test_nothing_is_stale_after_the_recipe(copy: Copy) -> None:
    done = copy.python(*BUILD, "--check")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_good_value_is_taken_and_a_bad_one_reported(copy: Copy, tmp_path: Path) -> None:
    name = ENTRY["name"]
    assert "No findings" in check(copy, tmp_path, f"{name} = 1", "--xen", "4.22")
    found = check(copy, tmp_path, f'{name} = "yes"', "--xen", "4.22")
    assert ":4:" in found
    assert f"`{name}`" in found


def test_other_releases_and_guest_types_are_told_apart(copy: Copy, tmp_path: Path) -> None:
    name = ENTRY["name"]
    older = check(copy, tmp_path, f"{name} = 1", "--xen", "4.20")
    assert "4.22" in older
    other = check(copy, tmp_path, f'type = "pvh"\nkernel = "/k"\n{name} = 1', "--xen", "4.22")
    assert f"`{name}`" in other


def test_pages_schemas_and_editors_know_the_key(copy: Copy) -> None:
    name = ENTRY["name"]
    assert ENTRY["description"] in " ".join(copy.xlcfg("options", name).stdout.split())
    schema = json.loads(copy.xlcfg("schema", "--xen", "4.22").stdout)
    assert name in schema["properties"]
    for path in ("vim/syntax/xlcfg.vim", "vscode/syntaxes/xlcfg.tmLanguage.json"):
        assert name in (copy.folder / "editors" / path).read_text("utf-8")


def test_a_key_that_nothing_reads_is_refused(copy: Copy, tmp_path: Path) -> None:
    other = Copy(tmp_path / "tree")
    path = other.folder / "xlcfg" / "catalogue" / "data" / "guest_options.json"
    data = json.loads(path.read_text("utf-8"))
    data["options"].append({**ENTRY, "kind": "spec-list"})
    path.write_text(json.dumps(data), "utf-8")
    done = other.python(*BUILD)
    assert done.returncode != 0
    assert "add `read_as`" in done.stderr
