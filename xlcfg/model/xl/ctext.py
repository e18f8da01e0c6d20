"""The C library's ways with text, as xl's parsers use them: strtoul, atoi, strtok, sscanf.

Text is one character per byte (Latin-1), in the C locale; integers are those of LP64.
"""

from __future__ import annotations

ULONG_MAX = 2**64 - 1
UINT_MAX = 2**32 - 1
SPACE = " \t\n\v\f\r"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _digits(text: str, i: int, base: int) -> int:
    """Where the digits of `base` that start at `i` end."""
    allowed = _DIGITS[:base]
    n = len(text)
    while i < n and text[i].lower() in allowed:
        i += 1
    return i


def _number(text: str, start: int, base: int) -> tuple[int, int]:
    """`(value, end)` without any limit; `end` is `start` when there are no digits."""
    n = len(text)
    i = start
    while i < n and text[i] in SPACE:
        i += 1
    negative = False
    if i < n and text[i] in "+-":
        negative = text[i] == "-"
        i += 1
    if base in (0, 16) and text[i : i + 2] in ("0x", "0X") and _digits(text, i + 2, 16) > i + 2:
        base, i = 16, i + 2
    elif base == 0:
        base = 8 if text[i : i + 1] == "0" else 10
    end = _digits(text, i, base)
    if end == i:
        return 0, start
    significant = text[i:end].lstrip("0")
    # int() of a million digits would take minutes; beyond 64 bits one value is like another.
    value = 2**80 if len(significant) > 70 else int(significant or "0", base)
    return (-value if negative else value), end


def written(text: str, base: int = 10, start: int = 0) -> int:
    """The number at `start` as it is written, whatever its size; 0 for none."""
    return _number(text, start, base)[0]


def strtoul(text: str, base: int = 10, start: int = 0) -> tuple[int, int]:
    """C `strtoul`: `(value, end)`; a negative number wraps, an overflow gives ULONG_MAX."""
    value, end = _number(text, start, base)
    if abs(value) > ULONG_MAX:
        return ULONG_MAX, end
    return value & ULONG_MAX, end


def overflows(text: str, base: int = 10, start: int = 0) -> bool:
    """Whether `strtoul` would set ERANGE."""
    return abs(_number(text, start, base)[0]) > ULONG_MAX


def overflows_long(text: str) -> bool:
    """Whether `strtol` base 10, and so `atoi`, would set ERANGE."""
    return not -(2**63) <= _number(text, 0, 10)[0] < 2**63


def int32(value: int) -> int:
    """`value` stored in a C int."""
    value &= UINT_MAX
    return value - 2**32 if value >= 2**31 else value


def atoi(text: str) -> int:
    """C `atoi` of glibc: `strtol` base 10, cut to an int; anything that is no number is 0."""
    value, _ = _number(text, 0, 10)
    return int32(max(-(2**63), min(2**63 - 1, value)))


def strtok(text: str, delimiters: str) -> list[tuple[int, str]]:
    """C `strtok`: the non-empty words with their offsets."""
    words: list[tuple[int, str]] = []
    start = 0
    for i, char in enumerate(text):
        if char in delimiters:
            if i > start:
                words.append((start, text[start:i]))
            start = i + 1
    if start < len(text):
        words.append((start, text[start:]))
    return words


def words(text: str) -> list[tuple[int, str]]:
    """The comma list most device specs are: `strtok`, with leading spaces skipped."""
    found = []
    for offset, word in strtok(text, ","):
        bare = word.lstrip(" ")
        found.append((offset + len(word) - len(bare), bare))
    return found


def scan(text: str, base: int, start: int = 0) -> tuple[int, int]:
    """glibc's `sscanf` of one number: `(value, end)`, `end` -1 when nothing matches."""
    value, end = strtoul(text, base, start)
    if end == start:
        return 0, -1
    if base == 16 and text[end : end + 1] in ("x", "X") and text[end - 1] == "0":
        # strtoul takes the "0" of a "0x" without digits; sscanf has eaten the "x" as well.
        before = text[start : end - 1].lstrip(SPACE)
        if before in ("", "+", "-"):
            return 0, end + 1
    return value, end
