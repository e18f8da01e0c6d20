"""The recipes of CONTRIBUTING.md, followed to the letter in a copy of the tree.

A block of Python or diff that begins with `# file: PATH` makes or changes that file; the lines
`$ COMMAND` of a console block are run, and must print the lines below them.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

COPIED = ("xlcfg", "plugins", "tests", "grammars", "pyproject.toml")
_BLOCK = re.compile(r"^```(python|diff|console)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# file: (\S+)\n")


def section(heading: str) -> str:
    """The text under a heading, up to the next heading of any level."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"CONTRIBUTING.md has no section {heading!r}"
    return found[1]


def change(text: str, hunk: str) -> str:
    """A text with one hunk of a diff: its lines must stand in one place of the text."""
    lines = hunk.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] in " -")
    after = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(before) == 1, f"{before!r} is not in one place of the file"
    return text.replace(before, after)


def run(command: str, tree: Path) -> list[str]:
    """What a command of a recipe prints, line by line; it may fail only as a check does."""
    folder = tree / "bin"
    if not folder.exists():
        folder.mkdir()
        wrapper = folder / "python"
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        wrapper.chmod(0o755)
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=tree,
        env={
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join((str(tree), str(tree / "plugins"))),
            "PYTEST_ADDOPTS": "-p no:cacheprovider",
            "CI": "",  # the copy lacks what was set up beside the checkout
        },
        capture_output=True,
        text=True,
        check=False,
    )
    printed = done.stdout + done.stderr
    findings = " check " in command and done.returncode == 1
    assert done.returncode == 0 or findings, f"{command}\n{printed}"
    assert "no tests ran" not in printed, command
    return printed.splitlines()


def follow(recipe: str, tree: Path) -> int:
    """Do what a recipe says; how many commands it has."""
    commands = 0
    for language, block in _BLOCK.findall(recipe):
        if language == "console":
            printed: list[str] = []
            for line in block.splitlines():
                if line.startswith("$ "):
                    printed = run(line[2:], tree)
                    commands += 1
                else:
                    assert line in printed
            continue
        named = _FILE.match(block)
        assert named is not None, block
        path = tree / named[1]
        content = block[named.end() :]
        if language == "diff":
            path.write_text(change(path.read_text(encoding="utf-8"), content), encoding="utf-8")
        else:
            assert not path.exists(), f"the tree has {named[1]} by now: choose another name"
            path.write_text(content, encoding="utf-8")
    return commands


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree, as far as a recipe needs it."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "contributing")
            shutil.copytree(source, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


RECIPES = ("Adding a rule", "What xl makes of a value", "A finding about replays")


@pytest.mark.parametrize("heading", RECIPES)
def test_a_recipe_works(heading: str, tree: Path) -> None:
    assert follow(section(heading), tree) >= 3


def test_a_rule_that_lacks_something_does_not_get_in(tree: Path) -> None:
    """What the recipe's build refuses: it is not only the words of the recipe that are tested."""
    path = tree / "xlcfg/rules/keys/xl112_name_with_blank.py"
    _, block = _BLOCK.findall(section("Adding a rule"))[0]
    path.write_text(block.replace('SEVERITY = "warning"\n', ""), encoding="utf-8")
    with pytest.raises(AssertionError, match="SEVERITY is one or more of"):
        run("python -m xlcfg.rules.build", tree)
