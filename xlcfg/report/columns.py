"""Many places of one source: lines and columns in time that does not depend on line lengths."""

from __future__ import annotations

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source


class Places:
    """What `Source.position` says, for every token of a file that may be one long line."""

    def __init__(self, source: Source) -> None:
        self.source = source
        #: the column of each byte of a line; None when all of it is ASCII. All lines asked for
        #: are kept: lists begin and end on different ones, in turn.
        self._columns: dict[int, array[int] | None] = {}

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of a byte."""
        line = self.source.line_of(offset)
        at = offset - self.source.line_start(line)
        if line not in self._columns:
            raw = self.source.line_bytes(line)
            self._columns[line] = None if raw.isascii() else _columns(raw)
        columns = self._columns[line]
        if columns is None or at >= len(columns):
            return line, at + 1 if columns is None else columns[-1]
        return line, columns[at]

    def span(self, start: int, end: int) -> dict[str, int]:
        """Two bytes, the second exclusive, as offsets, lines and columns."""
        line, column = self.position(start)
        end_line, end_column = self.position(end)
        return {
            "start": start,
            "end": end,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }


def _columns(raw: bytes) -> array[int]:
    """The column of each byte of a line, and of the place behind it."""
    columns = array("I")
    column = 1
    for char in raw.decode("utf-8", "surrogateescape"):
        code = ord(char)
        # What stands for a byte that is not UTF-8 is that one byte.
        wide = 0xDC80 <= code <= 0xDCFF or code < 0x80
        size = 1 if wide else 2 if code < 0x800 else 3 if code < 0x10000 else 4
        columns.extend(range(column, column + size))
        column += 1
    columns.append(column)
    return columns
