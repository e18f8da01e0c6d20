"""The handlers of parameters about memory that follow no common form."""

from __future__ import annotations

from xlcfg.catalogue import release_index
from xlcfg.model.boot.results import EINVAL, Result, refuse, rest
from xlcfg.model.boot.scanners import DIGITS, any_of, parse_size, strtoull

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_V4_12 = release_index("4.12")
_V4_13 = release_index("4.13")
_V4_15 = release_index("4.15")
_V4_22 = release_index("4.22")


def _crashinfo_maxaddr(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    address, _, end = parse_size(text, 0, index)
    return rest(text, end) if address else refuse(text)


def _crashkernel(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    rc = at = 0
    first: int | None = 0

    def size(start: int) -> int:
        nonlocal first, at
        first = start
        value, _, at = parse_size(text, start, index)
        return value

    if ":" in text:
        ranges = 0
        while True:
            if ranges == 16:
                return refuse(text, at)
            low = size(at + bool(ranges))
            if first == at:
                break
            if text[at : at + 1] != "-":
                rc = EINVAL
                break
            at += 1
            if text[at : at + 1] != ":":
                high = size(at)
                if first == at:
                    break
                if high <= low:
                    rc = EINVAL
                    break
            if text[at : at + 1] != ":":
                rc = EINVAL
                break
            size(at + 1)
            if first == at:
                break
            ranges += 1
            if text[at : at + 1] != ",":
                break
    else:
        size(0)
    if first != at:
        if text[at : at + 1] in ("@", "<"):
            size(at + 1)
        elif text.startswith(",below=", at):
            size(at + 7)
        elif at < len(text) or index < _V4_13:
            # Before 4.13 even the end of the text counts as something left.
            rc = EINVAL
    if first == at:
        rc = EINVAL
    if not rc:
        return Result(0, (), {"": text})
    return Result(rc, ((min(at, max(len(text) - 1, 0)), len(text)),), {"": text})


def _colors(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    return read_colors(text, strict=index >= _V4_22)


def read_colors(text: str, *, strict: bool) -> Result:
    """A set of cache colours; `strict` from Xen 4.22 on, where a number needs digits."""
    at = 0
    while at < len(text):
        place = at
        low, end = strtoull(text, at, 0)
        if end == at and strict:
            return refuse(text, at)
        high, at = low, end
        if text[at : at + 1] == "-":
            high, end = strtoull(text, at + 1, 0)
            if end == at + 1 and strict:
                return refuse(text, end)
            at = end
        # Xen is built for 2 to 1024 colors, 128 unless told otherwise.
        if low > high or high >= 1024:
            return refuse(text, place)
        if text[at : at + 1] == ",":
            at += 1
        elif at < len(text):
            break
    return rest(text, at)


def _bound(text: str, at: int) -> tuple[str, int]:
    """`max` or `min` and where its amount begins; an empty name when neither is at `at`."""
    for name in ("max", "min"):
        if text.startswith(f"{name}:", at):
            return name, at + 4
    return "", at


def _dom0_mem(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    parts: dict[str, Any] = {}
    at = 0
    while True:
        name, start = _bound(text, at)
        if index < _V4_12:
            *_, at = parse_size(text, start + (text[start : start + 1] == "-"), index)
            end = at
        else:
            end = _amount(text, start, index)
            if end < 0:
                comma = any_of(text, at, ",")
                return Result(EINVAL, ((at, comma),), parts)
            at = end
        parts[name] = text[start:end]
        if text[at : at + 1] != ",":
            break
        at += 1
    return Result(EINVAL, ((at, len(text)),), parts) if at < len(text) else Result(0, (), parts)


def _amount(text: str, at: int, index: int) -> int:
    """The end of `[-][size+][percent%]` at `at`, -1 when there is none."""
    at += text[at : at + 1] == "-"
    items = 0
    while True:
        if text[at : at + 1] not in tuple(DIGITS):
            return -1
        value, _, at = parse_size(text, at, index)
        if text[at : at + 1] == "%":
            if value >= 100:
                return -1
            at += 1
            items += 1
        elif items:
            return -1
        items += 1
        if text[at : at + 1] != "+" or items >= 2:
            break
        at += 1
    return at if text[at : at + 1] in ("", ",") else -1


def _shim_mem(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    parts: dict[str, Any] = {}
    at = 0
    while True:
        name, start = _bound(text, at)
        *_, at = parse_size(text, start, index)
        parts[name] = text[start:at]
        if text[at : at + 1] != ",":
            return rest(text, at, **parts)
        at += 1


def _memop_max_order(text: str, index: int, state: dict[str, Any]) -> Result:  # noqa: ARG001
    at = 0
    if text[:1] != ",":
        _, at = strtoull(text, 0, 0)
    # Until 4.14 the fourth order was compiled out.
    for _ in range(3 if index >= _V4_15 else 2):
        if text[at : at + 1] == ",":
            at += 1
            if text[at : at + 1] != ",":
                _, at = strtoull(text, at, 0)
    return rest(text, at)


HANDLERS: dict[str, Callable[[str, int, dict[str, Any]], Result]] = {
    "crashinfo_maxaddr": _crashinfo_maxaddr,
    "crashkernel": _crashkernel,
    "dom0-llc-colors": _colors,
    "dom0_mem": _dom0_mem,
    "memop-max-order": _memop_max_order,
    "shim_mem": _shim_mem,
    "xen-llc-colors": _colors,
}
