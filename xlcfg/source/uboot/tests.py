"""`test` of U-Boot, as far as it can be decided without the board."""

from __future__ import annotations

from xlcfg.source.found import HOLE

_NUMBERS = ("-eq", "-ne", "-lt", "-le", "-gt", "-ge")


def decide(words: list[str], bracket: bool = False) -> bool | None:
    """Whether it holds; None when that depends on what nobody here knows.

    `words` begin with the name of the command. U-Boot goes through them from left to right: `-a`
    and `-o` bind alike.
    """
    if bracket:
        if words[-1:] != ["]"]:
            return False
        words = words[:-1]
    words = words[1:]
    if not words:
        return False
    if len(words) == 1:
        return None if HOLE in words[0] else words[0] not in ("", "-n")
    holds: bool | None = False
    join, negated = "", False
    at = 0
    while at < len(words):
        word = words[at]
        if word == "!":
            negated = not negated
            at += 1
            continue
        if word in ("-a", "-o") and at:
            join = word
            at += 1
            continue
        one, taken = _primary(words[at:])
        if negated and one is not None:
            one = not one
        holds = one if not join else _both(holds, one) if join == "-a" else _either(holds, one)
        join, negated = "", False
        at += taken
    return holds


def _primary(words: list[str]) -> tuple[bool | None, int]:
    """One question: its answer, and how many words it takes."""
    if len(words) > 2 and words[1] in ("=", "!=", "<", ">", "=~", *_NUMBERS):
        return _compare(words[0], words[1], words[2]), 3
    if words[0] in ("-z", "-n") and len(words) > 1:
        if HOLE in words[1]:
            return None, 2
        return (words[1] == "") == (words[0] == "-z"), 2
    if words[0] == "-e":
        return None, 4
    return None, 1


def _compare(one: str, how: str, other: str) -> bool | None:
    if HOLE in one + other or how == "=~":
        return None
    if how in _NUMBERS:
        left, right = _number(one), _number(other)
        return {
            "-eq": left == right, "-ne": left != right, "-lt": left < right,
            "-le": left <= right, "-gt": left > right, "-ge": left >= right,
        }[how]  # fmt: skip
    return {"=": one == other, "!=": one != other, "<": one < other, ">": one > other}[how]


def _number(text: str) -> int:
    """As simple_strtol: up to the first character that is no digit of its base."""
    sign = -1 if text[:1] == "-" else 1
    text = text.removeprefix("-")[:32].lower()
    base, digits = (16, text[2:]) if text.startswith("0x") else (8 if text[:1] == "0" else 10, text)
    kept = ""
    for char in digits:
        if char not in "0123456789abcdef"[:base]:
            break
        kept += char
    return sign * int(kept or "0", base)


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one is True or other is True:
        return True
    return None if one is None or other is None else False
