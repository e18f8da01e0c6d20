"""Edits that write a text, or the settings of a part of it, in the style of `xlcfg fmt`."""

from __future__ import annotations

from xlcfg.core.source import Source
from xlcfg.fmt import format_source
from xlcfg.source.kinds import GUEST
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.shape import shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.syntax.tree import Document

    #: byte offsets, and what is to stand there instead
    Edit = tuple[int, int, bytes]


def whole(analysis: Analysis) -> list[Edit] | None:
    """The edit of a whole text: none where there is nothing to do, None where xl refuses it."""
    if analysis.kind != GUEST or analysis.too_large:
        return None
    data = analysis.source.data
    new = format_source(analysis.source)
    if new is None:
        return None
    return [] if new == data else [(0, len(data), new)]


def part(analysis: Analysis, start: int, end: int) -> list[Edit] | None:
    """The same for the lines between two offsets, and the rest of the settings that are on them."""
    if analysis.kind != GUEST or analysis.too_large:
        return None
    source = analysis.source
    document = read_guest(source.text)
    if document.refused:
        return None
    start, end = _lines_around(source, document, start, end)
    old = source.data[start:end]
    new = format_source(Source(source.path, old))
    if new is None or new == old or not old.strip():
        return []
    text = (source.data[:start] + new + source.data[end:]).decode("latin-1")
    if shape(read_guest(text)) != shape(document):
        return []
    return [(start, end, new)]


def _lines_around(source: Source, document: Document, start: int, end: int) -> tuple[int, int]:
    """The whole lines between two offsets, grown until they cut no setting."""
    data = source.data
    if end > start and data[end - 1 : end] == b"\n":
        end -= 1  # a line is selected up to the beginning of the next one
    while True:
        first = data.rfind(b"\n", 0, start) + 1
        last = data.find(b"\n", end) + 1 or len(data)
        cut = [s for s in document.settings if s.start < last and s.end > first]
        start = min([first, *(s.start for s in cut)])
        end = max([last - 1 if last > first else last, *(s.end for s in cut)])
        if start >= first and end <= last:
            return first, last
