"""One input file as bytes, with lazy line tables.

Xen's tools read bytes, so every offset in xlcfg is a byte offset. `Source.text` is the same input
with one character per byte (Latin-1), which is what the lexers run over: the two index alike.
Columns shown to people count characters of the line decoded as UTF-8, where each invalid byte
counts as one character.
"""

from __future__ import annotations

from collections import namedtuple

# collections.namedtuple and not typing.NamedTuple: typing costs more to import than all of this.
Position = namedtuple("Position", ("line", "column"))
Position.__doc__ = "A place in a source: `line` and `column` are 1-based, `column` in characters."


class Source:
    """One input: `path` as shown to people, `data` as read.

    `kind` is what the file was taken for, one of `xlcfg.source.kinds.KINDS`, "" for not asked.
    `origin` is the path of the file it was read from, "" for anything else. `real` is the same
    without links in it, where that was found out.
    """

    __slots__ = ("_near", "_starts", "data", "kind", "origin", "path", "real", "text")

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.origin = self.real = ""
        #: one character per byte
        self.text: str = data.decode("latin-1")
        self.kind = ""
        self._starts: list[int] | None = None
        #: the last place asked for: line, offset, column
        self._near = (0, 0, 0)

    @property
    def file(self) -> str:
        """The path to find what lies around the file: `path` may show a name otherwise."""
        return self.origin or self.path

    def _line_starts(self) -> list[int]:
        starts = self._starts
        if starts is None:
            starts = [0]
            find = self.data.find
            at = find(b"\n")
            while at >= 0:
                starts.append(at + 1)
                at = find(b"\n", at + 1)
            self._starts = starts
        return starts

    def line_of(self, offset: int) -> int:
        """The 1-based line that holds byte `offset` (a newline belongs to the line it ends)."""
        from bisect import bisect_right

        return bisect_right(self._line_starts(), offset)

    def line_start(self, line: int) -> int:
        """The byte offset at which a 1-based line starts."""
        return self._line_starts()[line - 1]

    def position(self, offset: int) -> Position:
        """The line and column of byte `offset`; `len(data)` is the place just after the end."""
        line = self.line_of(offset)
        start, column = self._line_starts()[line - 1], 1
        # Places are asked for in order, and a file may be one huge line: go on from the last one.
        near_line, near, near_column = self._near
        if near_line == line and near <= offset:
            start, column = near, near_column
        column += len(self.data[start:offset].decode("utf-8", "surrogateescape"))
        # Not from within a character.
        if self.data[offset : offset + 1] < b"\x80":
            self._near = (line, offset, column)
        return Position(line, column)

    def line_span(self, line: int) -> tuple[int, int]:
        """The byte offsets of a 1-based line, the second that of its newline or of the end."""
        starts = self._line_starts()
        if not 1 <= line <= len(starts):
            return len(self.data), len(self.data)
        return starts[line - 1], starts[line] - 1 if line < len(starts) else len(self.data)

    def line_bytes(self, line: int) -> bytes:
        """The bytes of a 1-based line without its newline; empty past the end."""
        start, end = self.line_span(line)
        return self.data[start:end]

    def line_count(self) -> int:
        """How many lines there are; text after the last newline, even empty, is one more."""
        return len(self._line_starts())
