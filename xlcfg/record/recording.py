"""One recording from the first instruction to the trace's file."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Protocol

from xlcfg.record.gdbstub import Stop, StubClosed, StubError
from xlcfg.record.initrd import LOAD_ENDS
from xlcfg.record.machine import MAX_CONSOLE, Machine
from xlcfg.record.observer import Area, Call, Observer
from xlcfg.record.writing import Writer

#: How much of the console is kept and looked at for signs of the end.
TAIL = 8192
_PANIC = re.compile(r"Kernel panic - |Panic on CPU \d+|Xen BUG at|Synchronous External Abort")
_WAIT = 0.5


@dataclass
class Until:
    """When to stop before the guest does: a vCPU count of areas, updates, a text, guest time."""

    registered: bool = False
    updates: int | None = None
    console: re.Pattern[str] | None = None
    seconds: float | None = None

    @classmethod
    def parse(cls, text: str) -> Until:
        """From `registered`, `updates=N`, `console=REGEX` or `time=SECONDS`. ValueError says what
        is wrong.
        """
        kind, equals, value = text.partition("=")
        if kind == "registered" and not equals:
            return cls(registered=True)
        if kind == "updates" and value.isdecimal() and int(value) > 0:
            return cls(updates=int(value))
        if kind == "console" and value:
            try:
                return cls(console=re.compile(value))
            except re.error as error:
                raise ValueError(f"console={value}: {error}") from None
        if kind == "time" and re.fullmatch(r"\d+(\.\d+)?", value) and float(value) > 0:
            return cls(seconds=float(value))
        raise ValueError(f"{text!r} is not registered, updates=N, console=REGEX or time=SECONDS")


@dataclass
class Limits:
    """What a recording may take: seconds of real time, bytes of trace, seconds of silence."""

    seconds: float = 600.0
    size: int = 256 << 20
    silence: float = 120.0


@dataclass
class Outcome:
    """How it ended: `why` in words, whether that is as wished, and the console's last lines."""

    why: str
    good: bool
    console: str
    seconds: float
    stops: int


class Watcher(Protocol):
    """What a session asks of an observer; see `Observer`."""

    vcpus: int
    areas: dict[int, Area]
    returns: dict[int, Call]
    updates: int
    time: int
    stops: Counter[str]

    def begin(self) -> None:
        """Before the first instruction."""

    def stopped(self, stop: Stop) -> None:
        """At a stop; lets the machine run on."""

    def size(self) -> int:
        """How much has been written, in bytes."""

    def finish(self) -> None:
        """After the last instruction."""


class Blind:
    """Looks at nothing: for a boot that is only carried out, and looked at when it is replayed."""

    def __init__(self) -> None:
        self.vcpus = 1
        self.areas: dict[int, Area] = {}
        self.returns: dict[int, Call] = {}
        self.updates = self.time = 0
        self.stops: Counter[str] = Counter()

    def begin(self) -> None:
        """No stops."""

    def stopped(self, stop: Stop) -> None:
        """There are none."""

    def size(self) -> int:
        """Nothing."""
        return 0

    def finish(self) -> None:
        """Nothing is held."""


Progress = Callable[[float, Watcher, str], None]


class Session:
    """Drives an observer until the guest, a limit or somebody ends it.

    `first` is how a boot ended that is being replayed now. Where the replay ends depends on nothing
    but the boot, so the console is looked at whenever it has said more.
    """

    def __init__(
        self,
        machine: Machine,
        observer: Watcher,
        until: Until,
        limits: Limits,
        progress: Progress | None = None,
        first: Outcome | None = None,
    ) -> None:
        self.machine = machine
        self.observer = observer
        self.until = until
        self.limits = limits
        self.progress = progress
        self.first = first
        self.interrupted = False
        self._said = -1

    def run(self) -> Outcome:
        """Record. Whatever happens, what was seen is with the writer afterwards."""
        begun = time.monotonic()
        before = {s: signal.signal(s, self._interrupt) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.observer.begin()
            self.machine.stub.go_on()
            why, good = self._loop(begun)
        except StubClosed:
            why, good = self._ended()
        except StubError as error:
            # what was seen before is worth keeping
            why, good = str(error), False
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self.observer.finish()
        return Outcome(
            why,
            good,
            self.machine.console(TAIL),
            time.monotonic() - begun,
            self.observer.stops.total(),
        )

    def _interrupt(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # between two stops, where everything that was seen has been told
        self.interrupted = True

    def _loop(self, begun: float) -> tuple[str, bool]:
        looked = shown = begun
        heard, said = begun, 0
        while True:
            stop = self.machine.stub.wait(_WAIT)
            now = time.monotonic()
            if stop is not None:
                self.observer.stopped(stop)
            if self.interrupted:
                return "interrupted", True
            ended = self._until()
            if ended is not None:
                return ended, True
            if self.first is not None and self._says_more():
                found = self._said_at_last(self.machine.console(TAIL))
                if found is not None:
                    return found
            if stop is not None and now - looked < _WAIT:
                continue
            # twice a second: what needs a look at files
            looked = now
            if not self.machine.running():
                return self._ended()
            console = self.machine.console(TAIL)
            size = hash(console)
            if size != said:
                heard, said = now, size
            if self.progress is not None and now - shown >= _WAIT:
                shown = now
                self.progress(now - begun, self.observer, console)
            found = self._limit(now - begun, now - heard, console)
            if found is not None:
                return found

    def _until(self) -> str | None:
        until, observer = self.until, self.observer
        if until.registered and len(observer.areas) >= observer.vcpus and not observer.returns:
            return "every vCPU has registered an area"
        if until.updates is not None and observer.updates >= until.updates:
            return f"{observer.updates:,} updates"
        if until.seconds is not None and observer.time >= until.seconds * 1e9:
            return f"{until.seconds:g} s of the guest's time"
        return None

    def _says_more(self) -> bool:
        size = getattr(self.machine, "console_size", None)
        before, self._said = self._said, -1 if size is None else size()
        return self._said != before

    def _said_at_last(self, console: str) -> tuple[str, bool] | None:
        if self.until.console is not None and self.until.console.search(console):
            return "the console said what was waited for", True
        if _PANIC.search(console):
            return "the guest or Xen panicked", False
        return None

    def _limit(self, passed: float, silent: float, console: str) -> tuple[str, bool] | None:
        found = self._said_at_last(console)
        if found is not None:
            return found
        if passed >= self.limits.seconds:
            return f"the limit of {self.limits.seconds:g} s", False
        if self.observer.size() >= self.limits.size:
            return f"the limit of {self.limits.size >> 20} MiB", False
        size = getattr(self.machine, "console_size", None)
        if size is not None and size() > MAX_CONSOLE:
            return f"a console that says more than {MAX_CONSOLE >> 20} MiB", False
        if silent >= self.limits.silence:
            return f"the console was silent for {self.limits.silence:g} s", False
        return None

    def _ended(self) -> tuple[str, bool]:
        console = self.machine.console(TAIL)
        if _PANIC.search(console):
            return "the guest or Xen panicked", False
        if self.first is not None:
            return self.first.why, self.first.good
        if LOAD_ENDS in console:
            return "the load has ended and the guest powered off", True
        return "the machine was switched off", True


def write(
    writer: Writer,
    observer: Observer,
    outcome: Outcome,
    hypervisor: str,
    ram: list[dict[str, Any]],
    notes: list[str],
    columns: bool,
) -> None:
    """Write what was seen with its header. Raises OSError."""
    members = observer.header()
    header = {
        "trace": "xlcfg-boot-trace",
        "version": 1,
        **members,
        "vcpus": observer.vcpus,
        "policy": "update",
        "hypervisor": hypervisor,
        "ram": ram,
        "lacks": list(observer.lacks()),
    }
    writer.finish(header, [*notes, f"the recording ended: {outcome.why}"], columns)
