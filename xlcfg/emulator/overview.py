"""What became of the updates of a boot over its time, in columns of equal width, for a picture.

Every update that the guest asked for is in one column and counts once there, as the worst that
happens to it; so areas and lengths that are drawn from these numbers have the right proportions.
Memory does not grow with the trace: columns become wider as it goes on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from .comparing import Comparison, compare
from .events import Header
from .machine import Machine
from .models import Model
from .results import CORRUPTING as OVERWRITING
from .terms import KEEP, REGISTER_TIME_PHYS, REGISTER_TIME_VA, Where
from .trace import Reader, Source
from .vcpu import Plan, TimeUpdates, Vcpu

#: What becomes of an update, the best first. `made up for`: lost in user mode of a 64-bit PV guest,
#: and tried again at a toggle to kernel mode; `without area`: asked for by a call that was refused.
FATES = ("delivered", "made up for", "torn", "lost", "without area", "corrupting")
DELIVERED, MADE_UP, TORN, LOST, WITHOUT, CORRUPTING = range(len(FATES))

#: Most columns of a picture.
COLUMNS = 240
#: Most columns that are counted in.
_LIMIT = 1200


@dataclass(slots=True)
class Lane:
    """One vCPU under one policy: its runstate area, or with `time` its secondary time area.

    `counts`: by fate, the columns that have some of it and how many. `calls` are those that
    register an area, as `(x, line, op, address, return value)`; `first` is the first update of a
    fate, as `(x, line, obstacle or kind of wrong place, where the guest was)`. `x` is in the
    overview's unit.
    """

    index: int
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    calls: list[tuple[int, int, str, int, int]] = field(default_factory=list)
    first: dict[str, tuple[int, int, str, Where]] = field(default_factory=dict)
    time: bool = False

    def total(self, fate: str) -> int:
        """How many updates had a fate."""
        return sum(self.counts.get(fate, {}).values())


@dataclass(slots=True)
class Overview:
    """Lanes by policy over `columns` columns, each `width` wide, from `start` on. `unit` is "ns"
    for a trace with times, else "line". `stages` are `(x, name)`.
    """

    unit: str
    start: int
    width: int
    columns: int
    stages: list[tuple[int, str]]
    lanes: dict[str, list[Lane]]


#: Numbers of updates by what they are of.
Counts = defaultdict[int, int]


class Bins:
    """Counts by number in columns of a width that grows by 2 and 5: 1, 2, 10, 20, 100, ..."""

    def __init__(self) -> None:
        self.timed = False
        self.start: int | None = None
        self.end = 0
        self.width = 1
        self.cells: dict[int, Counts] = {}
        self.current: Counts = defaultdict(int)
        #: Where the current column ends.
        self.until = 0

    def place(self, t: int | None, line: int) -> int:
        """Where an event is, which is not before the last one: its time, or that of the last event
        with one; its line while there was none.
        """
        if t is not None:
            if not self.timed:
                self._begin(t)
            x = t
        else:
            x = self.end if self.timed else line
        if x >= self.until or self.start is None:
            self._open(x)
        self.end = x
        return x

    def _begin(self, t: int) -> None:
        """The first time: what came before is put there."""
        before: Counts = defaultdict(int)
        for counts in self.cells.values():
            _add(before, counts)
        self.timed, self.start, self.end, self.width = True, t, t, 1
        self.cells, self.until = {}, t
        self._open(t)
        _add(self.current, before)

    def _open(self, x: int) -> None:
        if self.start is None:
            self.start = x
        if len(self.cells) >= _LIMIT:
            width = self.width
            while x - self.start >= width * (_LIMIT // 2):
                width *= 5 if str(width)[0] == "2" else 2
            self.widen(width // self.width)
        cell = (x - self.start) // self.width
        self.until = self.start + (cell + 1) * self.width
        self.current = self.cells.setdefault(cell, defaultdict(int))

    def widen(self, factor: int) -> None:
        """Make one column of so many."""
        cells: dict[int, Counts] = {}
        for cell, counts in self.cells.items():
            _add(cells.setdefault(cell // factor, defaultdict(int)), counts)
        self.cells, self.width = cells, self.width * factor

    def settle(self, first: int) -> int:
        """Make columns for a picture, of a round width, from `first` or before; their number."""
        if self.start is None:
            self.start = self.end = first
        for width in _round_widths():
            before = -(min(0, first - self.start) // width)
            number = before + (self.end - self.start) // width + 1
            if width >= self.width and width % self.width == 0 and number <= COLUMNS:
                break
        self.widen(width // self.width)
        self.cells = {cell + before: counts for cell, counts in self.cells.items()}
        self.start -= before * width
        return number


def _add(counts: Counts, more: Counts) -> None:
    for key, number in more.items():
        counts[key] += number


def _round_widths() -> Iterator[int]:
    width = 1
    while True:
        yield from (width, 2 * width, 4 * width, 5 * width)
        width *= 10


#: An update in user mode that Xen may make up for; it is lost until that is known.
_DEFERRED = len(FATES)
_KINDS = len(FATES) + 1


#: Half of all events come this way, and `super()` costs more than the rest of it.
_plain_switch = Machine.switched


class CountingMachine(Machine):
    """A machine that puts what becomes of every update into columns, which others may share."""

    def __init__(self, header: Header, policy: str, model: Model, bins: Bins, base: int) -> None:
        super().__init__(header, policy, model)
        self._bins = bins
        #: Counts of a vCPU and a fate have the number base + vCPU * _KINDS + fate; those of its
        #: time area that of a vCPU behind all others.
        self._base = base
        #: Of each entry: whether its x is a time.
        self.calls: list[tuple[bool, int, tuple[int, int, str, int, int]]] = []
        self.marks: list[tuple[bool, int, str]] = []
        self.firsts: dict[int, tuple[bool, int, int, str, Where]] = {}
        self._kept = [0] * header.vcpus

    def switched(self, vcpu: Vcpu, state: int, el: int | None) -> None:
        _plain_switch(self, vcpu, state, el)
        bins, x = self._bins, self.t
        if x is None or x >= bins.until or not bins.timed:
            bins.place(x, self.line)
        if vcpu.area is None:
            if vcpu.wanted_at is None:
                return
            fate = WITHOUT
        else:
            plan = vcpu.plan
            assert plan is not None
            fate = DELIVERED
            if not plan.good or vcpu.shadowed_at is not None:
                fate = self._failed(vcpu, plan)
        key = self._base + vcpu.index * _KINDS + fate
        bins.current[key] += 1
        if fate and key not in self.firsts:
            self._note_first(key, vcpu, el)

    def _failed(self, vcpu: Vcpu, plan: Plan) -> int:
        """What becomes of an update that is not simply delivered."""
        if plan.misplaced in OVERWRITING:
            return CORRUPTING
        if vcpu.shadowed_at is not None:
            return LOST
        if plan.complete:
            return DELIVERED
        if plan.writes and plan.why != "page replaced":
            return TORN
        deferred = self._deferring and vcpu.user_mode and vcpu.phys is None and not plan.copied
        return _DEFERRED if deferred else LOST

    def _time_due(self, vcpu: Vcpu) -> None:
        times = vcpu.time
        assert times is not None
        before = times.deferred, times.lost, times.shadowed, times.partial
        super()._time_due(vcpu)
        if vcpu.time_area is None:
            if not times.wanted:
                return
            fate = WITHOUT
        else:
            fate = self._time_fate(times, before)
        self._bins.place(self.t, self.line)
        key = self._base + (len(self.vcpus) + vcpu.index) * _KINDS + fate
        self._bins.current[key] += 1
        if fate and key not in self.firsts:
            plan = times.plan if vcpu.time_area is not None else None
            why = "" if plan is None else plan.misplaced or plan.why
            self._note(key, vcpu, "other area" if times.shadowed > before[2] else why, None)

    def _time_fate(self, times: TimeUpdates, before: tuple[int, int, int, int]) -> int:
        deferred, lost, shadowed, partial = before
        if times.lost > lost:
            return _DEFERRED if times.deferred > deferred else LOST
        if times.plan is not None and times.plan.misplaced in OVERWRITING:
            return CORRUPTING
        if times.shadowed > shadowed:
            return LOST
        return TORN if times.partial > partial else DELIVERED

    def _note_first(self, key: int, vcpu: Vcpu, el: int | None) -> None:
        plan = vcpu.plan
        why = "" if plan is None else plan.misplaced or plan.why
        if vcpu.area is not None and vcpu.shadowed_at is not None:
            why = "other area"
        self._note(key, vcpu, why, el)

    def _note(self, key: int, vcpu: Vcpu, why: str, el: int | None) -> None:
        bins = self._bins
        place = self.where(vcpu.space, vcpu.user_mode, el)
        x = bins.place(self.t, self.line)
        self.firsts[key] = bins.timed, x, self.line, why, place

    def _stage(self, name: str) -> None:
        super()._stage(name)
        if len(self.marks) < KEEP:
            x = self._bins.place(self.t, self.line)
            self.marks.append((self._bins.timed, x, name))

    def _vcpu_op(
        self, caller: int, op: str, target: int, addr: int, ret: int | None, arg_fault: bool
    ) -> None:
        x = self._bins.place(self.t, self.line)
        super()._vcpu_op(caller, op, target, addr, ret, arg_fault)
        if target < len(self._kept) and self._kept[target] < KEEP:
            self._kept[target] += 1
            call = x, self.line, op, addr, self.answer
            self.calls.append((self._bins.timed, target, call))

    def finish(self) -> None:
        """The trace ends."""
        super().finish()
        self._bins.place(self.t, self.line)

    def lanes(self) -> list[Lane]:
        """The lanes of vCPUs for which something was asked, once the columns are settled."""
        bins = self._bins
        start = bins.start or 0

        def at(timed: bool, x: int) -> int:
            return x if timed == bins.timed else start

        lanes = [Lane(vcpu.index, time=time) for time in (False, True) for vcpu in self.vcpus]
        kinds = [self._fates(vcpu) for vcpu in self.vcpus]
        kinds += [self._fates(vcpu.time) for vcpu in self.vcpus]
        for cell in sorted(bins.cells):
            for key, number in bins.cells[cell].items():
                index, kind = divmod(key - self._base, _KINDS)
                if 0 <= index < len(lanes):
                    counts = lanes[index].counts.setdefault(kinds[index][kind], {})
                    counts[cell] = counts.get(cell, 0) + number
        for key, (timed, x, line, why, where) in self.firsts.items():
            index, kind = divmod(key - self._base, _KINDS)
            first, fate = lanes[index].first, kinds[index][kind]
            if fate not in first or line < first[fate][1]:
                first[fate] = at(timed, x), line, why, where
        for timed, index, (x, *rest) in self.calls:
            if rest[1] in (REGISTER_TIME_VA, REGISTER_TIME_PHYS):
                index += len(self.vcpus)
            lanes[index].calls.append((at(timed, x), *rest))  # type: ignore[arg-type]
        return [lane for lane in lanes if lane.counts or lane.calls]

    def _fates(self, updates: Vcpu | TimeUpdates | None) -> tuple[str, ...]:
        return (*FATES, FATES[MADE_UP if updates is not None and updates.caught_up else LOST])


def compare_with_overview(
    trace: Source | Reader, *, models: dict[str, Model | str] | None = None
) -> tuple[Comparison, Overview]:
    """`compare`, and what becomes of the updates over time."""
    bins = Bins()
    machines: list[CountingMachine] = []

    def machine(header: Header, policy: str, model: Model) -> Machine:
        base = len(machines) * 2 * header.vcpus * _KINDS
        machines.append(CountingMachine(header, policy, model, bins, base))
        return machines[-1]

    comparison = compare(trace, models=models, machine=machine)
    columns = bins.settle(bins.end if bins.start is None else bins.start)
    stages = machines[0].marks
    start = bins.start or 0
    return comparison, Overview(
        "ns" if bins.timed else "line",
        start,
        bins.width,
        columns,
        [(x if timed == bins.timed else start, name) for timed, x, name in stages],
        {one.policy: one.lanes() for one in machines},
    )
