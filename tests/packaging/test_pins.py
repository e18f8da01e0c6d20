"""The pins of what CI installs: complete, and a package that is another one ends it all."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from packaging_help import ROOT

PINS = ROOT / "ci" / "requirements.txt"


def pins() -> dict[str, tuple[str, int]]:
    """Name -> version and number of hashes."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in PINS.read_text().splitlines():
        match = re.match(r"([\w.-]+)==([^\s;]+)", line)
        if match:
            name = match[1].lower()
            found[name] = match[2], 0
        assert not line.startswith(("-", "http"))  # a registry is for who installs to choose
        found[name] = found[name][0], found[name][1] + len(re.findall("--hash=sha256:", line))
    return found


def test_everything_is_pinned_with_hashes() -> None:
    known = pins()
    assert all(hashes for _, hashes in known.values())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        wanted = Requirement(text)
        version = known[wanted.name.lower()][0]
        assert wanted.specifier.contains(version), f"{text}: run ci/pin, {version} is pinned"


def setup(folder: Path, pip: str) -> subprocess.CompletedProcess[str]:
    """`pinned_in_venv` with a `pip` of our own."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    path = folder / ".venv" / "bin" / "pip"
    path.write_text(f"#!/bin/sh\n{pip}\n")
    path.chmod(0o755)
    script = f". {ROOT}/.ci/setup; pinned_in_venv {PINS} '.[dev]'; echo went on"
    return subprocess.run(
        ["sh", "-euc", script], cwd=folder, capture_output=True, text=True, check=False
    )


def wrong_hash(folder: Path) -> str:
    """What pip says of a file that is not the one with the hash."""
    wheel = folder / "thing-1-py3-none-any.whl"
    import zipfile

    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr(
            "thing-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1\n"
        )
        file.writestr("thing-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        file.writestr("thing-1.dist-info/RECORD", "")
    (folder / "r.txt").write_text(f"thing==1 --hash=sha256:{'0' * 64}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(folder),
         "--require-hashes", "--target", str(folder / "out"), "-r", str(folder / "r.txt")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    return done.stderr


@pytest.mark.fault(
    "a package of a registry is not the one that was pinned",
    says="`tests/run` ends: `a package is not the one that ci/requirements.txt has the hash of`",
    lost="nothing is installed",
)
def test_a_wrong_hash_ends_it(tmp_path: Path) -> None:
    said = wrong_hash(tmp_path)
    (tmp_path / "said").write_text(said)
    done = setup(tmp_path, f"cat {tmp_path}/said >&2; exit 1")
    assert done.returncode == 1
    assert "nothing is installed" in done.stderr
    assert "went on" not in done.stdout


@pytest.mark.fault(
    "a registry lacks a pinned package", says="`tests/run`: `*** NOT PINNED ...`, and goes on",
    lost="that the packages are the pinned ones",
)  # fmt: skip
def test_a_missing_package_is_told(tmp_path: Path) -> None:
    said = "ERROR: No matching distribution found for lark==99"
    done = setup(tmp_path, f'case "$*" in *--require-hashes*) echo "{said}" >&2; exit 1;; esac')
    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert "NOT PINNED" in done.stderr
    assert done.stdout == "went on\n"


def test_pinned_is_pinned(tmp_path: Path) -> None:
    done = setup(tmp_path, 'echo "$*" >>log')
    assert done.returncode == 0, done.stderr
    first, second = (tmp_path / "log").read_text().splitlines()
    assert "--require-hashes" in first
    assert "--no-deps --no-build-isolation -e ." in second


def test_three_packages_at_run_time() -> None:
    """As SECURITY.md says; each is one more that has to be trusted."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[<>=!~ \[]", text)[0] for text in project["dependencies"]}
    assert needed == {"lark", "pluggy", "jsonschema"}
