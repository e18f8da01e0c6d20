"""Byte offsets as the positions of the language server protocol, and back."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

_BREAK = re.compile(rb"\r\n|\n|\r")


class Lines:
    """The lines of one UTF-8 text.

    The protocol ends a line at LF, CR LF or CR, counts lines and columns from 0, and columns in
    units of `encoding`: "utf-16" (what every client knows), "utf-8" or "utf-32".
    """

    def __init__(self, data: bytes, encoding: str = "utf-16") -> None:
        self.data = data
        self.encoding = encoding
        self.starts = [0, *_ends(data, 0, len(data))]

    def replaced(self, start: int, end: int, new: bytes) -> Lines:
        """The lines of the text with other bytes between two offsets."""
        made = Lines(b"", self.encoding)
        made.data = data = self.data[:start] + new + self.data[end:]
        # A CR and a LF may have met or parted at either end: only lines that begin before the byte
        # in front of the change, or behind the one after it, begin where they did.
        first = max(bisect_left(self.starts, start) - 1, 0)
        last = bisect_right(self.starts, end + 1)
        grown = len(new) - (end - start)
        upto = self.starts[last] + grown if last < len(self.starts) else len(data)
        made.starts = self.starts[: first + 1] + _ends(data, self.starts[first], upto)
        made.starts += [at + grown for at in self.starts[last + 1 :]]
        return made

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset; one inside a character belongs to its beginning."""
        offset = min(max(offset, 0), len(self.data))
        line = bisect_right(self.starts, offset) - 1
        return line, self._units(self.data[self.starts[line] : offset])

    def offset(self, line: int, column: int) -> int:
        """The byte offset of a position; past the end of a line means its end, as it should."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.data)
        start = self.starts[line]
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.data)
        text = self.data[start:end].rstrip(b"\r\n")
        if self.encoding == "utf-8" or text.isascii():
            return start + min(max(column, 0), len(text))
        at = units = 0
        while at < len(text):
            size = _size(text[at])
            units += 2 if self.encoding == "utf-16" and size == 4 else 1
            if units > column:
                break
            at += size
        return start + min(at, len(text))

    def _units(self, text: bytes) -> int:
        if self.encoding == "utf-8" or text.isascii():
            return len(text)
        # Every byte that does not continue a character begins one.
        count = sum(byte & 0xC0 != 0x80 for byte in text)
        if self.encoding == "utf-16":
            count += sum(byte >= 0xF0 for byte in text)
        if text and not self._whole(text):
            count -= 1
        return count

    def _whole(self, text: bytes) -> bool:
        """Whether the last character of `text` has all its bytes."""
        at = len(text) - 1
        while at > 0 and text[at] & 0xC0 == 0x80:
            at -= 1
        return len(text) - at >= _size(text[at])


def _ends(data: bytes, start: int, end: int) -> list[int]:
    """Where lines begin behind a break that begins at `start` or later and ends by `end`."""
    if b"\r" not in data:
        found, at = [], data.find(b"\n", start, end)
        while at >= 0:
            found.append(at + 1)
            at = data.find(b"\n", at + 1, end)
        return found
    return [match.end() for match in _BREAK.finditer(data, start, end)]


def _size(lead: int) -> int:
    """How many bytes the character has that begins with this byte."""
    return 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
