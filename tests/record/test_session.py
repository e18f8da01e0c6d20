"""How a recording ends: by the guest, by a limit, by a panic, by Ctrl-C; and what is kept."""

from __future__ import annotations

import json
import os
import re
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from xlcfg.record.gdbstub import Stop, StubClosed, StubError
from xlcfg.record.initrd import LOAD_ENDS
from xlcfg.record.recording import Blind, Limits, Outcome, Session, Until, write
from xlcfg.record.writing import Writer


class Stub:
    """Stops a given number of times, each after some time; then is silent, or gone."""

    def __init__(self, stops: int, then: str) -> None:
        self.left = stops
        self.then = then

    def go_on(self) -> None:
        pass

    def wait(self, seconds: float) -> Stop | None:
        if self.left:
            self.left -= 1
            return Stop("1", 0)
        if self.then == "gone":
            raise StubClosed("gone")
        if self.then == "lie":
            raise StubError("nonsense")
        return None


class Machine:
    memory: Any = None

    def __init__(self, stops: int = 3, then: str = "gone", says: str = "") -> None:
        self.stub: Any = Stub(stops, then)
        self.says = says

    def console(self, last: int) -> str:
        return self.says[-last:]

    def running(self) -> bool:
        return self.stub.then != "dead" or self.stub.left > 0

    def close(self) -> None:
        pass


class Observer:
    """Counts stops; does what the test wants at each."""

    def __init__(self, writer: Writer, at_stop: Any = None) -> None:
        self.writer = writer
        self.stops: Counter[str] = Counter()
        self.areas: dict[int, object] = {}
        self.returns: dict[int, object] = {}
        self.vcpus, self.updates, self.time = 2, 0, 0
        self.at_stop = at_stop
        self.finished = False

    def begin(self) -> None:
        pass

    def stopped(self, stop: Stop) -> None:
        self.stops["switch"] += 1
        self.updates += 1
        self.time += 1_000_000_000
        self.writer.add("note", text="x" * 100)
        if self.at_stop is not None:
            self.at_stop(self)

    def size(self) -> int:
        return self.writer.size

    def finish(self) -> None:
        self.finished = True

    def header(self) -> dict[str, Any]:
        return {"arch": "arm64", "guest": "pvh", "phys_area": False}

    def lacks(self) -> tuple[str, ...]:
        return ("p2m",)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at the console at every stop."""
    monkeypatch.setattr("xlcfg.record.recording._WAIT", 0.0)


def run(
    tmp_path: Path,
    machine: Machine,
    until: str = "",
    at_stop: Any = None,
    **limits: Any,
) -> tuple[Outcome, Observer]:
    observer: Any = Observer(Writer(tmp_path / "t.jsonl"), at_stop)
    wanted = Until.parse(until) if until else Until()
    outcome = Session(machine, observer, wanted, Limits(**limits)).run()
    assert observer.finished
    return outcome, observer


@pytest.mark.parametrize(
    ("says", "then", "why", "good"),
    [
        (f"{LOAD_ENDS}\nreboot: Power down\n", "gone", "powered off", True),
        (f"{LOAD_ENDS}\n", "dead", "powered off", True),
        ("bye\n", "gone", "switched off", True),
        ("Kernel panic - not syncing: x\n", "gone", "panicked", False),
        ("(XEN) Panic on CPU 0:\n", "silent", "panicked", False),
    ],
)
def test_how_guests_end(tmp_path: Path, says: str, then: str, why: str, good: bool) -> None:
    outcome, observer = run(tmp_path, Machine(3, then, says))
    assert why in outcome.why
    assert outcome.good is good
    assert outcome.console == says
    assert outcome.stops == observer.stops.total()


def test_the_limit_of_time(tmp_path: Path) -> None:
    outcome, _ = run(tmp_path, Machine(10**9, "silent"), seconds=0.05)
    assert (outcome.why, outcome.good) == ("the limit of 0.05 s", False)


def test_the_limit_of_size(tmp_path: Path) -> None:
    outcome, observer = run(tmp_path, Machine(10**9, "silent"), size=1000)
    assert "the limit of" in outcome.why
    assert 1000 <= observer.writer.size < 2000


def test_a_guest_that_hangs(tmp_path: Path) -> None:
    outcome, _ = run(tmp_path, Machine(2, "silent", "last words"), silence=0.05)
    assert (outcome.why, outcome.good) == ("the console was silent for 0.05 s", False)
    assert outcome.console == "last words"


@pytest.mark.parametrize(
    ("until", "stops", "why"),
    [
        ("updates=5", 5, "5 updates"),
        ("time=3", 3, "3 s of the guest's time"),
        ("console=log.n:", 1, "the console said"),
        ("registered", 2, "every vCPU has registered"),
    ],
)
def test_until(tmp_path: Path, until: str, stops: int, why: str) -> None:
    def register(observer: Any) -> None:
        observer.areas[observer.stops["switch"]] = object()

    machine = Machine(100, "gone", "debian login:")
    outcome, observer = run(tmp_path, machine, until, at_stop=register)
    assert why in outcome.why
    assert outcome.good
    assert observer.stops["switch"] == stops


@pytest.mark.parametrize(
    "text", ["", "updates=0", "updates=x", "console=", "console=(", "time=-1", "registered=1", "x"]
)
def test_what_until_does_not_know(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text[:8] or "registered")):
        Until.parse(text)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_between_two_stops(tmp_path: Path, number: signal.Signals) -> None:
    def interrupt(observer: Any) -> None:
        if observer.stops["switch"] == 4:
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    outcome, observer = run(tmp_path, Machine(10**9, "silent"), at_stop=interrupt)
    assert (outcome.why, outcome.good) == ("interrupted", True)
    assert observer.stops["switch"] == 4
    assert signal.getsignal(number) is before


def test_a_stub_that_lies_ends_it_with_what_was_seen(tmp_path: Path) -> None:
    outcome, observer = run(tmp_path, Machine(2, "lie"))
    assert "nonsense" in outcome.why
    assert not outcome.good
    assert observer.stops["switch"] == 2


def test_the_header_says_what_is_lacking_and_the_notes_how_it_ended(tmp_path: Path) -> None:
    outcome, observer = run(tmp_path, Machine(1))
    any_observer: Any = observer
    write(observer.writer, any_observer, outcome, "xen", [{"gpa": "0x0", "pages": 1}], ["n"], False)
    header, *notes = map(json.loads, (tmp_path / "t.jsonl").read_text().splitlines())
    assert header["lacks"] == ["p2m"]
    assert header["vcpus"] == 2
    assert [note["text"] for note in notes[:2]] == ["n", f"the recording ended: {outcome.why}"]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    observer: Any = Observer(Writer(tmp_path / "t.jsonl"))
    machine = Machine(3, "gone", "words")
    Session(
        machine, observer, Until(), Limits(), lambda seconds, seen, console: told.append(console)
    ).run()
    assert told[0] == "words"


# -- boots that are carried out first, and watched in a replay ------------------------------------


def test_a_boot_that_nobody_looks_at(tmp_path: Path) -> None:
    machine = Machine(0, "gone", f"{LOAD_ENDS}\n")
    outcome = Session(machine, Blind(), Until.parse("registered"), Limits()).run()
    assert ("powered off" in outcome.why, outcome.good, outcome.stops) == (True, True, 0)


@pytest.mark.parametrize(("good", "why"), [(False, "the limit of 5 s"), (True, "it was said")])
def test_a_replay_ends_as_the_boot_did(tmp_path: Path, good: bool, why: str) -> None:
    observer: Any = Observer(Writer(tmp_path / "t.jsonl"))
    first = Outcome(why, good, "", 5.0, 0)
    outcome = Session(Machine(3), observer, Until(), Limits(), None, first).run()
    assert (outcome.why, outcome.good) == (why, good)


@pytest.mark.parametrize(
    ("says", "why"), [("login:", "what was waited for"), ("Kernel panic - x", "panicked")]
)
def test_a_replay_ends_where_the_console_says_it_however_fast_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, why: str
) -> None:
    monkeypatch.setattr("xlcfg.record.recording._WAIT", 1000.0)

    class Talking(Machine):
        def console_size(self) -> int:
            return len(self.says)

    machine = Talking(100, "gone", "boo")

    def speak(observer: Any) -> None:
        if observer.stops["switch"] == 7:
            machine.says += says

    observer: Any = Observer(Writer(tmp_path / "t.jsonl"), speak)
    first = Outcome("", True, "", 5.0, 0)
    wanted = Until.parse("console=login")
    outcome = Session(machine, observer, wanted, Limits(), None, first).run()
    assert why in outcome.why
    assert observer.stops["switch"] == 7
