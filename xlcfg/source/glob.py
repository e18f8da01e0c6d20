"""Patterns of file names, as `fnmatch` has them, in time that does not explode.

`fnmatch` makes a regular expression of a pattern, which for one of a few KB takes seconds to
compile. Here a pattern is cut at its stars; each piece between them is looked for once.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    #: (path, from where, up to where) -> where the piece begins, or -1
    Find = Callable[[str, int, int], int]
    #: how many characters a piece has, and what finds it
    Piece = tuple[int, Find]


def matches(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern of `*`, `?`, `[...]` and `[!...]`; `/` is like any other."""
    pieces = _pieces(pattern)
    length, find = pieces[0]
    size = len(path)
    if len(pieces) == 1:
        return size == length and find(path, 0, size) == 0
    last, find_last = pieces[-1]
    if size < length + last or find(path, 0, length) != 0:
        return False
    at, end = length, size - last
    for length, find in pieces[1:-1]:
        # The first place is as good as any: what comes behind may begin at any later one.
        at = find(path, at, end)
        if at < 0:
            return False
        at += length
    return at <= end and find_last(path, end, size) == end


@lru_cache(maxsize=512)
def _pieces(pattern: str) -> tuple[Piece, ...]:
    """What stands between the stars of a pattern."""
    pieces: list[Piece] = []
    literal: list[str] = []
    source: list[str] = []
    length, plain = 0, True
    at = 0
    while at <= len(pattern):
        char = pattern[at : at + 1]
        if char == "*" or not char:
            empty = pattern[at - 1 : at] == "*" and at < len(pattern)
            if not empty:
                pieces.append((length, _finder("".join(literal), "".join(source), plain)))
            literal, source, length, plain = [], [], 0, True
            at += 1
            continue
        length += 1
        close = _set_end(pattern, at) if char == "[" else -1
        if close > 0:
            source.append(_set(pattern[at + 1 : close]))
            plain, at = False, close + 1
            continue
        if char == "?":
            source.append(".")
            plain = False
        else:
            literal.append(char)
            source.append(re.escape(char))
        at += 1
    return tuple(pieces)


def _finder(literal: str, source: str, plain: bool) -> Find:
    if plain:
        return lambda path, at, end: path.find(literal, at, end)
    search = re.compile(source, re.DOTALL).search

    def find(path: str, at: int, end: int) -> int:
        match = search(path, at, end)
        return -1 if match is None else match.start()

    return find


def _set_end(pattern: str, at: int) -> int:
    """Where the set that may begin at `at` ends; -1 when `[` stands for itself."""
    start = at + 1
    if pattern[start : start + 1] == "!":
        start += 1
    # A bracket right at the beginning is one of the set.
    return pattern.find("]", start + 1)


def _set(body: str) -> str:
    """A set as a regular expression: of characters and of ranges `a-z`; `!` takes the others."""
    negated = body[0] == "!"
    body = body[1:] if negated else body
    parts: list[str] = []
    at = 0
    while at < len(body):
        if at + 2 < len(body) and body[at + 1] == "-":
            low, high = body[at], body[at + 2]
            if low <= high:
                parts.append(f"{re.escape(low)}-{re.escape(high)}")
            at += 3
        else:
            parts.append(re.escape(body[at]))
            at += 1
    if not parts:
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{''.join(parts)}]"
