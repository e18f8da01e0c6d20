"""What is being written at a place of a guest config that need not be whole.

The reader refuses a half-written line, so this looks at the text alone: up to the nearest line that
begins a setting, and from there to the cursor.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SETTING = re.compile(r"[ \t]*([A-Za-z_][\w.-]*)[ \t]*\+?=", re.ASCII)
_WORD = re.compile(r"[\w.-]*\Z", re.ASCII)
#: What to look at outside of strings, and inside of one by its quote.
_MARKS = {
    "": re.compile(r"[\"'#\[\];\n]"),
    '"': re.compile(r'\\[\s\S]|["\n]'),
    "'": re.compile(r"\\[\s\S]|['\n]"),
}
_AFTER = re.compile(r"[ \t]*\+?=", re.ASCII)

#: How far above the cursor its setting may begin; lists of more lines are not written by hand.
_LINES = 5000


class Cursor(NamedTuple):
    """What is being written: `kind` is "key", "value", "string" or "comment".

    `key` is the setting in question ("" for kind "key"), `start` where the word, or the contents of
    the string, begin, and `text` what they are up to the cursor. `depth` counts open brackets;
    `assigned` says that a `=` follows a key already.
    """

    kind: str
    key: str
    start: int
    text: str
    depth: int = 0
    assigned: bool = False


def cursor_at(text: str, offset: int) -> Cursor:
    """What is being written at `offset` of a text of one character per byte."""
    line_start = text.rfind("\n", 0, offset) + 1
    at = line_start
    for _ in range(_LINES):
        match = _SETTING.match(text, at)
        if match is not None and match.end() <= offset:
            return _within(text, match, offset)
        if at == 0:
            break
        at = text.rfind("\n", 0, at - 1) + 1
    return _key(text, line_start, offset)


def _within(text: str, setting: re.Match[str], offset: int) -> Cursor:
    """The same for a place after the `=` of a setting."""
    key = setting[1]
    depth = 0
    quote = ""
    opened = at = setting.end()
    while (mark := _MARKS[quote].search(text, at, offset)) is not None:
        char, at = mark[0], mark.end()
        if quote:
            if char in (quote, "\n"):
                quote = ""
        elif char in "\"'":
            quote, opened = char, at
        elif char == "#":
            end = text.find("\n", at, offset)
            if end < 0:
                return Cursor("comment", key, at - 1, text[at - 1 : offset], depth)
            at = end
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif depth <= 0:
            following = _SETTING.match(text, at)
            if char == ";" and following is not None and following.end() <= offset:
                setting, key, depth = following, following[1], 0
                opened = at = setting.end()
                continue
            return _key(text, at, offset)
    if quote:
        return Cursor("string", key, opened, text[opened:offset], depth)
    word = _WORD.search(text, setting.end(), offset)
    start = word.start() if word is not None else offset
    return Cursor("value", key, start, text[start:offset], depth)


def _key(text: str, at: int, offset: int) -> Cursor:
    line = max(at, text.rfind("\n", 0, offset) + 1)
    hash_at = text.find("#", line, offset)
    if hash_at >= 0:
        return Cursor("comment", "", hash_at, text[hash_at:offset])
    word = _WORD.search(text, line, offset)
    start = word.start() if word is not None else offset
    assigned = _AFTER.match(text, offset) is not None
    return Cursor("key", "", start, text[start:offset], assigned=assigned)
