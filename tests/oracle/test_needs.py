"""What a run of the tests says about what they need, in small suites with our conftest."""

from __future__ import annotations

import ast
import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from oracle.xl_oracle import RELEASES

import needs
from support import ROOT

TESTS = ROOT / "tests"
ASKS = """
import needs
import pytest

@pytest.mark.needs("xl-4.17")
def test_marked():
    assert False

def test_asks():
    needs.require("xl-4.20")
    assert not BROKEN

@pytest.fixture(scope="module")
def server():
    return needs.require("xl-4.20")

def test_first_with_fixture(server):
    assert not BROKEN

def test_second_with_fixture(server):
    assert not BROKEN

def test_asks_for_nothing():
    assert not BROKEN
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Tests that ask for the real xl of 4.20, which is another version, and of 4.17: missing."""
    shutil.copy(TESTS / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra -p no:cacheprovider\n")
    (tmp_path / "test_asks.py").write_text(f"BROKEN = False\n{ASKS}")
    for release, version in (("4.14", "4.14.6-1"), ("4.20", "4.20.99-1")):
        oracle = tmp_path / "releases" / release / "oracle"
        oracle.mkdir(parents=True)
        (oracle / "xl_shim.so").touch()
        (oracle / "packages.txt").write_text(f"xen-utils-{release}={version}\nlibyajl2=2\n")
    return tmp_path


@functools.cache
def others() -> str:
    """What this machine lacks, and the suite's own."""
    missing = {row.name for row in needs.rows() if row.missing}
    return ",".join(sorted(missing - {"xl-4.17"}))


def run(suite: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CI", "XLCFG_", "PYTEST"))}
    path = os.pathsep.join(map(str, (TESTS, ROOT, ROOT / "plugins")))
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, str(suite)],
        env={
            **kept,
            "PYTHONPATH": path,
            "XL_ORACLE_DIR": str(suite / "releases"),
            "XLCFG_ALLOW_MISSING": others(),
            **environment,
        },
        cwd=suite,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_is_missing_skips_and_is_told(suite: Path) -> None:
    done = run(suite)
    assert done.returncode == 0, done.stdout
    assert "4 passed, 1 skipped" in done.stdout
    assert "xl-4.17        MISSING: not in " in done.stdout
    assert "(1 skipped)" in done.stdout
    assert "xl-4.14" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [((), {"CI": "true"}), (("--all", "-n", "2"), {})],
    ids=["CI", "all, spread"],
)
def test_what_is_missing_fails_a_run_that_may_lack_nothing(
    suite: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    done = run(suite, *arguments, **environment)
    assert done.returncode == 1, done.stdout
    assert "4 passed, 1 skipped" in done.stdout
    assert "missing: xl-4.17. " in done.stdout
    allowed = f"{others()},xl-4.17"
    done = run(suite, *arguments, XLCFG_ALLOW_MISSING=allowed, **environment)
    assert done.returncode == 0, done.stdout
    # the whole table, once
    for name in needs.TABLE:
        assert sum(line.startswith(f"{name} ") for line in done.stdout.splitlines()) == 1, name


def test_the_table_can_be_had_without_consequences(suite: Path) -> None:
    done = run(suite, "--needs")
    assert done.returncode == 0, done.stdout
    assert "xl-4.14        4.14.6-1\n" in done.stdout
    recorded = needs.SUITES["4.20"].version
    said = f"xl-4.20        4.20.99-1 found, recorded answers are {recorded}'s\n"
    assert said in done.stdout


def test_who_fails_against_another_version_says_so(suite: Path) -> None:
    (suite / "test_asks.py").write_text(f"BROKEN = True\n{ASKS}")
    done = run(suite)
    assert done.returncode == 1
    assert "4 failed, 1 skipped" in done.stdout
    said = "not the recorded version"
    sections = done.stdout.split("____ ")
    told = [part.partition(" ")[0] for part in sections if said in part]
    assert told == ["test_asks", "test_first_with_fixture", "test_second_with_fixture"]


def test_a_misspelt_need_is_told(suite: Path) -> None:
    done = run(suite, XLCFG_ALLOW_MISSING="chromium,nmp")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no such need: nmp" in done.stderr


def test_every_release_with_a_real_xl_is_in_the_table() -> None:
    assert tuple(needs.SUITES) == RELEASES
    assert {f"xl-{release}" for release in RELEASES} <= set(needs.TABLE)


#: Skips that are about the surroundings of a run, not about something that could be installed.
SURROUNDINGS = {
    "box/test_live.py": "a machine that is too slow for a host in QEMU",
    "cli/test_check.py": "root may read every file",
    "engine/conftest.py": "takes half an hour; run with -m slow",
    "fix/test_write.py": "who runs the tests is root, or is not",
    "fuzz/test_fuzz.py": "XLCFG_FUZZ_SECONDS asks for it",
    "many/test_cache.py": "who runs the tests is root, or is not",
    "many/test_many.py": "pseudo-terminals",
    "record/test_attacks.py": "/dev/full",
    "record/test_booting.py": "QEMU and its packages",
    "record/test_packages.py": "apt",
    "record/test_record_host.py": "QEMU and its packages",
    "rules/test_real_xl.py": "what there is no release with a real xl for",
    "tough/test_every_command.py": "/dev/full, /proc",
    "tough/test_surroundings.py": "/dev/full",
}


def test_no_other_test_skips_by_itself() -> None:
    """Whatever is missing goes through the table: else a run of CI would be green without it."""
    skipping = set()
    for path in sorted(TESTS.rglob("*.py")):
        if path.parent == TESTS and path.name == "needs.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "importorskip"):
                skipping.add(path.relative_to(TESTS).as_posix())
    assert skipping == set(SURROUNDINGS)
