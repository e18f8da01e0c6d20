"""How Xen's own functions read numbers, sizes, booleans, words and PCI addresses.

They go through a text the way the C code does: step by step, with what it forgets to look at.
`text[at : at + 1]` is the C character at `at`, "" being the NUL.
"""

from __future__ import annotations

from xlcfg.catalogue import release_index

_V4_5 = release_index("4.5")
_V4_12 = release_index("4.12")
_V4_13 = release_index("4.13")

DIGITS = "0123456789"
_HEX = "0123456789abcdefABCDEF"
MASK = 2**64 - 1
_TRUE = ("yes", "on", "true", "enable", "1")
_FALSE = ("no", "off", "false", "disable", "0")


def parse_bool(text: str) -> bool | None:
    """A boolean as Xen writes it, None for any other text."""
    return True if text in _TRUE else False if text in _FALSE else None


def strtoull(text: str, at: int, base: int) -> tuple[int, int]:
    """Xen's `simple_strtoull`: the number modulo 2^64, and where it ends (`at`: no digits)."""
    if base == 0:
        base = 10
        if text[at : at + 1] == "0":
            base, at = 8, at + 1
            if text[at : at + 1] in ("x", "X") and text[at + 1 : at + 2] in tuple(_HEX):
                base, at = 16, at + 1
    elif base == 16 and text[at : at + 2] in ("0x", "0X"):
        at += 2
    digits = {8: "01234567", 10: DIGITS, 16: _HEX}[base]
    end = at
    size = len(text)
    while end < size and text[end] in digits:
        end += 1
    # Digits in front fall out of 64 bits anyhow; int() of a million of them would be quadratic.
    if end - at <= 128:
        return int(text[at:end] or "0", base) & MASK, end
    value = 0
    for char in text[at:end]:
        value = (value * base + int(char, 16)) & MASK
    return value, end


def strtoll(text: str, at: int, base: int) -> tuple[int, int]:
    """Xen's `simple_strtoll`: the number as a signed one, and where it ends."""
    if text[at : at + 1] == "-":
        value, end = strtoull(text, at + 1, base)
        value = -value & MASK
    else:
        value, end = strtoull(text, at, base)
    return value - 2**64 if value >= 2**63 else value, end


def parse_size(text: str, at: int, index: int) -> tuple[int, int, int]:
    """Xen's `parse_size_and_unit`: the size modulo 2^64, the size unbounded, where it ends.

    A percentage is not scaled and ends before the `%`, for callers who know it (4.12 on).
    """
    value, end = strtoull(text, at, 0)
    unit = text[end : end + 1]
    shift = 10
    if unit and unit in "BbKkMmGgTt" and (unit not in "Tt" or index >= _V4_5):
        shift = 10 * "bkmgt".index(unit.lower())
        end += 1
    elif unit == "%" and index >= _V4_12:
        shift = 0
    return value << shift & MASK, value << shift, end


def parse_boolean(name: str, text: str, start: int, end: int, index: int) -> int:
    """Xen's `parse_boolean` on `text[start:end]`.

    1 or 0 for `name`, `no-name` and `name=boolean`; -2 (4.13 on) for the name with another value;
    -1 for anything else.
    """
    negated = text.startswith("no-", start)
    if negated:
        start += 3
    if not text.startswith(name, start, end):
        return -1
    after = start + len(name)
    if after == end:
        return int(not negated)
    if negated and index >= _V4_13:
        return -1
    if text[after] == "=":
        value = parse_bool(text[after + 1 : end])
        if value is not None:
            return int(value)
        return -2 if index >= _V4_13 else -1
    return -1


def word_at(text: str, at: int, name: str, index: int) -> bool:
    """Xen's `cmdline_strcmp`: whether the word at `at` is `name`."""
    if not text.startswith(name, at):
        return False
    after = text[at + len(name) : at + len(name) + 1]
    return not after or after in (",:;=" if index >= _V4_13 else ",:;")


def any_of(text: str, at: int, chars: str) -> int:
    """Where the first of `chars` is from `at` on; the end of the text when there is none."""
    places = [i for i in (text.find(char, at) for char in chars) if i >= 0]
    return min(places, default=len(text))


def parse_pci(text: str, at: int, function: bool = True) -> tuple[int, int, int]:
    """Where a PCI address ends (-1: it is none), its segment, and its bus, device and function."""
    segment, at = strtoull(text, at, 16)
    if text[at : at + 1] != ":":
        return -1, 0, 0
    bus, at = strtoull(text, at + 1, 16)
    if text[at : at + 1] == ":":
        device, at = strtoull(text, at + 1, 16)
    else:
        segment, bus, device = 0, segment, bus
    func = 0
    if function:
        if text[at : at + 1] != ".":
            return -1, 0, 0
        func, at = strtoull(text, at + 1, 0)
    if segment > 0xFFFF or bus > 0xFF or device > 0x1F or func > 7:
        return -1, 0, 0
    return at, segment, bus << 8 | device << 3 | func
