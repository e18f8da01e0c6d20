"""Which wheel is compiled, and what of it. `ci/compiled` builds one and tries it."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

from packaging_help import ROOT

HOOK = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"][
    "build"
]["targets"]["wheel"]["hooks"]["custom"]


def test_every_module_to_compile_is_there_and_in_one_library() -> None:
    patterns = [pattern for library in HOOK["libraries"].values() for pattern in library]
    found = [path for pattern in patterns for path in ROOT.glob(pattern)]
    assert [pattern for pattern in patterns if not list(ROOT.glob(pattern))] == []
    assert len(found) == len(set(found))


def test_the_wheel_is_pure_where_nobody_asks(distributions: dict[str, Path]) -> None:
    assert distributions["wheel"].name.endswith("-py3-none-any.whl")


@pytest.mark.slow
def test_a_compiled_wheel_does_what_the_pure_one_does() -> None:
    done = subprocess.run(
        ["sh", ROOT / "ci/compiled", "tests/conformance"],
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_name_is_caught_with_two_types() -> None:
    """mypyc gives a name of a function one type: that of the first `except ... as name`."""
    for library in HOOK["libraries"].values():
        for path in (path for pattern in library for path in ROOT.glob(pattern)):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(function, ast.FunctionDef):
                    caught: dict[str, set[str]] = {}
                    for node in ast.walk(function):
                        if isinstance(node, ast.ExceptHandler) and node.name and node.type:
                            caught.setdefault(node.name, set()).add(ast.unparse(node.type))
                    assert all(len(types) == 1 for types in caught.values()), (path, caught)
