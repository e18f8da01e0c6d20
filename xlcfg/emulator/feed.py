"""The fast way from lines to a `Machine`.

A boot trace says the same few things over and over: most lines differ from an earlier one in `t`
alone, or in `t` and addresses. So a line is parsed as JSON once per shape. `t` is cut out of the
text, and what is left is looked up; failing that, addresses are cut out too. Everything the two
look-ups have not seen goes through the full decoder, which alone decides what is valid.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from .machine import Call
from .trace import Reader, clock_error, parse_line

#: Bounds of the memories: lines by text, shapes by text without addresses.
_LINES = 1 << 15
_SHAPES = 1 << 12
_LONG = 400

_T = b'"t":'
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

#: A shape: kind of event, arguments, and for each address of the text its position (-1: not needed).
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
    known: dict[bytes, Call] = {}
    shapes: dict[bytes, Shape | None] = {}
    get = known.get
    clock = -1
    events = 0
    number = 0
    for first, lines in reader.batches():
        events += len(lines)
        for number, line in enumerate(lines, first):  # noqa: B007
            start = line.find(_T)
            if start < 0:
                t = None
                key = line
            else:
                end = line.find(b",", start)
                if end < 0:
                    end = line.find(b"}", start)
                digits = line[start + 4 : end].strip()
                if digits.isdigit() and len(digits) < 20 and (digits[0] != 48 or digits == b"0"):
                    t = int(digits)
                    key = line[: start + 4] + line[end:]
                else:
                    t = -1  # not a number that the decoder would take: let it say so
                    key = b""
            call = get(key)
            if call is None:
                call, t = _learn(reader, machine, number, line, key, t, known, shapes)
                if call is None:
                    events -= 1
                    continue
            if t is not None:
                if t < clock:
                    raise clock_error(number, t, clock)
                clock = t
            handler, args = call
            if handler is not None:
                machine.line = number
                machine.t = t
                handler(*args)
    machine.finish()
    return events


def _learn(
    reader: Reader,
    machine: Sink,
    number: int,
    line: bytes,
    key: bytes,
    t: int | None,
    known: dict[bytes, Call],
    shapes: dict[bytes, Shape | None],
) -> tuple[Call | None, int | None]:
    """(call, t) of a line that was not seen before; None as call for an empty line."""
    if not line or line.isspace():
        return None, None
    keep = bool(key) and len(key) <= _LONG
    outline = b""
    if keep:
        parts = _ADDRESS.split(key)
        if len(parts) > 1:
            outline = b"\0".join(parts[::2])
            shape = shapes.get(outline)
            if shape is not None:
                ev, args, places = shape
                filled = list(args)
                for place, text in zip(places, parts[1::2], strict=True):
                    if place >= 0:
                        filled[place] = int(text, 16)
                call = machine.bind(ev, tuple(filled))
                if len(known) >= _LINES:
                    known.clear()
                known[key] = call
                return call, t
    ev, true_t, args = reader.event(number, line)
    call = machine.bind(ev, args)
    # A member "t" somewhere else (nested, twice, in a text) is not the event's time.
    if keep and true_t == t and line.count(_T) == (t is not None) and b"\\" not in line:
        if len(known) >= _LINES:
            known.clear()
        known[key] = call
        if outline and outline not in shapes:
            if len(shapes) >= _SHAPES:
                shapes.clear()
            shapes[outline] = _shape(ev, args, line, number)
    return call, true_t


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
