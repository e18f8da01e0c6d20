"""What a boot trace says, format version 1: its header, its events, and what is valid in them.

A line is a JSON object. `decode_header` and `decode_event` check one and turn it into values; what
they refuse is a `BadEventError`, which the reader makes a `TraceError` with the line's number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .terms import (
    ARCHES,
    GUESTS,
    OPS,
    PAGE_SHIFT,
    PAGE_SIZE,
    POLICIES,
    STAGES,
    SWITCH_OUT_STATES,
    U64,
    USES,
)

FORMAT = "xlcfg-boot-trace"
VERSION = 1

#: A line longer than this is no trace: it bounds the memory a hostile input can claim.
MAX_LINE = 1 << 24


class TraceError(ValueError):
    """A trace that cannot be read on. `line` counts from 1; 0 stands for the input as a whole."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class Header(NamedTuple):
    """What the first line says. `ram` is a tuple of (first gfn, pages)."""

    arch: str
    guest: str
    vcpus: int
    policy: str | None
    phys_area: bool
    hypervisor: str
    va_bits: int
    runstate_size: int
    ram: tuple[tuple[int, int], ...]


class Event(NamedTuple):
    """One event: its line in the trace (from 1), kind, time in ns or None, and typed members.

    `args` is positional, in the order of the format's table for that kind; see `DECODERS`.
    """

    line: int
    ev: str
    t: int | None
    args: tuple[Any, ...]


class BadEventError(ValueError):
    """Why the fast decoder refuses an event; the reader adds line and explanation."""


# -- members ------------------------------------------------------------------------------------

_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
Json = dict[str, Any]


def _integer(obj: Json, name: str, low: int, high: int, default: int | None = None) -> int:
    value = obj.get(name, default)
    if type(value) is not int:
        raise BadEventError(_why(obj, name, "an integer"))
    if not low <= value <= high:
        raise BadEventError(f"{name!r} is {value}, outside {low}..{high}")
    return value


def _address(obj: Json, name: str) -> int:
    value = obj.get(name)
    if type(value) is not str or not _HEX.match(value):
        raise BadEventError(_why(obj, name, 'a hexadecimal string such as "0x1000"'))
    number = int(value, 16) if len(value) < 64 else int(value[2:].lstrip("0")[:17] or "0", 16)
    if number > U64:
        raise BadEventError(f"{name!r} does not fit in 64 bits")
    return number


def _boolean(obj: Json, name: str, default: bool | None = None) -> bool:
    value = obj.get(name, default)
    if value is not True and value is not False:
        raise BadEventError(_why(obj, name, "true or false"))
    return value


def _recorded(obj: Json, name: str) -> bool | None:
    return _boolean(obj, name) if name in obj else None


def _word(obj: Json, name: str, words: tuple[str, ...], default: str | None = None) -> str:
    value = obj.get(name, default)
    if type(value) is not str:
        raise BadEventError(_why(obj, name, "a string"))
    if value not in words:
        raise BadEventError(f"{name!r} is {short(value)}, not one of {', '.join(words)}")
    return value


def _why(obj: Json, name: str, wanted: str) -> str:
    if name not in obj:
        return f"{name!r} is missing"
    return f"{name!r} is {short(obj[name])}, not {wanted}"


def short(value: object) -> str:
    """A value as JSON, in 40 characters at most."""
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _vcpu(obj: Json, header: Header, name: str = "vcpu", default: int | None = 0) -> int:
    value = obj.get(name, default)
    if type(value) is not int:
        raise BadEventError(_why(obj, name, "an integer"))
    if not 0 <= value < header.vcpus:
        raise BadEventError(f"{name!r} is {value}, but the domain has {header.vcpus} vCPUs")
    return value


def _pages(obj: Json, address: int) -> int:
    pages = _integer(obj, "pages", 1, U64, 1)
    if (address >> PAGE_SHIFT) + pages > 1 << (64 - PAGE_SHIFT):
        raise BadEventError(f"'pages' is {pages}: the range ends above 64 bits")
    return pages


# -- events -------------------------------------------------------------------------------------


def _map(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(space, va, gpa, pages, ro)"""
    va, gpa = _address(obj, "va"), _address(obj, "gpa")
    pages = max(_pages(obj, va), _pages(obj, gpa))
    return _space(obj), va, gpa, pages, _boolean(obj, "ro", False)


def _unmap(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(space, va, pages)"""
    va = _address(obj, "va")
    return _space(obj), va, _pages(obj, va)


def _space(obj: Json) -> int:
    return _integer(obj, "space", -(1 << 63), U64)


def _use_space(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, space, root)"""
    root = _word(obj, "root", ("kernel", "user"), "kernel")
    if root == "user" and (header.guest, header.arch) != ("pv", "x86_64"):
        raise BadEventError("'root' user exists only for a pv guest on x86_64")
    return _vcpu(obj, header), _space(obj), root


def _mmu(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, on)"""
    return _vcpu(obj, header), _boolean(obj, "on")


def _mode(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, mode, retry or None)"""
    if (header.guest, header.arch) != ("pv", "x86_64"):
        raise BadEventError("'mode' events exist only for a pv guest on x86_64")
    return _vcpu(obj, header), _word(obj, "mode", ("kernel", "user")), _recorded(obj, "retry")


def _sample(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, va, gpa or None, mode or None)"""
    if "gpa" not in obj:
        raise BadEventError("'gpa' is missing")
    gpa = None if obj["gpa"] is None else _address(obj, "gpa")
    mode = _word(obj, "mode", ("kernel", "user")) if "mode" in obj else None
    return _vcpu(obj, header), _address(obj, "va"), gpa, mode


def _vcpu_op(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, op, target, addr, ret or None, arg_fault)"""
    ret = _integer(obj, "ret", -(1 << 63), (1 << 63) - 1) if "ret" in obj else None
    return (
        _vcpu(obj, header),
        _word(obj, "op", OPS),
        _integer(obj, "target", 0, (1 << 32) - 1),
        _address(obj, "addr"),
        ret,
        _boolean(obj, "arg_fault", False),
    )


def _vm_assist(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(type, on)"""
    return _word(obj, "type", ("runstate_update_flag",)), _boolean(obj, "on")


def _switch_out(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, state, wrote or None, el or None)"""
    state = _word(obj, "state", SWITCH_OUT_STATES)
    return _vcpu(obj, header), state, _recorded(obj, "wrote"), _el(obj)


def _switch_in(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, wrote or None, el or None)"""
    return _vcpu(obj, header), _recorded(obj, "wrote"), _el(obj)


def _el(obj: Json) -> int | None:
    return _integer(obj, "el", 0, 3) if "el" in obj else None


def _target(obj: Json, header: Header) -> tuple[Any, ...]:
    """(target,)"""
    return (_vcpu(obj, header, "target", None),)


def _frames(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(gpa, pages)"""
    gpa = _address(obj, "gpa")
    return gpa, _pages(obj, gpa)


def _p2m_add(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(gpa, pages, same_page)"""
    gpa = _address(obj, "gpa")
    return gpa, _pages(obj, gpa), _boolean(obj, "same_page")


def _reuse(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(gpa, pages, as)"""
    gpa = _address(obj, "gpa")
    return gpa, _pages(obj, gpa), _word(obj, "as", USES)


def _stage(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(name,)"""
    return (_word(obj, "name", STAGES),)


def _read(obj: Json, header: Header) -> tuple[Any, ...]:
    """(vcpu, target)"""
    return _vcpu(obj, header), _vcpu(obj, header, "target", None)


def _nothing(_obj: Json, _header: Header) -> tuple[Any, ...]:
    """()"""
    return ()


def _observe(obj: Json, _header: Header) -> tuple[Any, ...]:
    """(frames,): a tuple of (gfn, first, last)"""
    frames = obj.get("frames")
    if type(frames) is not list:
        raise BadEventError(_why(obj, "frames", "a list"))
    seen = []
    for frame in frames:
        if type(frame) is not dict:
            raise BadEventError(f"'frames' holds {short(frame)}, not an object")
        first = _integer(frame, "first", 0, PAGE_SIZE - 1)
        seen.append(
            (
                _address(frame, "gpa") >> PAGE_SHIFT,
                first,
                _integer(frame, "last", first, PAGE_SIZE - 1),
            )
        )
    return (tuple(seen),)


def _note(obj: Json, _header: Header) -> tuple[Any, ...]:
    """()"""
    if type(obj.get("text")) is not str:
        raise BadEventError(_why(obj, "text", "a string"))
    return ()


#: Kind of event -> decoder. A decoder's docstring names the positions of `Event.args`.
DECODERS: dict[str, Callable[[Json, Header], tuple[Any, ...]]] = {
    "map": _map,
    "unmap": _unmap,
    "use_space": _use_space,
    "mmu": _mmu,
    "mode": _mode,
    "sample": _sample,
    "vcpu_op": _vcpu_op,
    "vm_assist": _vm_assist,
    "switch_out": _switch_out,
    "switch_in": _switch_in,
    "vcpu_up": _target,
    "vcpu_down": _target,
    "p2m_remove": _frames,
    "p2m_add": _p2m_add,
    "reuse": _reuse,
    "stage": _stage,
    "read": _read,
    "observe_reset": _nothing,
    "observe": _observe,
    "note": _note,
}


def decode_event(obj: Any, header: Header) -> tuple[str, int | None, tuple[Any, ...]]:
    """(ev, t, args) of a parsed line; raises `BadEventError`."""
    if type(obj) is not dict:
        raise BadEventError(f"an event is a JSON object, not {short(obj)}")
    ev = obj.get("ev")
    if type(ev) is not str:
        raise BadEventError(_why(obj, "ev", "a string"))
    decoder = DECODERS.get(ev)
    if decoder is None:
        raise BadEventError(f"unknown event {short(ev)}")
    t = None
    if "t" in obj:
        t = _integer(obj, "t", 0, U64)
    if "vcpu" in obj:
        _vcpu(obj, header)
    return ev, t, decoder(obj, header)


def parse_line(number: int, line: bytes, *, last: bool = False) -> Any:
    """The JSON value of one line. `last` says that the input ends without a newline after it."""
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as undecoded:
        raise TraceError(number, f"not UTF-8: byte {undecoded.start} of the line") from None
    except RecursionError:
        raise TraceError(number, "bad JSON: nested too deeply") from None
    except json.JSONDecodeError as error:
        if last and (error.pos >= len(line.rstrip()) - 1 or "Unterminated" in error.msg):
            raise TraceError(number, "truncated: the last line ends in the middle") from None
        reason = f"{error.msg.lower()}, column {error.colno}"
        if last:
            reason += "; the last line has no newline, the trace may be truncated"
        raise TraceError(number, f"bad JSON: {reason}") from None
    except ValueError as wrong:  # an integer of thousands of digits
        raise TraceError(number, f"bad JSON: {wrong}") from None


def clock_error(number: int, t: int, clock: int) -> TraceError:
    """`t` went backwards."""
    return TraceError(number, f"'t' is {t}, after {clock} in an earlier event: it never decreases")


def decode_header(obj: Json) -> Header:
    """The header from its JSON object; raises `BadEventError`."""
    arch = _word(obj, "arch", ARCHES)
    guest = _word(obj, "guest", GUESTS)
    narrow = arch in ("arm32", "x86_32")
    if arch.startswith("arm") and guest != "pvh":
        raise BadEventError(f"'guest' is {guest}, but Arm guests are pvh")
    if "policy" not in obj:
        raise BadEventError("'policy' is missing")
    policy = None if obj["policy"] is None else _word(obj, "policy", POLICIES)
    hypervisor = obj.get("hypervisor", "")
    if type(hypervisor) is not str:
        raise BadEventError(_why(obj, "hypervisor", "a string"))
    entries = obj.get("ram")
    if type(entries) is not list:
        raise BadEventError(_why(obj, "ram", "a list"))
    ram = []
    for entry in entries:
        if type(entry) is not dict:
            raise BadEventError(f"'ram' holds {short(entry)}, not an object")
        gpa = _address(entry, "gpa")
        if "pages" not in entry:
            raise BadEventError("'ram' holds an object without 'pages'")
        ram.append((gpa >> PAGE_SHIFT, _pages(entry, gpa)))
    size = 44 if arch == "x86_32" else 48
    if _integer(obj, "runstate_size", 44, 48, size) not in (44, 48):
        raise BadEventError(f"'runstate_size' is {obj['runstate_size']}, not 44 or 48")
    return Header(
        arch=arch,
        guest=guest,
        vcpus=_integer(obj, "vcpus", 1, 4096),
        policy=policy,
        phys_area=_boolean(obj, "phys_area"),
        hypervisor=hypervisor,
        va_bits=min(_integer(obj, "va_bits", 13, 64, 48), 32 if narrow else 64),
        runstate_size=obj.get("runstate_size", size),
        ram=tuple(ram),
    )
