"""Changes the emulator in wrong ways, and looks whether the tests notice.

    python tests/emulator/mutants/try_mutants.py              all, two at a time; some minutes
    python tests/emulator/mutants/try_mutants.py pin-align    some
    python tests/emulator/mutants/try_mutants.py -j 1         one at a time

Each mutant is tried in a copy of the package, in a process of its own that stops at the first test
that fails. Tests that fail without any change end this: they would prove nothing. Exit code 1: a
mutant survived that is not marked as equivalent, or one that is marked did not survive.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
LIST = Path(__file__).with_name("mutants.toml")
#: The tests that hold facts: quick, and alike in every run.
TESTS = tuple(
    f"tests/emulator/test_emulator_{name}.py"
    for name in ("facts", "models", "verifier", "findings", "conformance", "harm")
)
#: A mutant may loop for ever; that is noticed too. In seconds.
PATIENCE = 120

Verdict = dict[str, bool]


class Mutant(NamedTuple):
    """`old` text of a file in `xlcfg/emulator`, and the `new` text for it. `equivalent` says why no
    test can tell them apart, "" if one has to.
    """

    name: str
    file: str
    old: str
    new: str
    equivalent: str = ""


def mutants() -> list[Mutant]:
    """All of them."""
    return [Mutant(**one) for one in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]]


def main(argv: list[str] | None = None) -> int:
    """Try the mutants named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("names", nargs="*")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    arguments = parser.parse_args(argv)
    every = mutants()
    unknown = sorted(set(arguments.names) - {mutant.name for mutant in every})
    if unknown:
        parser.error(f"no such mutant: {', '.join(unknown)}")
    chosen = [m for m in every if not arguments.names or m.name in arguments.names]
    began = time.monotonic()
    if survives(None):
        killed = tried(chosen, max(1, arguments.jobs))
    else:
        print("the tests fail without any change", file=sys.stderr)
        return 2
    wrong = [m for m in chosen if killed[m.name] == bool(m.equivalent)]
    for mutant in wrong:
        what = "is marked as equivalent, but was noticed" if mutant.equivalent else "survived"
        print(f"{mutant.name} ({mutant.file}) {what}")
    equivalent = sum(bool(m.equivalent) for m in chosen)
    print(
        f"{sum(killed.values())} of {len(chosen)} mutants noticed, {equivalent} equivalent, "
        f"{len(wrong)} wrong; {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong else 0


def tried(chosen: list[Mutant], jobs: int) -> Verdict:
    """Name of each mutant -> whether it was noticed; `jobs` at a time."""
    killed: Verdict = {}
    waiting = list(reversed(chosen))
    running: dict[int, Mutant] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            running[child(lambda mutant=mutant: survives(mutant))] = mutant
        pid, status = os.wait()
        name = running.pop(pid).name
        killed[name] = os.waitstatus_to_exitcode(status) != 0
        print(f"{name}: {'noticed' if killed[name] else 'not noticed'}", file=sys.stderr)
    return killed


def survives(mutant: Mutant | None) -> bool:
    """Whether all tests pass with the package changed by a mutant."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        package(Path(folder), mutant)
        pid = child(lambda: passes(folder))
        _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def child(work: Callable[[], bool]) -> int:
    """The id of a process that ends with 0 if `work` is true."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = 0 if work() else 1
    finally:
        os._exit(code)


def package(folder: Path, mutant: Mutant | None) -> None:
    """A copy of the package in which only the emulator is not the tree's own."""
    (folder / "xlcfg").mkdir()
    for path in (ROOT / "xlcfg").iterdir():
        if path.name != "emulator":
            (folder / "xlcfg" / path.name).symlink_to(path)
    copy = folder / "xlcfg" / "emulator"
    shutil.copytree(ROOT / "xlcfg" / "emulator", copy)
    if mutant is not None:
        file = copy / mutant.file
        file.write_text(applied(mutant, file.read_text(encoding="utf-8")), encoding="utf-8")


def applied(mutant: Mutant, text: str) -> str:
    """The text of the mutant's file with its change; ValueError unless `old` is there once."""
    if text.count(mutant.old) != 1:
        raise ValueError(
            f"{mutant.name}: its text is in {mutant.file} {text.count(mutant.old)} times"
        )
    return text.replace(mutant.old, mutant.new)


def passes(folder: str) -> bool:
    """Whether the tests pass with the package of a folder. Ends the process when it takes long."""
    signal.alarm(PATIENCE)
    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    import pytest

    import xlcfg.emulator

    if not xlcfg.emulator.__file__.startswith(folder):
        return False
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    return pytest.main([*options, *TESTS]) == 0


if __name__ == "__main__":
    import pytest  # noqa: F401 - once, for all processes

    sys.exit(main())
