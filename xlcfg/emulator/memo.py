"""Rows of scheduling events, eight at a time.

Between the events that change an area or a translation, a guest does the same few things over and
over: its vCPUs go off and on their CPUs and change their page tables, in patterns. What eight such
events do depends on nothing but the state the vCPUs are in, so it is found out once, by letting
the `Machine` run them, and from then on it is looked up: to what state they lead, and what they
add to which count. Sums are made when the row ends. Nothing here knows what an update does.

What vCPUs accumulate in their runstates (`Vcpu.times`, and copies of it) is not kept up to date
meanwhile: a trace whose guest reads its areas is not for this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from .machine import Call, Machine
from .space import Space
from .terms import Content
from .vcpu import Vcpu

WINDOW = 8
#: A row shorter than this many windows is not worth the look at the vCPUs that it begins with.
_WORTH = 4
_MAX_VCPUS = 64
#: Windows and states of a vCPU that are kept.
_MAX_KNOWN = 1 << 14
#: Of so many windows, three in four have to be known, or this is left alone for so many events,
#: and for longer the next time.
_TRIAL = 256
_PAUSE = 1 << 13
_MAX_PAUSE = 1 << 17

#: The code of an event that is not for this.
OTHER = 0
_MAX_CODES = 255

_COUNTS = ("attempts", "delivered", "partial", "lost", "deferred", "idle")


#: What these events change of a vCPU: tables in force, kernel's, user's; state, running, pending,
#: and what the area holds.
State = tuple[Space, Space, Space, int, bool, bool, Content | None, Content | None]


class Node:
    """A state of all vCPUs, and the windows known to begin in it."""

    __slots__ = ("known", "states")

    def __init__(self, states: list[State]) -> None:
        self.states = states  # by vCPU
        #: what is met for the first time is worth no more than None
        self.known: dict[bytes, MemoWindow | None] = {}


class MemoWindow:
    """What eight events do, from the state they begin in. Places are those within the window."""

    __slots__ = ("after", "counts", "failing", "frames", "good", "lost_at", "misplaced", "rows",
                 "touched")  # fmt: skip

    def __init__(self, after: Node) -> None:
        self.after = after
        #: (vCPU, what is added to each of _COUNTS)
        self.counts: list[tuple[Vcpu, tuple[int, ...]]] = []
        self.lost_at: list[tuple[dict[Any, int], Any, int]] = []
        self.frames: list[tuple[dict[int, int], int, int]] = []
        self.misplaced: list[tuple[Any, int, int]] = []  # and the last place
        self.touched: list[tuple[Vcpu, int]] = []  # and the last place
        self.good: list[tuple[Vcpu, int]] = []  # and the last place of a good update
        #: In order for each vCPU: failed updates as (vCPU, their number, first place, -1), others
        #: as (vCPU, 0, first place, last place of a good one or -1).
        self.rows: list[tuple[Vcpu, int, int, int]] = []
        self.failing = False


class _Seen:
    """What the events of a window did, as they do it."""

    def __init__(self, vcpus: Iterable[Vcpu]) -> None:
        self.rows: dict[Vcpu, list[tuple[int, int, int]]] = {vcpu: [] for vcpu in vcpus}
        self.touched: dict[Vcpu, int] = {}
        self.good: dict[Vcpu, int] = {}
        self.strayed: dict[int, tuple[Any, int]] = {}

    def switch(self, vcpu: Vcpu, place: int, earlier: tuple[int, int, dict[str, int]]) -> None:
        """A vCPU was switched; `earlier` is what `_updates` gave before."""
        failed, delivered, counts = earlier
        self.touched[vcpu] = place
        row = self.rows[vcpu]
        if vcpu.partial + vcpu.lost > failed:
            if row and row[-1][0]:
                row[-1] = (row[-1][0] + 1, row[-1][1], -1)
            else:
                row.append((1, place, -1))
        elif vcpu.delivered > delivered:
            if vcpu.area_content is None:  # in its right place
                self.good[vcpu] = place
            last = place if vcpu.area_content is None else -1
            if row and not row[-1][0]:
                row[-1] = (0, row[-1][1], max(last, row[-1][2]))
            else:
                row.append((0, place, last))
        for kind, writes in vcpu.misplaced.items():
            if writes.count != counts.get(kind):
                self.strayed[id(writes)] = writes, place

    def window(self, after: Node, before: dict[Vcpu, tuple[Any, ...]]) -> MemoWindow:
        """All of it, leading to `after`; `before` is what `_taken` gave for each vCPU."""
        window = MemoWindow(after)
        for vcpu, (counts_before, lost_at, frames, misplaced, _) in before.items():
            added = tuple(
                [getattr(vcpu, c) - n for c, n in zip(_COUNTS, counts_before, strict=True)]
            )
            if any(added):
                window.counts.append((vcpu, added))
            window.lost_at += [
                (vcpu.lost_at, where, n - lost_at[where])
                for where, n in vcpu.lost_at.items()
                if n != lost_at[where]
            ]
            window.frames += [
                (vcpu.frames, gfn, n - frames[gfn])
                for gfn, n in vcpu.frames.items()
                if n != frames[gfn]
            ]
            window.misplaced += [
                (writes, writes.count - misplaced[kind], self.strayed[id(writes)][1])
                for kind, writes in vcpu.misplaced.items()
                if writes.count != misplaced[kind]
            ]
        window.touched = list(self.touched.items())
        window.good = list(self.good.items())
        window.rows = [(vcpu, *part) for vcpu, row in self.rows.items() for part in row]
        window.failing = any(failed for _, failed, _, _ in window.rows)
        return window


class WindowMemo:
    """Runs rows of events through a machine, and remembers what they did."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.usable = machine.verifier is None and len(machine.vcpus) <= _MAX_VCPUS
        self.codes: dict[Call, int] = {}
        self.calls: list[Call] = [(None, ())]
        self.nodes: dict[tuple[Any, ...], Node] = {}
        self.version = -1
        self.plans: list[Any] = []  # what updates do in this version, by vCPU
        self.size = 0
        self.tried = self.missed = self.pause = 0
        self.next_pause = _PAUSE

    def code(self, call: Call) -> int:
        """The code of a call, OTHER if it is not for this."""
        handler = call[0]
        if handler is None:
            call = None, ()
        elif handler is not self.machine.switch and handler is not self.machine.use_space:
            return OTHER
        code = self.codes.get(call)
        if code is None:
            if len(self.calls) > _MAX_CODES:
                return OTHER
            code = self.codes[call] = len(self.calls)
            self.calls.append(call)
        return code

    def run(self, codes: bytes, times: Sequence[int | None], at: int, end: int, first: int) -> int:
        """Run the events from `at` on, as far as whole windows go; where that is. `first` is the
        number of the line that `codes` and `times` begin with.
        """
        if end - at < _WORTH * WINDOW or not self.usable or self.machine.has_times:
            return at
        if self.pause > 0:
            self.pause -= end - at
            return at
        node = self._node()
        trail: list[MemoWindow] = []
        start = at
        for at in range(start, end - WINDOW + 1, WINDOW):
            known = node.known.get(codes[at : at + WINDOW])
            if known is None:
                self._settle(trail, node, codes, times, start, first)
                self.tried += len(trail) + 1
                trail, start = [], at + WINDOW
                node = self._learn(node, codes, times, at, first)
                self.missed += 1
                if self.tried >= _TRIAL and self._not_worth_it():
                    return start
            else:
                trail.append(known)
                node = known.after
        self._settle(trail, node, codes, times, start, first)
        self.tried += len(trail)
        return start + WINDOW * len(trail)

    def _not_worth_it(self) -> bool:
        """A trial ends: whether windows are too seldom known."""
        useless = 4 * self.missed > self.tried
        if useless:
            self.pause = self.next_pause
            self.next_pause = min(2 * self.next_pause, _MAX_PAUSE)
        else:
            self.next_pause = _PAUSE
        self.tried = self.missed = 0
        return useless

    def _node(self) -> Node:
        """The state the vCPUs are in now."""
        machine = self.machine
        if self.version != machine.version:
            self.version = machine.version
            self.plans = [_plans(vcpu) for vcpu in machine.vcpus]
        if self.size > _MAX_KNOWN:
            self.nodes.clear()
            self.size = 0
        key = (*map(_key, machine.vcpus), *self.plans)
        node = self.nodes.get(key)
        if node is None:
            node = self.nodes[key] = Node([_state(vcpu) for vcpu in machine.vcpus])
            self.size += len(machine.vcpus)
        return node

    def _learn(
        self, node: Node, codes: bytes, times: Sequence[int | None], at: int, first: int
    ) -> Node:
        """Let the machine run a window, and look what it does; the state it leads to."""
        key = codes[at : at + WINDOW]
        if key not in node.known:
            node.known[key] = None
            self.size += 1
            for place, code in enumerate(key, at):
                self._call(code, first + place, times[place])
            return self._node()
        vcpus = dict.fromkeys(self._vcpu(code) for code in key)
        vcpus.pop(None, None)
        before = {vcpu: _taken(vcpu) for vcpu in vcpus if vcpu is not None}
        seen = _Seen(before)
        for place, code in enumerate(key):
            vcpu = self._vcpu(code)
            if vcpu is None:
                continue
            line, t = first + at + place, times[at + place]
            if self.calls[code][0] is not self.machine.switch:
                self._call(code, line, t)
                seen.touched.setdefault(vcpu, -1)
                continue
            earlier = _updates(vcpu)
            self._call(code, line, t)
            seen.switch(vcpu, place, earlier)
        after = self._node_after(before)
        if after is None:
            return self._node()
        node.known[key] = seen.window(after, before)
        return after

    def _call(self, code: int, line: int, t: int | None) -> None:
        """Let the machine do what a code stands for."""
        handler, args = self.calls[code]
        if handler is not None:
            self.machine.line, self.machine.t = line, t
            handler(*args)

    def _node_after(self, before: dict[Vcpu, Any]) -> Node | None:
        """The state after a window, None if the window did something for the first time."""
        if self.version != self.machine.version or self.size > _MAX_KNOWN:
            return None
        for vcpu, (_, lost_at, frames, misplaced, firsts) in before.items():
            if (
                len(vcpu.lost_at) != len(lost_at)
                or len(vcpu.frames) != len(frames)
                or len(vcpu.misplaced) != len(misplaced)
                or firsts != (vcpu.first_lost, vcpu.first_partial)
            ):
                return None
        return self._node()

    def _vcpu(self, code: int) -> Vcpu | None:
        handler, args = self.calls[code]
        if handler is None:
            return None
        vcpu: Vcpu = args[0]
        return vcpu

    def _settle(
        self,
        trail: list[MemoWindow],
        node: Node,
        codes: bytes,
        times: Sequence[int | None],
        start: int,
        first: int,
    ) -> None:
        """Add up what the windows of `trail` did, the first of which begins at `start`."""
        if not trail:
            return
        machine = self.machine
        often = Counter(trail)
        last = _last(trail, len(often), start)
        if _failing(often, machine.vcpus):
            self._gaps(trail, times, start, first)
        for window, number in often.items():
            for vcpu, (attempts, delivered, partial, lost, deferred, idle) in window.counts:
                vcpu.attempts += number * attempts
                vcpu.delivered += number * delivered
                vcpu.partial += number * partial
                vcpu.lost += number * lost
                vcpu.deferred += number * deferred
                vcpu.idle += number * idle
            for counts, key, n in window.lost_at:
                counts[key] += number * n
            for counts, key, n in window.frames:
                counts[key] += number * n
            for writes, n, _ in window.misplaced:
                writes.count += number * n
        # What comes last stays: the last time that each window is there, in that order.
        touched: set[Vcpu] = set()
        for window, at in reversed(last):
            for vcpu, place in window.touched:
                touched.add(vcpu)
                if place >= 0 and times[at + place] is not None:
                    vcpu.entry = times[at + place]
            for vcpu, place in window.good:
                vcpu.last_good_t = times[at + place]
            for writes, _, place in window.misplaced:
                writes.last_line = first + at + place
        for vcpu in touched:
            (
                vcpu.space,
                vcpu.kernel,
                vcpu.user,
                vcpu.state,
                vcpu.running,
                vcpu.pending,
                vcpu.area_content,
                vcpu.head_content,
            ) = node.states[vcpu.index]
            vcpu.plan = vcpu.plans.get(vcpu.space)
        for at in range(start + WINDOW * len(trail) - 1, start - 1, -1):
            if self.calls[codes[at]][0] is not None:
                machine.line, machine.t = first + at, times[at]
                break

    def _gaps(
        self, trail: list[MemoWindow], times: Sequence[int | None], start: int, first: int
    ) -> None:
        """Rows of failed updates, which go on from window to window."""
        machine = self.machine
        at = start
        for window in trail:
            for vcpu, failed, place, good in window.rows:
                if failed:
                    if not vcpu.gap:
                        vcpu.gap_line, vcpu.gap_t = first + at + place, vcpu.last_good_t
                    vcpu.gap += failed
                    continue
                if vcpu.gap:
                    machine.line, machine.t = first + at + place, times[at + place]
                    vcpu.end_gap(machine.line, machine.t)
                if good >= 0:
                    vcpu.last_good_t = times[at + good]
            at += WINDOW


def _failing(windows: Iterable[MemoWindow], vcpus: Iterable[Vcpu]) -> bool:
    """Whether an update has failed, or has before and none has come through since."""
    for window in windows:
        if window.failing:
            return True
    for vcpu in vcpus:
        if vcpu.gap:
            return True
    return False


def _last(trail: list[MemoWindow], different: int, start: int) -> list[tuple[MemoWindow, int]]:
    """Where each of so many different windows begins for the last time, the last one first; `start`
    is where the trail does.
    """
    last: list[tuple[MemoWindow, int]] = []
    seen: set[MemoWindow] = set()
    at = start + WINDOW * len(trail)
    for window in reversed(trail):
        at -= WINDOW
        if window not in seen:
            seen.add(window)
            last.append((window, at))
            if len(last) == different:
                break
    return last


def _state(vcpu: Vcpu) -> State:
    return (
        vcpu.space,
        vcpu.kernel,
        vcpu.user,
        vcpu.state,
        vcpu.running,
        vcpu.pending,
        vcpu.area_content,
        vcpu.head_content,
    )


def _key(vcpu: Vcpu) -> tuple[Any, ...]:
    """What of a vCPU decides what the events do, but for its plans."""
    return (
        *_state(vcpu)[:-2],
        vcpu.area_content is None,
        vcpu.head_content is None,
        vcpu.mmu,
        vcpu.user_mode,
        vcpu.area is None,
        vcpu.phys is None,
        vcpu.first_lost is None,
        vcpu.first_partial is None,
    )


def _plans(vcpu: Vcpu) -> frozenset[Any]:
    """What updates of a vCPU do, by the tables in force, as far as that is known."""
    return frozenset(
        (space, p.why, p.copied, p.good, p.complete, p.misplaced, p.moved, not p.writes)
        for space, p in vcpu.plans.items()
        if not p.epoch.over
    )


def _updates(vcpu: Vcpu) -> tuple[int, int, dict[str, int]]:
    """Updates that failed, that were delivered, and misplaced ones by kind."""
    counts = {kind: writes.count for kind, writes in vcpu.misplaced.items()}
    return vcpu.partial + vcpu.lost, vcpu.delivered, counts


def _taken(vcpu: Vcpu) -> tuple[Any, ...]:
    """The counts of a vCPU, and which of its events were the first of their kind."""
    return (
        tuple([getattr(vcpu, name) for name in _COUNTS]),
        dict(vcpu.lost_at),
        dict(vcpu.frames),
        {kind: writes.count for kind, writes in vcpu.misplaced.items()},
        (vcpu.first_lost, vcpu.first_partial),
    )
