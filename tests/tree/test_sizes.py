"""Sizes of functions and classes: within limits, or excused in pyproject.toml with a reason."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ROOT

FOLDERS = ("xlcfg", "plugins", "tests", "benchmarks", "editors", "examples", "ci")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LIMITS = PYPROJECT["tool"]["xlcfg-sizes"]
EXCEPTIONS: dict[str, str] = LIMITS["exceptions"]


def measured(node: ast.AST, within: str = "") -> Iterator[tuple[str, str, int]]:
    """Dotted name, kind and lines, without decorators, of every function and class below a node."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{within}{child.name}"
            kind = "class" if isinstance(child, ast.ClassDef) else "function"
            yield name, kind, (child.end_lineno or 0) - child.lineno + 1
            yield from measured(child, f"{name}.")
        else:
            yield from measured(child, within)


def oversized() -> dict[str, str]:
    """`file::name` -> what is too long about it, excused or not."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if "/node_modules/" in where:
                continue
            for name, kind, lines in measured(ast.parse(path.read_bytes())):
                if lines > LIMITS[kind]:
                    found[f"{where}::{name}"] = f"{kind} of {lines} lines, over {LIMITS[kind]}"
    return found


@pytest.fixture(scope="module")
def too_long() -> dict[str, str]:
    return oversized()


def test_what_is_too_long_has_a_reason(too_long: dict[str, str]) -> None:
    unexcused = {name: what for name, what in too_long.items() if name not in EXCEPTIONS}
    assert not unexcused
    assert all(reason.strip() for reason in EXCEPTIONS.values())


def test_no_exception_outlives_its_cause(too_long: dict[str, str]) -> None:
    assert sorted(set(EXCEPTIONS) - set(too_long)) == []


def test_what_is_too_complex_is_what_is_excused() -> None:
    """ruff passes over what is excused; here it must find these files and no others."""
    lint = PYPROJECT["tool"]["ruff"]["lint"]
    excused = {name for name, codes in lint["per-file-ignores"].items() if "C901" in codes}
    most = f"lint.mccabe.max-complexity={lint['mccabe']['max-complexity']}"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "C901"]
    command += ["--config", most, "--output-format", "json", *FOLDERS]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    found = {Path(one["filename"]).relative_to(ROOT).as_posix() for one in json.loads(done.stdout)}
    assert found == excused


def test_sizes_are_measured_in_classes_and_functions() -> None:
    tree = ast.parse(
        "class A:\n    @d\n    def f(self):\n        if 1:\n            def g(): ...\n"
    )
    assert list(measured(tree)) == [
        ("A", "class", 5),
        ("A.f", "function", 3),
        ("A.f.g", "function", 1),
    ]
