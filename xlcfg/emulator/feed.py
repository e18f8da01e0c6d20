"""The fast way from lines to a `Machine`.

A boot trace says the same few things over and over: most lines differ from an earlier one in `t`
alone, or in `t` and addresses. So a line is parsed as JSON once per shape. `t` is cut out of the
text, and what is left is looked up; failing that, addresses are cut out too. Everything the two
look-ups have not seen goes through the full decoder, which alone decides what is valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from .machine import Call
from .trace import Reader, clock_error, parse_line

#: Bounds of the memories: lines by text, shapes by text without addresses.
_LINES = 1 << 15
_SHAPES = 1 << 8
_SHAPES_OF_A_KIND = 16
_LONG = 400

#: The event's time in the text, up to what follows the number; and what is left in its place.
_TIME = re.compile(rb'"t":[ ]?(0|[1-9][0-9]{0,18})(?=[,}])')
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
_U64 = (1 << 64) - 1

#: What is known about a line: handler, arguments, and whether it has a time.
Known = tuple[Callable[..., None] | None, tuple[Any, ...], bool]


class Shape:
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
    return _Feeder(reader, machine).run()


class _Feeder:
    """One run: the reader, the sink, and what is known about lines."""

    def __init__(self, reader: Reader, machine: Sink) -> None:
        self.reader = reader
        self.machine = machine
        self.lines: dict[bytes, Known] = {}
        self.shapes: dict[bytes, list[Shape]] = {}
        self.clock = -1
        self.empty = 0

    def run(self) -> int:
        """Feed everything."""
        machine = self.machine
        get = self.lines.get
        clock = -1
        events = 0
        for first, block in self.reader.blocks():
            if b"\0" in block:  # the mark below must not come from outside; JSON has none
                cut, times = block.replace(_MARK, b"\1"), []
            else:
                pieces = _TIME.split(block)
                times = pieces[1::2]
                cut = _MARK.join(pieces[::2]) if times else block
            clocks = map(int, times)
            lines: list[bytes] = []
            number = first - 1
            for key in cut[:-1].split(b"\n"):
                number += 1
                known = get(key)
                if known is None:
                    if not lines:
                        lines = block[:-1].split(b"\n")
                    found, t = self._learn(number, lines[number - first], key, clocks)
                    if found is None:
                        self.empty += 1
                        continue
                    handler, args = found
                    if t is not None:
                        if t < clock:
                            raise clock_error(number, t, clock)
                        clock = t
                else:
                    handler, args, timed = known
                    if timed:
                        t = next(clocks)
                        if t < clock:
                            raise clock_error(number, t, clock)
                        clock = t
                    else:
                        t = None
                if handler is not None:
                    machine.line = number
                    machine.t = t
                    handler(*args)
            events += number - first + 1
        machine.finish()
        return events - self.empty

    def _learn(
        self, number: int, line: bytes, key: bytes, clocks: Iterator[int]
    ) -> tuple[Call | None, int | None]:
        """(call, t) of a line that was not seen before; None as call for an empty line."""
        if not line or line.isspace():
            return None, None
        marks = key.count(_MARK)
        t = None
        for _ in range(marks):
            t = next(clocks)
        plain = marks < 2 and len(key) <= _LONG and b"\\" not in line
        if plain:
            for shape in self.shapes.get(key[:_PREFIX], ()):
                match = shape.match(key)
                if match is not None:
                    filled = shape.fill(match)
                    if filled is None:
                        break
                    return self._remember(key, self.machine.bind(shape.ev, filled), marks), t
        ev, true_t, args = self.reader.event(number, line)
        call = self.machine.bind(ev, args)
        # A member "t" somewhere else (nested, twice) is not the event's time.
        if plain and true_t == t and _TIME_NAME not in key.replace(_MARK, b""):
            self._remember(key, call, marks)
            if ev in _PLACES:
                self._learn_shape(number, line, key, ev, args)
        return call, true_t

    def _remember(self, key: bytes, call: Call, marks: int) -> Call:
        if len(self.lines) >= _LINES:
            self.lines.clear()
        self.lines[key] = (*call, marks > 0)
        return call

    def _learn_shape(
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
                    numbers.append((group, place, 16, 0, _U64))
            elif name == "vcpu":
                numbers.append((group, place, 10, 0, last_vcpu))
            elif name == "pages":
                numbers.append((group, place, 10, 1, 1))  # a single page always fits
            elif name in ("target", "el"):
                numbers.append((group, place, 10, 0, 3 if name == "el" else 1 << 31))
            elif place >= 0:
                numbers.append((group, place, 10, -(1 << 62), 1 << 62))
        known = self.shapes.setdefault(key[:_PREFIX], [])
        if len(self.shapes) > _SHAPES or len(known) >= _SHAPES_OF_A_KIND:
            self.shapes.clear()
        else:
            known.append(Shape(ev, args, re.compile(b"".join(pattern)).fullmatch, numbers))
