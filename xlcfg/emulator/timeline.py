"""What happened when, vCPU by vCPU, for a picture of a replay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .feed import feed
from .machine import Call, Machine
from .models import Model
from .replaying import choose_model, report
from .results import Replay
from .terms import STATES, errno_name
from .trace import Reader, Source
from .vcpu import Vcpu

#: Most entries that are kept; what comes after is counted, not kept.
LIMIT = 60_000

#: Kinds of a mark.
DELIVERED, PARTIAL, LOST, MISPLACED, REGISTERED, REFUSED, CAUGHT_UP = (
    "delivered", "torn", "lost", "misplaced", "registered", "refused", "made-up",
)  # fmt: skip


@dataclass(slots=True)
class Lane:
    """One vCPU: `(x, line, what)` of its scheduling states, address spaces and marks, in order.

    `x` is in the timeline's unit. A mark has two more items: its kind, and what to say of it.
    """

    index: int
    states: list[Any] = field(default_factory=list)
    spaces: list[tuple[int, int, str]] = field(default_factory=list)
    marks: list[tuple[int, int, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Timeline:
    """The lanes of a replay. `unit` is "ns" for a trace with times, else "line".

    `kept` entries are here of all; `last_line` is the trace line up to which nothing is left out.
    """

    unit: str
    lanes: list[Lane]
    stages: list[tuple[int, int, str]]
    kept: int
    left_out: int
    last_line: int


class _Recorder:
    """A sink around a machine that notes what each event did."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.line = 0
        self.t: int | None = None
        self.clock: int | None = None
        self.lanes = [Lane(v.index, [(None, 1, STATES[v.state])]) for v in machine.vcpus]
        self.places: list[tuple[list[Any], int, tuple[Any, ...]]] = []
        self.stages: list[tuple[int, int, str]] = []
        self.kept = self.left_out = 0
        self.last_line = 0
        self.before: dict[int, tuple[int, int, int, int, int]] = {}

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        """The machine's call, and a look at what it did."""
        call, call_args = self.machine.bind(ev, args)
        if call is None:
            return None, ()
        act = call
        looks: dict[str, Any] = {
            "switch_in": self._switched,
            "switch_out": self._switched,
            "mode": self._mode,
            "use_space": self._space,
            "mmu": self._space,
            "vcpu_op": self._called,
        }
        look = looks.get(ev)

        def run() -> None:
            machine = self.machine
            machine.line, machine.t = self.line, self.t
            act(*call_args)
            if look is not None:
                look(*args)
            elif ev == "stage":
                self._keep(self.stages, args[0])

        return run, ()

    def _keep(self, into: list[Any], *what: str) -> None:
        if self.kept >= LIMIT:
            self.left_out += 1
            return
        self.kept += 1
        self.last_line = self.line
        # an event without a time of its own happened at the last one that is known
        if self.t is not None:
            self.clock = self.t
        into.append((self.clock, self.line, *what))

    def _switched(self, index: int, *_: Any) -> None:
        vcpu, lane = self.machine.vcpus[index], self.lanes[index]
        self._keep(lane.states, STATES[vcpu.state])
        self._update(vcpu, lane)

    def _update(self, vcpu: Vcpu, lane: Lane) -> None:
        misplaced = sum(writes.count for writes in vcpu.misplaced.values())
        now = (vcpu.delivered, vcpu.partial, vcpu.lost, misplaced, vcpu.caught_up)
        was = self.before.get(vcpu.index, (0, 0, 0, 0, 0))
        self.before[vcpu.index] = now
        state, _, space = self.machine.where(vcpu.space, vcpu.user_mode, None)
        where = f"{state} address space {space}".strip() if space is not None else state
        if now[3] > was[3]:
            self._keep(lane.marks, MISPLACED, where)
        elif now[2] > was[2]:
            self._keep(lane.marks, LOST, where)
        elif now[1] > was[1]:
            self._keep(lane.marks, PARTIAL, where)
        elif now[0] > was[0]:
            self._keep(lane.marks, DELIVERED, where)
        elif now[4] > was[4]:
            self._keep(lane.marks, CAUGHT_UP, "at the toggle to kernel mode")

    def _mode(self, index: int, mode: str, *_: Any) -> None:
        vcpu, lane = self.machine.vcpus[index], self.lanes[index]
        self._keep(lane.spaces, f"{mode} mode")
        self._update(vcpu, lane)

    def _space(self, index: int, *_rest: Any) -> None:
        vcpu = self.machine.vcpus[index]
        state, _, space = self.machine.where(vcpu.space, vcpu.user_mode, None)
        self._keep(self.lanes[index].spaces, str(space) if space is not None else state)

    def _called(self, _caller: int, op: str, target: int, addr: int, *_: Any) -> None:
        if target >= len(self.lanes):
            return
        answer = self.machine.answer
        text = f"{op} {addr:#x}: {errno_name(answer) if answer else 0}"
        self._keep(self.lanes[target].marks, REFUSED if answer else REGISTERED, text)

    def finish(self) -> None:
        """The trace ends."""
        self.machine.line, self.machine.t = self.line, self.t
        self.machine.finish()

    def timeline(self) -> Timeline:
        """What was kept, on one axis."""
        every = [e for lane in self.lanes for e in (*lane.states, *lane.marks)]
        known = [e[0] for e in every if e[0] is not None and e[1] > 1]
        timed = self.clock is not None
        earliest = min(known, default=0)

        def place(entries: list[Any]) -> list[Any]:
            if not timed:
                return [(e[1], *e[1:]) for e in entries]
            return [(earliest if e[0] is None else max(e[0], earliest), *e[1:]) for e in entries]

        lanes = [
            Lane(lane.index, place(lane.states), place(lane.spaces), place(lane.marks))
            for lane in self.lanes
            if len(lane.states) > 1 or lane.marks
        ]
        first = min((e[0] for lane in lanes for e in (*lane.states[1:], *lane.marks)), default=0)
        for lane in lanes:
            lane.states[0] = (first, *lane.states[0][1:])
        return Timeline(
            "ns" if timed else "line",
            lanes,
            place(self.stages),
            self.kept,
            self.left_out,
            self.last_line,
        )


def replay_with_timeline(
    trace: Source | Reader, policy: str, *, model: Model | str | None = None, verify: bool = False
) -> tuple[Replay, Timeline]:
    """`replay`, keeping up to LIMIT things that happened for a picture."""
    with trace if isinstance(trace, Reader) else Reader(trace) as reader:
        chosen = choose_model(reader.header, policy, model)
        machine = Machine(reader.header, policy, chosen, verify=verify)
        recorder = _Recorder(machine)
        events = feed(reader, recorder)
    return report(machine, events), recorder.timeline()
