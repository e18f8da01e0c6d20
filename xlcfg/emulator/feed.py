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
_SHAPES = 1 << 12
_LONG = 400

#: The event's time in the text, up to what follows the number; and what is left in its place.
_TIME = re.compile(rb'"t":[ ]?(0|[1-9][0-9]{0,18})(?=[,}])')
_MARK = b"\0"
_TIME_NAME = b'"t"'
_ADDRESS = re.compile(rb'"(0x[0-9a-fA-F]{1,16})"')

#: Positions of the addresses among the decoded arguments.
_ADDRESSES = {
    "map": {"va": 1, "gpa": 2},
    "unmap": {"va": 1},
    "sample": {"va": 1, "gpa": 2},
    "vcpu_op": {"addr": 3},
    "p2m_remove": {"gpa": 0},
    "p2m_add": {"gpa": 0},
    "reuse": {"gpa": 0},
    "switch_out": {},
    "switch_in": {},
}
#: Position of `pages`, where there is one: a shape is only learnt with 1 page, which always fits.
_PAGES = {"map": 3, "unmap": 2, "p2m_remove": 1, "p2m_add": 1, "reuse": 1}

#: What is known about a line: handler, arguments, and whether it has a time.
Known = tuple[Callable[..., None] | None, tuple[Any, ...], bool]
#: A shape: kind of event, arguments, and for each address of the text its position there, or -1.
Shape = tuple[str, tuple[Any, ...], tuple[int, ...]]


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
        self.shapes: dict[bytes, Shape | None] = {}
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
                cut, times = block, []
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
        plain = marks < 2 and len(key) <= _LONG and b"\\" not in line and b"\1" not in line
        outline = b""
        if plain:
            parts = _ADDRESS.split(key)
            if len(parts) > 1:
                outline = b"\1".join(parts[::2])
                shape = self.shapes.get(outline)
                if shape is not None:
                    ev, template, places = shape
                    filled = list(template)
                    for place, text in zip(places, parts[1::2], strict=True):
                        if place >= 0:
                            filled[place] = int(text, 16)
                    return self._remember(key, self.machine.bind(ev, tuple(filled)), marks), t
        ev, true_t, args = self.reader.event(number, line)
        call = self.machine.bind(ev, args)
        # A member "t" somewhere else (nested, twice) is not the event's time.
        if plain and true_t == t and _TIME_NAME not in key.replace(_MARK, b""):
            self._remember(key, call, marks)
            if outline and outline not in self.shapes:
                if len(self.shapes) >= _SHAPES:
                    self.shapes.clear()
                self.shapes[outline] = _shape(ev, args, line, number)
        return call, true_t

    def _remember(self, key: bytes, call: Call, marks: int) -> Call:
        if len(self.lines) >= _LINES:
            self.lines.clear()
        self.lines[key] = (*call, marks > 0)
        return call


def _shape(ev: str, args: tuple[Any, ...], line: bytes, number: int) -> Shape | None:
    """The shape of a decoded line, or None if its addresses cannot be told apart by position."""
    wanted = _ADDRESSES.get(ev)
    if wanted is None or (ev in _PAGES and args[_PAGES[ev]] != 1):
        return None
    obj = parse_line(number, line)
    names = []
    for name, value in obj.items():
        if isinstance(value, (dict, list)):
            return None
        if isinstance(value, str) and _ADDRESS.fullmatch(b'"%s"' % value.encode()):
            names.append((name, value))
    found = [text.decode() for text in _ADDRESS.findall(line)]
    if [value for _, value in names] != found:
        return None
    return ev, args, tuple(wanted.get(name, -1) for name, _ in names)
