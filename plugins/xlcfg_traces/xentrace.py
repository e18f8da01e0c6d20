"""xentrace captures as boot traces of one domain.

A capture is a row of windows, one per physical CPU and turn of xentrace, of records of varying
length.  Hardly any record matters here, so one regular expression walks over a window and stops
at those that do; it never looks for a record in the middle of another.

Records are in order per CPU only.  xentrace takes what each CPU has in turn, so what comes two
turns later is younger than all of this turn: events are held for three turns, and sorted.  Only
of records that were lost can be told much later, when an idle CPU has something to say again; where
that matters, a second pass knows of all losses from its beginning.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from operator import itemgetter
from struct import Struct
from typing import IO, Any

from xlcfg_traces.recording import (
    MAX_VCPUS,
    OP_NAMES,
    VCPUOP_DOWN,
    VCPUOP_UP,
    RecordingError,
    guarded,
    header_line,
    note,
    open_recording,
    registration_note,
)
from xlcfg_traces.runstates import IDLE, NAMES, RUNNING, Runstates

#: A capture that needs more than these is no capture, or would not fit into memory.
MAX_CPUS = 4096
MAX_NAMES = 1 << 16
CHUNK = 1 << 18
MAX_HELD = 1 << 18
MAX_WAITING = 1024
MAX_LOSSES = 1 << 16
#: Up to so many events are kept from the first pass, and there is no second one.
MAX_KEPT = 1 << 16
#: How often is looked for a guest's kind, and for the speed of the TSC.
MAX_TRIES = 256
MAX_LOOKS = 2000
#: What xenalyze takes for the speed of the TSC where nothing tells.
DEFAULT_HZ = 2_400_000_000
#: Domain numbers from here on are not guests.
FIRST_RESERVED = 0x7FF0

VCPU_OP = 24
_WINDOW = Struct("<III")
_WINDOW_EVENT = 0x2001F003


def _records(tsc: bool, words: range) -> bytes:
    """A regular expression for a record with or without a TSC and with so many further words."""
    out = []
    for n in words:
        top = tsc << 7 | n << 4
        size = 8 * tsc + 4 * n
        out.append(b".{3}[\\x%02x-\\x%02x]" % (top, top | 15) + b".{%d}" % size * (size > 0))
    return b"(?:" + b"|".join(out) + b")"


_TIMED = _records(True, range(8))
_ANY = b"(?:" + _TIMED + b"|" + _records(False, range(8)) + b")"
_RUNSTATE = rb".[\x10-\x1f]\x02[\x90\xa0\xb0\xc0\xd0\xe0\xf0]"
_OWNED = rb"..[\x08\x20]"
#: Every match begins where the one before ended. Group 1: a plain runstate record. 2: another one
#: that matters: a long runstate record, lost records, a PV hypercall vcpu_op, an HVM hypercall.
#: 3: what is left at the end, nothing unless a record is cut off.
_SCAN = re.compile(
    b"(?s)(?:(?!" + _RUNSTATE + rb"|\x01\xf0\x01\xc0|[\x0d\x0e]\x10\x20.{9}\x18\x00|\x12\x20\x08)"
    + _ANY + rb")*+(?:(.[\x10-\x1f]\x02\x90.{12})|(" + _ANY + b")|(.*))"
)  # fmt: skip
_FIRST_TIMED = re.compile(b"(?s)(?:" + _records(False, range(8)) + b")*+.{3}[\\x80-\\xff](.{8})")
_LAST_TIMED = re.compile(b"(?s)(?:(?:" + _records(False, range(8)) + b")*+(" + _TIMED + b"))*+")
_COUNT = re.compile(b"(?s)" + _ANY + b"()")
#: The next record that tells a guest's kind, before the next runstate record: group 1 of HVM, 2 of
#: a 64-bit PV guest, 3 of a 32-bit one (these say so in the event), 4 another one of a PV guest.
_KIND = re.compile(
    b"(?s)(?:(?!" + _RUNSTATE + b"|" + _OWNED + b")" + _ANY + b")*+(?:(..\\x08.)|"
    rb"([\x03\x04\x06\x09-\x0b]\x11\x20.)|([\x03\x04\x06\x09-\x0b]\x10\x20.)|(..\x20.))"
)
_SHORT = Struct("<IQI")
_LONG = Struct("<Q")
_WORD = Struct("<I")
_LOST = Struct("<IIQ")
_PREV = Struct("<QIII")
_PREV_HEADER = b"\x0e\x80\x02\xb0"

# Kinds of events. An event is (tsc, sequence, kind, CPU, ...), so that events sort by time.
CHANGE, LOSING, FOUND, CALL, HYPERCALL, END = range(6)
Event = tuple[int, ...]
_tsc = itemgetter(0)
#: The low bits of a runstate record's event -> old and new state; a vCPU may go on running.
_MOVES = {old << 8 | new << 4 | 1: (old, new) for old in range(4) for new in range(4)}
_MOVES |= dict.fromkeys(((n << 4 | 2) for n in range(256)), (RUNNING, RUNNING))


def _record_size(header: int) -> int:
    return 4 + 8 * (header >> 31) + 4 * (header >> 28 & 7)


class _Lane:
    """What has been read of one physical CPU."""

    __slots__ = ("began", "clock", "first_tsc", "last_tsc", "number", "owner", "tail", "waiting")

    def __init__(self, number: int) -> None:
        self.number = number
        self.clock = 0  # of the last event: within a CPU, the order of records is the true one
        self.first_tsc = self.last_tsc = 0
        self.owner: int | None = None  # domain << 16 | vCPU
        self.began = 0
        self.tail = b""  # the end of the last chunk, from its last event on
        self.waiting: list[Event] = []  # calls from before the first runstate record


class _Windows:
    """Reads a capture in chunks of whole records, in the order of the file."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.bytes = 0
        self.truncated = False
        self.broken = 0

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        """(CPU, number of the turn, records). The last record may be cut off; see `rest`."""
        with open_recording(self.path) as file:
            yield from self._read(file)

    def _read(self, file: IO[bytes]) -> Iterator[tuple[int, int, bytes]]:
        turn, previous = 0, -1
        while head := file.read(12):
            at = self.bytes
            self.bytes += len(head)
            if len(head) < 12:
                self.truncated = True
                return
            event, cpu, size = _WINDOW.unpack(head)
            if event != _WINDOW_EVENT or cpu >= MAX_CPUS:
                raise RecordingError(f"damaged: no window of records at byte {at:#x}")
            if cpu <= previous:
                turn += 1
            previous = cpu
            self.rest = b""
            while size:
                data = file.read(min(size, CHUNK))
                if not data:
                    self.truncated = True
                    return
                size -= len(data)
                self.bytes += len(data)
                yield cpu, turn, self.rest + data
            if self.rest:
                self.broken += 1


class Capture:
    """One pass over a capture, its figures complete when `events` is. `losses`: those of an earlier
    pass. With `keep`, the events are kept for `again` as long as they are few.
    """

    def __init__(self, path: str, losses: list[Event] | None = None, *, keep: bool = False) -> None:
        self._kept: list[tuple[int, list[Event]]] | None = [] if keep else None
        self._events = 0
        self.losses: list[Event] = []
        self._known = losses or []
        self._told = {event[1] for event in self._known}
        self.path = path
        self._replayed = False
        self._windows = _Windows(path)
        self.lanes: dict[int, _Lane] = {}
        self.records = 0
        self.lost: Counter[int] = Counter()
        self.late = 0
        self.count = False
        #: domain -> "hvm", "pv" (of unknown width), "x86_64" or "x86_32" (PV)
        self.kinds: dict[int, str] = {}
        self.tries: Counter[int] = Counter()
        self.ratios: list[float] = []
        self._looks = 0
        self._settled = {IDLE}
        self._sequence = 0

    def again(self) -> Capture:
        """Another pass, which knows of all losses from its beginning."""
        other = Capture(self.path, self.losses)
        if self._kept is not None:
            other._kept, other._replayed = self._kept, True
            other._windows, other.lanes = self._windows, self.lanes
            other._sequence = self._sequence
        return other

    def unordered(self) -> Iterator[tuple[int, list[Event]]]:
        """(turn, events) of each chunk; events are in order per CPU."""
        if not self._replayed:
            yield from self._scan()
            return
        for turn, events in self._kept or ():
            yield turn, [e for e in events if e[2] != LOSING or e[1] not in self._told]

    def _scan(self) -> Iterator[tuple[int, list[Event]]]:
        windows = self._windows
        for number, turn, chunk in windows:
            lane = self.lanes.get(number)
            if lane is None:
                lane = self.lanes[number] = _Lane(number)
            if not lane.first_tsc and (first := _FIRST_TIMED.match(chunk)):
                lane.first_tsc = _LONG.unpack(first[1])[0]
            out: list[Event] = []
            last = 0
            for match in _SCAN.finditer(chunk):
                group = match.lastindex
                if group == 1:
                    last = match.start(1)
                    header, tsc, name = _SHORT.unpack_from(chunk, last)
                    self._change(lane, header, tsc, name, chunk, last, out)
                elif group == 2:
                    last = match.start(2)
                    self._other(lane, match[2], chunk, last, out)
                else:
                    windows.rest = match[3]
                    break
            lane.tail = chunk[last:]
            if self.count:
                self.records += len(_COUNT.findall(chunk, 0, len(chunk) - len(windows.rest)))
            if self._kept is not None and out:
                self._events += len(out)
                self._kept.append((turn, out))
                if self._events > MAX_KEPT:
                    self._kept = None
            yield turn, out

    def _add(self, lane: _Lane, out: list[Event], tsc: int, kind: int, *more: int) -> None:
        lane.clock = max(lane.clock, tsc)
        self._sequence += 1
        out.append((lane.clock, self._sequence, kind, lane.number, tsc, *more))

    def _change(
        self,
        lane: _Lane,
        header: int,
        tsc: int,
        name: int,
        chunk: bytes,
        at: int,
        out: list[Event],
    ) -> None:
        """A runstate record. This is what a capture is full of, so it is written out to be fast."""
        move = _MOVES.get(header & 0xFFF)
        if move is None:
            return
        old, new = move
        if lane.waiting:
            owner = name if old == RUNNING else -1
            out.extend((*event[:5], owner, *event[6:]) for event in lane.waiting)
            lane.waiting = []
        if tsc > lane.clock:
            lane.clock = tsc
        self._sequence = sequence = self._sequence + 1
        out.append((lane.clock, sequence, CHANGE, lane.number, tsc, name, old, new))
        if new == RUNNING:
            lane.owner = name
            if old != RUNNING:
                lane.began = tsc
            if name >> 16 not in self._settled:
                self._look_for_kind(name >> 16, chunk, at + _record_size(header))
        elif old == RUNNING:
            if lane.began and self._looks < MAX_LOOKS:
                self._calibrate(lane, name, chunk, at)
            lane.owner = None
            lane.began = 0

    def _look_for_kind(self, domain: int, chunk: bytes, at: int) -> None:
        self.tries[domain] += 1
        found = _KIND.match(chunk, at)
        kind = "pv"
        if found is not None:
            kind = ("hvm", "x86_64", "x86_32", "pv")[(found.lastindex or 1) - 1]
            self.kinds[domain] = kind
        if kind != "pv" or self.tries[domain] >= MAX_TRIES:
            self._settled.add(domain)

    def _calibrate(self, lane: _Lane, name: int, chunk: bytes, at: int) -> None:
        """The scheduler says beside a switch how many ns the vCPU ran."""
        self._looks += 1
        found = chunk.rfind(_PREV_HEADER, max(0, at - 160), at)
        if found < 0:
            return
        tsc, domain, vcpu, ran = _PREV.unpack_from(chunk, found + 4)
        if domain << 16 | vcpu == name and ran > 2_000_000 and tsc > lane.began:
            self.ratios.append((tsc - lane.began) / ran)

    def _other(
        self, lane: _Lane, record: bytes, chunk: bytes, start: int, out: list[Event]
    ) -> None:
        (header,) = _WORD.unpack_from(record)
        words = record[12:] if header >> 31 else record[4:]
        tsc = _LONG.unpack_from(record, 4)[0] if header >> 31 else lane.clock
        event = header & 0xFFFFFFF
        if event >> 12 == 0x21:
            self._change(lane, header, tsc, _WORD.unpack_from(words)[0], chunk, start, out)
        elif event == 0x1F001:
            count, domain_vcpu, first = _LOST.unpack(words[:16])
            owner = (domain_vcpu & 0xFFFF) << 16 | domain_vcpu >> 16
            self.lost[lane.number] += count
            losing: list[Event] = []
            self._add(lane, losing, first, LOSING, owner, count, tsc)
            if len(self.losses) < MAX_LOSSES:
                self.losses += losing
            if losing[0][1] not in self._told:
                out += losing
            self._add(lane, out, tsc, FOUND, owner)
            lane.owner, lane.began = owner, 0
        elif event in (0x20100D, 0x20100E):
            self._vcpu_op(lane, tsc, words, out)
        elif event == 0x82012 and words[:4] == b"\x18\0\0\0":
            self._call(lane, tsc, HYPERCALL, -1, -1, out)

    def _vcpu_op(self, lane: _Lane, tsc: int, words: bytes, out: list[Event]) -> None:
        """[flags and number, arguments...]: two bits per argument say how long it is, or that it
        is left out.
        """
        if len(words) < 4:
            return
        (flags,) = _WORD.unpack_from(words)
        if flags & 0xFFFFF != VCPU_OP:
            return
        at, arguments = 4, []
        for shift in (20, 22):
            size = {1: 4, 2: 8}.get(flags >> shift & 3, 0)
            if not size or at + size > len(words):
                return
            arguments.append(int.from_bytes(words[at : at + size], "little"))
            at += size
        self._call(lane, tsc, CALL, arguments[0], arguments[1], out)

    def _call(
        self, lane: _Lane, tsc: int, kind: int, op: int, target: int, out: list[Event]
    ) -> None:
        if lane.owner is not None:
            self._add(lane, out, tsc, kind, lane.owner, op, target)
        elif lane.clock == 0 and len(lane.waiting) < MAX_WAITING:
            one: list[Event] = []
            clock = lane.clock
            self._add(lane, one, tsc, kind, -1, op, target)
            lane.clock = clock
            lane.waiting += one

    def events(self) -> Iterator[Event]:
        """All events in the order of time."""
        held = sorted(self._known)
        turn = now = until = 0
        tops = [0, 0, 0, 0]  # the youngest event of this turn and of the three before
        for turn, out in self.unordered():
            if turn != now:
                now = turn
                tops = [0, *tops[:3]]
                held.sort()
                ready = bisect_right(held, tops[3], key=_tsc)
                if ready:
                    until = max(until, held[ready - 1][0])
                    yield from held[:ready]
                    del held[:ready]
            if out:
                tops[0] = max(tops[0], out[-1][0])
                self.late += out[0][0] < until
                held += out
                if len(held) > MAX_HELD:
                    held.sort()
                    half = len(held) // 2
                    until = max(until, held[half - 1][0])
                    yield from held[:half]
                    del held[:half]
        for lane in self.lanes.values():
            last = _LAST_TIMED.match(lane.tail)
            lane.last_tsc = lane.clock
            if last is not None and last[1]:
                lane.last_tsc = max(lane.clock, _LONG.unpack_from(last[1], 4)[0])
            self._sequence += 1
            held.append((lane.last_tsc, self._sequence, END, lane.number, lane.last_tsc))
        held.sort()
        yield from held

    @property
    def truncated(self) -> bool:
        """The file ends in the middle of a window."""
        return self._windows.truncated

    @property
    def broken(self) -> int:
        """Windows in which a record was cut off."""
        return self._windows.broken

    @property
    def hz(self) -> int | None:
        """Ticks of the TSC per second, from the scheduler's own times; None where it told none."""
        if len(self.ratios) < 5:
            return None
        median = sorted(self.ratios)[len(self.ratios) // 2]
        return round(median * 1000) * 1_000_000 if 0.1 < median < 20 else None


class Xentrace:
    """A capture as the lines of a boot trace of one domain; `info` tells of all domains."""

    def __init__(self, path: str, domain: int | None) -> None:
        self.path = path
        self.domain = domain

    def _survey(self) -> tuple[Capture, dict[int, set[int]], Counter[int]]:
        """A first pass: the capture, the vCPUs of each domain, and how often each was switched."""
        capture = Capture(self.path, keep=True)
        switches: Counter[int] = Counter()
        self.registered: set[tuple[int, int]] = set()
        for _turn, events in guarded(capture.unordered()):
            for event in events:
                if event[2] == CHANGE:
                    switches[event[5]] += event[6] != event[7] and not (event[6] and event[7])
                elif event[2] == CALL and event[6] in OP_NAMES and len(self.registered) < MAX_NAMES:
                    self.registered.add((event[5] >> 16, event[7]))
            if len(switches) > MAX_NAMES:
                raise RecordingError(f"damaged: more than {MAX_NAMES} vCPUs")
        domains: dict[int, set[int]] = {}
        for name in switches:
            if name >> 16 < FIRST_RESERVED:
                domains.setdefault(name >> 16, set()).add(name & 0xFFFF)
        return capture, domains, switches

    def _choose(self, domains: dict[int, set[int]], switches: Counter[int]) -> int:
        listed = "; ".join(
            f"domain {domain}: {len(vcpus)} vCPU{'s' * (len(vcpus) != 1)}, "
            f"{sum(n for name, n in switches.items() if name >> 16 == domain):,} switches"
            for domain, vcpus in sorted(domains.items())[:20]
        )
        if not domains:
            raise RecordingError(
                "this xentrace capture holds no switch of any domain",
                "capture the scheduler's events: xentrace -e sched (or all)",
            )
        if self.domain is None and len(domains) == 1:
            return next(iter(domains))
        if self.domain not in domains:
            what = "several domains" if self.domain is None else f"no domain {self.domain}"
            raise RecordingError(
                f"this xentrace capture holds {what} ({listed})", "choose one with --domain N"
            )
        return self.domain

    def __iter__(self) -> Iterator[str]:
        capture, domains, switches = self._survey()
        domain = self._choose(domains, switches)
        vcpus = max(domains[domain]) + 1
        if vcpus > MAX_VCPUS:
            raise RecordingError(f"damaged: domain {domain} has a vCPU {vcpus - 1}")
        kind = capture.kinds.get(domain)
        lacks = ["areas", "stage-1"] + ["guest"] * (kind is None)
        yield header_line(
            "x86_32" if kind == "x86_32" else "x86_64",
            "hvm" if kind in ("hvm", None) else "pv",
            vcpus,
            f"xentrace capture, domain {domain}",
            lacks,
            registers=sorted(v for d, v in self.registered if d == domain and v < vcpus),
        )
        yield from _Lines(domain, capture, vcpus).lines(capture.again())

    def info(self) -> dict[str, Any]:
        """What the capture holds; see `xlcfg.traces.info`. Raises RecordingError."""
        capture, told = self._account(None)
        if capture.late and capture.losses:
            capture, told = self._account(capture.losses)
        return told

    def _account(self, losses: list[Event] | None) -> tuple[Capture, dict[str, Any]]:
        capture = Capture(self.path, losses)
        capture.count = True
        states = Runstates()
        switches: Counter[int] = Counter()
        calls: Counter[tuple[int, str]] = Counter()
        gaps = 0
        begin = end = 0
        for event in guarded(capture.events()):
            kind, number, tsc = event[2:5]
            cpu = states.cpus.get(number) or states.cpu(number, capture.lanes[number].first_tsc)
            if kind == CHANGE:
                _, _, _, _, _, name, old, new = event
                states.change(cpu, name, old, new, tsc)
                if old != new and not (old and new):
                    switches[name >> 16] += 1
                    if len(states.vcpus) > MAX_NAMES:
                        raise RecordingError(f"damaged: more than {MAX_NAMES} vCPUs")
                continue
            more = event[5:]
            if kind == LOSING:
                states.lost(cpu, more[0], tsc)
                gaps += 1
            elif kind == FOUND:
                states.found(cpu, tsc)
            elif kind == END:
                states.end(cpu, tsc)
            elif kind == CALL:
                calls[more[0] >> 16, OP_NAMES.get(more[1], f"vcpu_op {more[1]}")] += 1
            else:
                calls[more[0] >> 16, "vcpu_op, which is not told"] += 1
        firsts = [lane.first_tsc for lane in capture.lanes.values() if lane.first_tsc]
        begin = min(firsts, default=0)
        end = max((lane.last_tsc for lane in capture.lanes.values()), default=0)
        hz = capture.hz or DEFAULT_HZ
        domains: dict[int, dict[str, Any]] = {}
        for name, account in states.seen():
            number = name >> 16
            domain = domains.setdefault(
                number,
                {
                    "domain": number,
                    "guest": "idle" if number == IDLE else _KINDS[capture.kinds.get(number)],
                    "switches": switches[number],
                    "calls": {op: n for (d, op), n in sorted(calls.items()) if d == number},
                    "vcpus": [],
                },
            )
            domain["vcpus"].append(
                {
                    "vcpu": name & 0xFFFF,
                    "states": {
                        state: {
                            "spells": account.spells[i],
                            "cycles": account.cycles[i],
                            "ns": account.cycles[i] * 1_000_000_000 // hz,
                        }
                        for i, state in enumerate(NAMES)
                        if account.spells[i]
                    },
                }
            )
        return capture, {
            "path": self.path,
            "kind": "xentrace capture",
            "records": capture.records,
            "cpus": len(capture.lanes),
            "span_ns": max(0, end - begin) * 1_000_000_000 // hz,
            "hz": hz,
            "hz_measured": capture.hz is not None,
            "lost": {"records": capture.lost.total(), "gaps": gaps},
            "out_of_order": capture.late,
            "truncated": capture.truncated,
            "cut_off": capture.broken,
            "domains": list(domains.values()),
        }


_KINDS = {
    "hvm": "hvm or pvh",
    "pv": "pv",
    "x86_64": "pv, 64-bit",
    "x86_32": "pv, 32-bit",
    None: "not told",
}


class _Lines:
    """The events of one domain as lines of a boot trace."""

    def __init__(self, domain: int, survey: Capture, vcpus: int) -> None:
        self.domain = domain
        self.vcpus = vcpus
        self.hz = survey.hz or DEFAULT_HZ
        firsts = [lane.first_tsc for lane in survey.lanes.values() if lane.first_tsc]
        self.begin = min(firsts, default=0)
        self.clock = 0
        self.online = {0}

    def _t(self, tsc: int) -> int:
        self.clock = max(self.clock, (tsc - self.begin) * 1_000_000_000 // self.hz)
        return self.clock

    def _up(self, vcpu: int, t: int) -> Iterator[str]:
        if vcpu not in self.online and vcpu < self.vcpus:
            self.online.add(vcpu)
            yield f'{{"ev": "vcpu_up", "t": {t}, "target": {vcpu}}}\n'

    def lines(self, capture: Capture) -> Iterator[str]:
        """All of them, but for the header."""
        mine = self.domain
        for event in guarded(capture.events()):
            kind = event[2]
            if kind == CHANGE:
                _, _, _, _, tsc, name, old, new = event
                if name >> 16 != mine or old == new:
                    continue
                vcpu = name & 0xFFFF
                t = self._t(tsc)
                if vcpu not in self.online:
                    yield from self._up(vcpu, t)
                if old == RUNNING:
                    state = NAMES[new]
                    yield (
                        f'{{"ev": "switch_out", "t": {t}, "vcpu": {vcpu}, "state": "{state}"}}\n'
                    )
                elif new == RUNNING:
                    yield f'{{"ev": "switch_in", "t": {t}, "vcpu": {vcpu}}}\n'
            elif kind == LOSING:
                cpu, tsc, count, found = event[3], event[4], event[6], event[7]
                yield note(
                    f"{count} records lost on CPU {cpu}",
                    self._t(tsc),
                    lost=count,
                    ns=max(0, found - tsc) * 1_000_000_000 // self.hz,
                )
            elif kind in (CALL, HYPERCALL) and event[5] >> 16 == mine:
                yield from self._call(self._t(event[4]), event[5] & 0xFFFF, *event[6:8])
        if capture.truncated:
            yield note("the capture ends in the middle of a window", self.clock, truncated=True)

    def _call(self, t: int, caller: int, op: int, target: int) -> Iterator[str]:
        if caller >= self.vcpus:
            return
        if op in OP_NAMES:
            yield registration_note(t, caller, target, OP_NAMES[op])
        elif op == VCPUOP_UP:
            yield from self._up(target, t)
        elif op == VCPUOP_DOWN:
            yield note(f"vCPU {caller} asks for vCPU {target} to go offline", t, vcpu=caller)
        elif op < 0:
            yield note(
                f"vCPU {caller} calls vcpu_op; the operation is not in this capture",
                t,
                vcpu=caller,
                op="unknown",
                target=None,
            )
