"""xentrace captures: the records that matter, as events in the order of time.

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
from typing import IO

from xlcfg_traces.recording import RecordingError, open_recording
from xlcfg_traces.runstates import IDLE, RUNNING

#: A capture that needs more than these is no capture, or would not fit into memory.
MAX_CPUS = 4096
CHUNK = 1 << 18
MAX_HELD = 1 << 18
MAX_WAITING = 1024
MAX_LOSSES = 1 << 16
#: Up to so many events are kept from the first pass, and there is no second one.
MAX_KEPT = 1 << 16
#: How often is looked for a guest's kind, and for the speed of the TSC.
MAX_TRIES = 256
MAX_LOOKS = 2000

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
    + _ANY + rb"|)*+(?:(.[\x10-\x1f]\x02\x90.{12})|(" + _ANY + b")|(.*))"
)  # fmt: skip
_FIRST_TIMED = re.compile(b"(?s)(?:" + _records(False, range(8)) + b"|)*+.{3}[\\x80-\\xff](.{8})")
_NEXT_TIMED = re.compile(b"(?s)(?:" + _records(False, range(8)) + b"|)*+(" + _TIMED + b")")
_COUNT = re.compile(b"(?s)" + _ANY + b"()")
#: The next record that tells a guest's kind, before the next runstate record: group 1 of HVM, 2 of
#: a 64-bit PV guest, 3 of a 32-bit one (these say so in the event), 4 another one of a PV guest.
_KIND = re.compile(
    b"(?s)(?:(?!" + _RUNSTATE + b"|" + _OWNED + b")" + _ANY + b"|)*+(?:(..\\x08.)|"
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


class CpuStream:
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
        self._reported = {event[1] for event in self._known}
        self.path = path
        self._replayed = False
        self._windows = _Windows(path)
        self.streams: dict[int, CpuStream] = {}
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
            other._windows, other.streams = self._windows, self.streams
            other._sequence = self._sequence
        return other

    def unordered(self) -> Iterator[tuple[int, list[Event]]]:
        """(turn, events) of each chunk; events are in order per CPU."""
        if not self._replayed:
            yield from self._scan()
            return
        for turn, events in self._kept or ():
            yield turn, [e for e in events if e[2] != LOSING or e[1] not in self._reported]

    def _scan(self) -> Iterator[tuple[int, list[Event]]]:
        windows = self._windows
        for number, turn, chunk in windows:
            stream = self.streams.get(number)
            if stream is None:
                stream = self.streams[number] = CpuStream(number)
            if not stream.first_tsc and (first := _FIRST_TIMED.match(chunk)):
                stream.first_tsc = _LONG.unpack(first[1])[0]
            out: list[Event] = []
            last = 0
            for match in _SCAN.finditer(chunk):
                group = match.lastindex
                if group == 1:
                    last = match.start(1)
                    header, tsc, name = _SHORT.unpack_from(chunk, last)
                    self._change(stream, header, tsc, name, chunk, last, out)
                elif group == 2:
                    last = match.start(2)
                    self._other(stream, match[2], chunk, last, out)
                else:
                    windows.rest = match[3]
                    break
            stream.tail = chunk[last:]
            if self.count:
                self.records += len(_COUNT.findall(chunk, 0, len(chunk) - len(windows.rest)))
            if self._kept is not None and out:
                self._events += len(out)
                self._kept.append((turn, out))
                if self._events > MAX_KEPT:
                    self._kept = None
            yield turn, out

    def _add(self, stream: CpuStream, out: list[Event], tsc: int, kind: int, *more: int) -> None:
        stream.clock = max(stream.clock, tsc)
        self._sequence += 1
        out.append((stream.clock, self._sequence, kind, stream.number, tsc, *more))

    def _change(
        self,
        stream: CpuStream,
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
        if stream.waiting:
            owner = name if old == RUNNING else -1
            out.extend((*event[:5], owner, *event[6:]) for event in stream.waiting)
            stream.waiting = []
        if tsc > stream.clock:
            stream.clock = tsc
        self._sequence = sequence = self._sequence + 1
        out.append((stream.clock, sequence, CHANGE, stream.number, tsc, name, old, new))
        if new == RUNNING:
            stream.owner = name
            if old != RUNNING:
                stream.began = tsc
            if name >> 16 not in self._settled:
                self._look_for_kind(name >> 16, chunk, at + _record_size(header))
        elif old == RUNNING:
            if stream.began and self._looks < MAX_LOOKS:
                self._calibrate(stream, name, chunk, at)
            stream.owner = None
            stream.began = 0

    def _look_for_kind(self, domain: int, chunk: bytes, at: int) -> None:
        self.tries[domain] += 1
        found = _KIND.match(chunk, at)
        kind = "pv"
        if found is not None:
            kind = ("hvm", "x86_64", "x86_32", "pv")[(found.lastindex or 1) - 1]
            self.kinds[domain] = kind
        if kind != "pv" or self.tries[domain] >= MAX_TRIES:
            self._settled.add(domain)

    def _calibrate(self, stream: CpuStream, name: int, chunk: bytes, at: int) -> None:
        """The scheduler says beside a switch how many ns the vCPU ran."""
        self._looks += 1
        found = chunk.rfind(_PREV_HEADER, max(0, at - 160), at)
        if found < 0:
            return
        tsc, domain, vcpu, ran = _PREV.unpack_from(chunk, found + 4)
        if domain << 16 | vcpu == name and ran > 2_000_000 and tsc > stream.began:
            self.ratios.append((tsc - stream.began) / ran)

    def _other(
        self, stream: CpuStream, record: bytes, chunk: bytes, start: int, out: list[Event]
    ) -> None:
        (header,) = _WORD.unpack_from(record)
        words = record[12:] if header >> 31 else record[4:]
        tsc = _LONG.unpack_from(record, 4)[0] if header >> 31 else stream.clock
        event = header & 0xFFFFFFF
        if event >> 12 == 0x21:
            self._change(stream, header, tsc, _WORD.unpack_from(words)[0], chunk, start, out)
        elif event == 0x1F001:
            count, domain_vcpu, first = _LOST.unpack(words[:16])
            owner = (domain_vcpu & 0xFFFF) << 16 | domain_vcpu >> 16
            self.lost[stream.number] += count
            losing: list[Event] = []
            self._add(stream, losing, first, LOSING, owner, count, tsc)
            if len(self.losses) < MAX_LOSSES:
                self.losses += losing
            if losing[0][1] not in self._reported:
                out += losing
            self._add(stream, out, tsc, FOUND, owner)
            stream.owner, stream.began = owner, 0
        elif event in (0x20100D, 0x20100E):
            self._vcpu_op(stream, tsc, words, out)
        elif event == 0x82012 and words[:4] == b"\x18\0\0\0":
            self._call(stream, tsc, HYPERCALL, -1, -1, out)

    def _vcpu_op(self, stream: CpuStream, tsc: int, words: bytes, out: list[Event]) -> None:
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
        self._call(stream, tsc, CALL, arguments[0], arguments[1], out)

    def _call(
        self, stream: CpuStream, tsc: int, kind: int, op: int, target: int, out: list[Event]
    ) -> None:
        if stream.owner is not None:
            self._add(stream, out, tsc, kind, stream.owner, op, target)
        elif stream.clock == 0 and len(stream.waiting) < MAX_WAITING:
            one: list[Event] = []
            clock = stream.clock
            self._add(stream, one, tsc, kind, -1, op, target)
            stream.clock = clock
            stream.waiting += one

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
        for stream in self.streams.values():
            stream.last_tsc = max(stream.clock, _last_tsc(stream.tail))
            self._sequence += 1
            held.append((stream.last_tsc, self._sequence, END, stream.number, stream.last_tsc))
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
        """Ticks of the TSC per second, from the scheduler's own times; None where it gave none."""
        if len(self.ratios) < 5:
            return None
        median = sorted(self.ratios)[len(self.ratios) // 2]
        return round(median * 1000) * 1_000_000 if 0.1 < median < 20 else None


def _last_tsc(records: bytes) -> int:
    """The TSC of the last record that has one, else 0."""
    tsc = at = 0
    while match := _NEXT_TIMED.match(records, at):
        tsc, at = _LONG.unpack_from(match[1], 4)[0], match.end()
    return tsc
