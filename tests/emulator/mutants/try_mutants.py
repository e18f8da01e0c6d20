"""Changes the emulator in wrong ways, and looks whether the tests notice.

    python tests/emulator/mutants/try_mutants.py              all, two at a time; some minutes
    python tests/emulator/mutants/try_mutants.py pin-align    some
    python tests/emulator/mutants/try_mutants.py -j 1         one at a time
    python tests/emulator/mutants/try_mutants.py --budget 900 by chance, for so many seconds
    python tests/emulator/mutants/try_mutants.py --record     write down which test noticed which

Each mutant is tried in a copy of the package, in a process of its own that stops at the first test
that fails; the one that is written down goes first. Tests that fail without any change end this:
they would prove nothing. Exit code 1: a mutant survived that is not marked as equivalent, or one
that is marked did not survive, or none was tried in time.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
LIST = Path(__file__).with_name("mutants.toml")
#: The tests that hold facts: quick, and alike in every run.
TESTS = tuple(
    f"tests/emulator/test_emulator_{name}.py"
    for name in (
        "facts", "models", "verifier", "findings", "harm", "kinds", "time_areas", "conformance",
    )
)  # fmt: skip
#: A mutant may loop for ever; that is noticed too. In seconds.
PATIENCE = 120

#: Name of each mutant -> the test that noticed it, "" if none did.
Verdict = dict[str, str]
#: What noticed a mutant if the run ended otherwise than by a failed test: that proves nothing.
NOTHING_SAID = "an end without a word"
#: Exit codes of pytest for a run in which nothing was wrong, and one in which a test failed.
_PASSED, _FAILED = 0, 1
#: Those for tests that are not there, or hardly any.
_NO_TESTS = (4, 5)


class Mutant(NamedTuple):
    """`old` text of a file in `xlcfg/emulator`, and the `new` text for it. `equivalent` says why no
    test can tell them apart, "" if one has to. `test` is one that does, if that is known: it only
    saves time.
    """

    name: str
    file: str
    old: str
    new: str
    equivalent: str = ""
    test: str = ""


def mutants() -> list[Mutant]:
    """All of them."""
    return [Mutant(**one) for one in tomllib.loads(LIST.read_text(encoding="utf-8"))["mutant"]]


def main(argv: list[str] | None = None) -> int:
    """Try the mutants named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("names", nargs="*")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--budget", type=float, default=float("inf"))
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args(argv)
    every = mutants()
    unknown = sorted(set(arguments.names) - {mutant.name for mutant in every})
    if unknown:
        parser.error(f"no such mutant: {', '.join(unknown)}")
    chosen = [m for m in every if not arguments.names or m.name in arguments.names]
    if arguments.budget < float("inf"):
        random.shuffle(chosen)
    began = time.monotonic()
    for mutant in chosen:
        applied(mutant, (ROOT / "xlcfg" / "emulator" / mutant.file).read_text(encoding="utf-8"))
    if by := noticed_by(None):
        print(f"the tests fail without any change: {by}", file=sys.stderr)
        return 2
    noticed = tried(chosen, max(1, arguments.jobs), began + arguments.budget)
    if arguments.record:
        record(noticed)
    late = [m.name for m in chosen if m.name not in noticed]
    if late:
        print(f"{len(late)} not tried in {arguments.budget:.0f} s")
    wrong = [m for m in chosen if m.name in noticed and bool(noticed[m.name]) == bool(m.equivalent)]
    for mutant in wrong:
        what = f"was noticed by {noticed[mutant.name]}, but is marked as equivalent"
        print(f"{mutant.name} ({mutant.file}) {what if mutant.equivalent else 'survived'}")
    equivalent = sum(bool(m.equivalent) for m in chosen if m.name in noticed)
    print(
        f"{sum(map(bool, noticed.values()))} of {len(noticed)} mutants noticed, {equivalent} "
        f"equivalent, {len(wrong)} wrong; {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong or not noticed else 0


def tried(chosen: list[Mutant], jobs: int, end: float) -> Verdict:
    """What noticed each mutant; `jobs` at a time, and none is begun after `end`."""
    noticed: Verdict = {}
    waiting = list(reversed(chosen))
    running: dict[int, tuple[Mutant, Path]] = {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        while waiting or running:
            while waiting and len(running) < jobs and time.monotonic() < end:
                mutant = waiting.pop()
                file = Path(folder, mutant.name)
                running[child(lambda mutant=mutant, file=file: told(mutant, file))] = mutant, file
            if not running:
                break
            pid, _ = os.wait()
            mutant, file = running.pop(pid)
            by = file.read_text(encoding="utf-8") if file.exists() else NOTHING_SAID
            noticed[mutant.name] = "" if by == NOTHING_SAID else by
            by = f"noticed by {by}" if by else "not noticed"
            print(f"{mutant.name}: {by}", file=sys.stderr)
    return noticed


def told(mutant: Mutant, file: Path) -> bool:
    """Write what notices a mutant to a file."""
    file.write_text(noticed_by(mutant), encoding="utf-8")
    return True


def record(noticed: Verdict) -> None:
    """Write down in the list which test noticed which mutant."""
    text = LIST.read_text(encoding="utf-8")
    for mutant in mutants():
        test = noticed.get(mutant.name, "")
        if "::" not in test or test == mutant.test:
            continue
        name = f'name = "{mutant.name}"\n'
        old = name + (f"test = '{mutant.test}'\n" if mutant.test else "")
        text = text.replace(old, f"{name}test = '{test}'\n")
    LIST.write_text(text, encoding="utf-8")


def noticed_by(mutant: Mutant | None) -> str:
    """The test that fails with the package changed by a mutant; "" if none does, or in words what
    else goes wrong.
    """
    first = mutant.test if mutant is not None else ""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        package(Path(folder), mutant)
        pid = child(lambda: passes(folder, first))
        _, status = os.waitpid(pid, 0)
        failed, code = Path(folder, "failed"), os.waitstatus_to_exitcode(status)
        if code == 0:
            return ""
        if code == -signal.SIGALRM:
            return f"no end in {PATIENCE} s"
        return failed.read_text(encoding="utf-8") if failed.exists() else NOTHING_SAID


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


def passes(folder: str, first: str = "") -> bool:
    """Whether the tests pass with the package of a folder, of which the test `first` is tried
    before all; the one that fails is written down there. Ends the process when it takes long.
    """
    signal.alarm(PATIENCE)
    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(ROOT)
    # What this machine lacks is for the whole suite to tell: here it would look like a failed test.
    os.environ.pop("CI", None)
    import pytest

    import xlcfg.emulator

    if not xlcfg.emulator.__file__.startswith(folder):
        return False
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    plugins = [WritesDown(Path(folder, "failed"))]
    if first and pytest.main([*options, first], plugins) == _FAILED:
        return False
    code = pytest.main([*options, *TESTS], plugins)
    if code in _NO_TESTS:
        raise RuntimeError("no tests were found")
    return code == _PASSED


class WritesDown:
    """A plugin of pytest: the test that fails, in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Called for each part of a test."""
        if report.failed:
            self.file.write_text(report.nodeid, encoding="utf-8")

    def pytest_collectreport(self, report: Any) -> None:
        """Called for each file of tests: it may not even be possible to import it."""
        self.pytest_runtest_logreport(report)


if __name__ == "__main__":
    import pytest  # noqa: F401 - once, for all processes

    sys.exit(main())
