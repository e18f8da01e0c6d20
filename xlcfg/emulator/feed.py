"""The fast way from lines to a `Machine`.

A boot trace says the same few things over and over: most lines differ from an earlier one in `t`
alone, or in `t` and addresses. So a line is parsed as JSON once per template. `t` is cut out of the
text, and what is left is looked up; failing that, addresses are cut out too. Everything the two
look-ups have not seen goes through the full decoder, which alone decides what is valid. Blocks in
which every line has a time, or none has, as recorders write them, take the shortest way. Where
xlcfg is compiled, `_lines.c` cuts and looks up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count, repeat
from typing import Any, Protocol

from .events import TraceError, clock_error, parse_line
from .machine import Call, Machine
from .terms import U64
from .trace import Reader

try:
    from ._lines import LineTable
except ImportError:  # the wheel is not compiled
    LineTable = None  # type: ignore[assignment,misc]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .columns import Chunk, Columns
    from .memo import WindowMemo

#: Bounds of the memories: lines by text, templates by text without addresses.
_LINES = 1 << 15
_TEMPLATES = 1 << 8
_TEMPLATES_OF_A_KIND = 16
_LONG = 400

#: The event's time in the text; and what is left in its place. What makes it no integer stays.
_TIME = re.compile(rb'"t": ?(0|[1-9][0-9]{0,18})')
_MARK = b"\0"
_TIME_NAME = b'"t"'
#: Numbers in the text: addresses without their quotes, and integers.
_NUMBER = re.compile(rb'((?<=")0x[0-9a-fA-F]{1,16}(?=")|(?<=[: ])(?:0|-?[1-9][0-9]{0,17})(?=[,}]))')
_ADDRESS = rb"(0x[0-9a-fA-F]{1,16})"
_INTEGER = rb"(0|-?[1-9][0-9]{0,17})"
_HEX = re.compile(r"0x[0-9a-fA-F]{1,16}")
_PREFIX = 12

#: Positions of numbers among the decoded arguments. Lines of other kinds are few, or all alike.
_PLACES = {
    "map": {"space": 0, "va": 1, "gpa": 2, "pages": 3},
    "unmap": {"space": 0, "va": 1, "pages": 2},
    "use_space": {"vcpu": 0, "space": 1},
    "sample": {"vcpu": 0, "va": 1, "gpa": 2},
    "vcpu_op": {"vcpu": 0, "target": 2, "addr": 3, "ret": 4},
    "p2m_remove": {"gpa": 0, "pages": 1},
    "p2m_add": {"gpa": 0, "pages": 1},
    "reuse": {"gpa": 0, "pages": 1},
    "switch_out": {"vcpu": 0, "el": 3},
    "switch_in": {"vcpu": 0, "el": 2},
}
#: Codes of events in columns that `WindowMemo` takes, enough of them.
_ROWS = re.compile(rb"[^\0]{32,}")


class LineTemplate:
    """All lines that differ in their numbers alone: how to match them, and where a number goes.

    A number is taken only inside a range in which the decoder has nothing to object.
    """

    __slots__ = ("args", "ev", "match", "numbers")

    def __init__(
        self,
        ev: str,
        args: tuple[Any, ...],
        match: Callable[[bytes], re.Match[bytes] | None],
        numbers: list[tuple[int, int, int, int, int]],
    ) -> None:
        self.ev = ev
        self.args = args
        self.match = match
        self.numbers = numbers  # (group, position or -1, base, least, greatest)

    def fill(self, match: re.Match[bytes]) -> tuple[Any, ...] | None:
        """The arguments of a line that matches, None if it has to be looked at more closely."""
        filled = list(self.args)
        for group, place, base, least, greatest in self.numbers:
            number = int(match[group], base)
            if not least <= number <= greatest:
                return None
            if place >= 0:
                filled[place] = number
        return tuple(filled)


class Sink(Protocol):
    """What events are fed to: a `Machine`, or several as one."""

    line: int
    t: int | None

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        """What to call for an event; None as the first item for nothing."""

    def finish(self) -> None:
        """The trace ends."""


def feed(reader: Reader, machine: Sink) -> int:
    """Run all events of `reader` through `machine`; returns their number. Raises `TraceError`."""
    return EventFeeder(reader, machine).run()


class EventFeeder:
    """One run: the reader, the sink, and what is known about lines."""

    def __init__(self, reader: Reader, machine: Sink) -> None:
        self.reader = reader
        self.machine = machine
        #: What to call for the rest of a line: of one with a time cut out, and of one without.
        self.timed: dict[bytes, Call] = {}
        self.untimed: dict[bytes, Call] = {}
        #: the same once more, where there is such a thing
        self.table = None if LineTable is None else LineTable()
        self.templates: dict[bytes, list[LineTemplate]] = {}
        self.switch: object = getattr(machine, "switch", self)
        self.clock = -1
        self.empty = 0

    def run(self) -> int:
        """Feed everything."""
        if self.reader.columns is not None:
            return self._columns(self.reader.columns)
        events = 0
        first = self.reader.header_number + 1
        full = first, b""
        for block in self.reader.texts():
            known = None if self.table is None else self.table.look_up(block)
            if known is not None:
                self._looked_up(first, *known)
                lines = len(known[0])
            else:
                lines = self._cut(first, block)
            events += lines
            if not block.isspace():
                full = first, block
            first += lines
        first, block = full
        self._finish(first + block.rstrip().count(b"\n") if block else 0)
        return events - self.empty

    def _cut(self, first: int, block: bytes) -> int:
        """Feed a block, whose first line is line `first`; the number of its lines."""
        if b"\0" in block:  # the mark below must not come from outside; JSON has none
            cut, times = block.replace(_MARK, b"\1"), []
        else:
            pieces = _TIME.split(block)
            times = pieces[1::2]
            cut = _MARK.join(pieces[::2]) if times else block
        keys = cut[:-1].split(b"\n")
        clocks = list(map(int, times))
        done = 0
        if len(times) in (0, len(keys)):
            done = self._uniform(first, block, keys, clocks)
        if done < len(keys):
            self._mixed(first, block, keys, clocks, done)
        return len(keys)

    def _looked_up(self, first: int, calls: list[Call | bytes], times: list[int | None]) -> None:
        """Feed a block of which the table has looked up what it can."""
        machine, switch, clock = self.machine, self.switch, self.clock
        alone = machine if isinstance(machine, Machine) else None
        for number, known, t in zip(count(first), calls, times):
            if isinstance(known, bytes):
                learnt, t = self._look_again(number, known)
                if learnt is None:
                    self.empty += 1
                    continue
                handler, args = learnt
            else:
                handler, args = known
            if t is not None:
                if t < clock:
                    raise clock_error(number, t, clock)
                clock = t
            if handler is None:
                continue
            if alone is not None:  # what mypyc knows the type of takes less
                alone.line = number
                alone.t = t
                if handler is switch:
                    vcpu, state, el = args
                    alone.switched(vcpu, state, el)
                    continue
            else:
                machine.line = number
                machine.t = t
            handler(*args)
        self.clock = clock

    def _look_again(self, number: int, line: bytes) -> tuple[Call | None, int | None]:
        """(call, t) of a line that the table did not know when its block was read."""
        key, *more = _TIME.split(line)
        t = int(more[-2]) if more else None
        key = _MARK.join((key, *more[1::2]))
        known = (self.timed if more else self.untimed).get(key)
        return (known, t) if known is not None else self._learn(number, line, key, t)

    def _uniform(self, first: int, block: bytes, keys: list[bytes], clocks: list[int]) -> int:
        """Feed a block whose lines all have a time, or none; where that stops to be so."""
        machine, switch = self.machine, self.switch
        if clocks and (clocks[0] < self.clock or sorted(clocks) != clocks):
            return 0
        get = (self.timed if clocks else self.untimed).get
        lines: list[bytes] = []
        times: Iterator[int | None] = iter(clocks) if clocks else repeat(None)
        for number, known, t in zip(count(first), map(get, keys), times):
            if known is None:
                at = number - first
                key = keys[at]
                lines = lines or block[:-1].split(b"\n")
                if key.count(_MARK) != bool(clocks):
                    break
                known, true_t = self._learn(number, lines[at], key, t)
                if true_t != t:
                    break
                if known is None:
                    self.empty += 1
                    continue
            handler, args = known
            if handler is None:
                continue
            machine.line = number
            machine.t = t
            if handler is switch:  # half of all events, and this call is cheaper than the other
                vcpu, state, el = args
                handler(vcpu, state, el)
            else:
                handler(*args)
        else:
            if clocks:
                self.clock = clocks[-1]
            return len(keys)
        done = number - first
        if clocks and done:
            self.clock = clocks[done - 1]
        return done

    def _mixed(
        self, first: int, block: bytes, keys: list[bytes], clocks: list[int], done: int
    ) -> None:
        """Feed the lines of a block, whose first is line `first`, from the one at `done` on.

        The time at `done` is the first one that is not used up yet, if there are any before.
        """
        machine = self.machine
        timed, untimed = self.timed, self.untimed
        times = iter(clocks[done:] if clocks else ())
        lines = block[:-1].split(b"\n")
        clock = self.clock
        for at in range(done, len(keys)):
            number, key = first + at, keys[at]
            t: int | None = None
            known: Call | None
            if key in untimed:
                known = untimed[key]
            else:
                known = timed.get(key)
                for _ in range(key.count(_MARK) if known is None else 1):
                    t = next(times)
                if known is None:
                    known, t = self._learn(number, lines[at], key, t)
                    if known is None:
                        self.empty += 1
                        continue
                if t is not None:
                    if t < clock:
                        raise clock_error(number, t, clock)
                    clock = t
            handler, args = known
            if handler is not None:
                machine.line = number
                machine.t = t
                handler(*args)
        self.clock = clock

    def _columns(self, columns: Columns) -> int:
        """Feed a trace in columns."""
        from .columns import looked_up
        from .memo import OTHER, WindowMemo

        memo = None
        if isinstance(self.machine, Machine) and not columns.reads:
            memo = WindowMemo(self.machine)
        events = last = 0
        with self.reader:
            for chunk in columns.chunks():
                calls = [self._text(text) for text in chunk.texts]
                times = _spread(chunk)
                done, lines = 0, len(chunk.ids)
                if memo is not None:
                    if any(call is not None and call[0] == memo.machine.read for call in calls):
                        raise _unannounced(chunk.first)
                    table = [OTHER if call is None else memo.code(call) for call in calls]
                    codes = looked_up(chunk.ids, table)
                    for row in _ROWS.finditer(codes):
                        start, end = row.span()
                        self._plain(chunk, calls, times, done, start, memo)
                        done = start
                        if _next(times, range(start, end), self.clock) >= self.clock:
                            done = memo.run(codes, times, start, end, chunk.first)
                            back = range(done - 1, start - 1, -1)
                            self.clock = _next(times, back, self.clock)
                self._plain(chunk, calls, times, done, lines, memo)
                events += lines
                last = _last_of(chunk) or last
        self._finish(last)
        return events - self.empty

    def _finish(self, last: int) -> None:
        """The trace ends, with its last line, whether that did anything or not."""
        self.machine.line = last
        self.machine.t = self.clock if self.clock >= 0 else None
        self.machine.finish()

    def _text(self, text: bytes) -> Call | None:
        """What to call for a line of which all but the time is known; None if it is not simple."""
        timed = text[:1] == b"+"
        key = text[1:]
        if timed:
            key = key.replace(b'"t": ' + _MARK, _MARK).replace(b'"t":' + _MARK, _MARK)
            if _TIME_NAME in key:
                return None  # the event's time may be the other one
        known = (self.timed if timed else self.untimed).get(key)
        if known is None and key.count(_MARK) == timed:
            t = 0 if timed else None
            try:
                known, true_t = self._learn(0, text[1:].replace(_MARK, b"0"), key, t)
            except TraceError:
                return None  # to be met again in its place
            if true_t != t:
                return None
        return known

    def _plain(
        self,
        chunk: Chunk,
        calls: list[Call | None],
        times: Sequence[int | None],
        at: int,
        end: int,
        memo: WindowMemo | None,
    ) -> None:
        """Feed lines of a chunk one by one."""
        machine, switch, clock = self.machine, self.switch, self.clock
        ids = chunk.ids[at:end]
        for number, i, t in zip(count(chunk.first + at), ids, times[at:end]):
            known = calls[i]
            if known is None:
                text = chunk.texts[i]
                line = text[1:].replace(_MARK, b"%d" % t) if t is not None else text[1:]
                if not line or line.isspace():
                    self.empty += 1
                    continue
                ev, t, args = self.reader.event(number, line)
                known = self.machine.bind(ev, args)
                if memo is not None and known[0] == memo.machine.read:
                    raise _unannounced(number)
            if t is not None:
                if t < clock:
                    raise clock_error(number, t, clock)
                clock = t
            handler, args = known
            if handler is None:
                continue
            machine.line = number
            machine.t = t
            if handler is switch:
                vcpu, state, el = args
                handler(vcpu, state, el)
            else:
                handler(*args)
        self.clock = clock

    def _learn(
        self, number: int, line: bytes, key: bytes, t: int | None
    ) -> tuple[Call | None, int | None]:
        """(call, t) of a line that was not seen before; None as call for an empty line. `t` is the
        last time cut out of it.
        """
        if not line or line.isspace():
            return None, None
        marks = key.count(_MARK)
        plain = marks < 2 and len(key) <= _LONG and b"\\" not in line
        if plain:
            for template in self.templates.get(key[:_PREFIX], ()):
                match = template.match(key)
                if match is not None:
                    filled = template.fill(match)
                    if filled is None:
                        break
                    return self._remember(key, self.machine.bind(template.ev, filled), marks), t
        ev, true_t, args = self.reader.event(number, line)
        call = self.machine.bind(ev, args)
        # A member "t" somewhere else (nested, twice) is not the event's time.
        if plain and true_t == t and _TIME_NAME not in key.replace(_MARK, b""):
            self._remember(key, call, marks)
            if ev in _PLACES:
                self._learn_template(number, line, key, ev, args)
        return call, true_t

    def _remember(self, key: bytes, call: Call, marks: int) -> Call:
        lines = self.timed if marks else self.untimed
        if len(lines) >= _LINES:
            lines.clear()
            if self.table is not None:
                self.table.clear()
        lines[key] = call
        if self.table is not None:
            self.table.put(key, call)
        return call

    def _learn_template(
        self, number: int, line: bytes, key: bytes, ev: str, args: tuple[Any, ...]
    ) -> None:
        obj = parse_line(number, line)
        wanted: list[tuple[str, str]] = []  # the numbers of the object, in order
        for name, value in obj.items():
            if isinstance(value, (dict, list)):
                return
            if type(value) is int and name != "t":
                wanted.append((name, str(value)))
            elif isinstance(value, str) and _HEX.fullmatch(value):
                wanted.append((name, value))
        pieces = _NUMBER.split(key)
        if [text for _, text in wanted] != [piece.decode() for piece in pieces[1::2]]:
            return  # a number in a text, or out of the ordinary
        pattern = [re.escape(pieces[0])]
        numbers = []
        places = _PLACES[ev]
        last_vcpu = self.reader.header.vcpus - 1
        for group, ((name, text), piece) in enumerate(zip(wanted, pieces[2::2], strict=True), 1):
            is_address = text.startswith("0x")
            pattern += [_ADDRESS if is_address else _INTEGER, re.escape(piece)]
            place = places.get(name, -1)
            if is_address:
                if place >= 0:
                    numbers.append((group, place, 16, 0, U64))
            elif name == "vcpu":
                numbers.append((group, place, 10, 0, last_vcpu))
            elif name == "pages":
                numbers.append((group, place, 10, 1, 1))  # a single page always fits
            elif name in ("target", "el"):
                numbers.append((group, place, 10, 0, 3 if name == "el" else 1 << 31))
            elif place >= 0:
                numbers.append((group, place, 10, -(1 << 62), 1 << 62))
        known = self.templates.setdefault(key[:_PREFIX], [])
        if len(self.templates) > _TEMPLATES or len(known) >= _TEMPLATES_OF_A_KIND:
            self.templates.clear()
        else:
            known.append(LineTemplate(ev, args, re.compile(b"".join(pattern)).fullmatch, numbers))


def _unannounced(number: int) -> TraceError:
    return TraceError(number, "damaged: a read that was not announced")


def _spread(chunk: Chunk) -> Sequence[int | None]:
    """The time of every line of a chunk."""
    from .columns import looked_up

    lines, times = len(chunk.ids), chunk.times
    if len(times) == lines:
        return times
    if not times:
        return [None] * lines
    timed = looked_up(chunk.ids, [text[:1] == b"+" for text in chunk.texts])
    spread: list[int | None] = []
    done = 0
    for row in timed.split(b"\0"):
        upto = done + len(row)
        spread += times[done:upto]
        spread.append(None)
        done = upto
    spread.pop()  # behind the last row there is no line
    return spread


def _next(times: Sequence[int | None], places: Iterable[int], default: int) -> int:
    """The first time there is in these places."""
    for place in places:
        t = times[place]
        if t is not None:
            return t
    return default


def _last_of(chunk: Chunk) -> int:
    """The number of the last line of a chunk that is not blank; 0 for none."""
    for at in range(len(chunk.ids) - 1, -1, -1):
        if chunk.texts[chunk.ids[at]][1:].strip():
            return chunk.first + at
    return 0
