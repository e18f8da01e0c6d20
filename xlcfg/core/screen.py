"""Puts untrusted text into outputs: what a terminal, a CI server or a page would obey is shown.

`safe` is for lines of text, of a terminal as of a log, and for what stands in XML; `json_text`,
`markdown` and `log_line` for what has a form of its own. Widths are counted and lines cut to fit.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source

#: Columns of source shown of one line.
EXCERPT_WIDTH = 76
_TAB = "    "


#: What CI servers obey in a line of a log: `::error::` at its beginning, `##[error]` and
#: `##vso[...]` anywhere. Where a text is wrapped, what stands in its
#: middle may come to begin a line.
_COMMAND = re.compile(r"(?:(?<=\s)|\A):(?=:)|:(?=:[A-Za-z-]+(?: [^:]*)?::)|(?<=#)#(?=\w*\[)")


def safe(text: str) -> str:
    """`text` on one line with nothing in it that a terminal or a CI server would obey."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_shown(char) for char in text)
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return text


def log_line(line: str) -> str:
    """A line of a file for the log of a CI server: as it is, unless somebody would obey it."""
    harmless = all(char.isprintable() or char in "\t\f" for char in line.removesuffix("\r"))
    return line if harmless and not _COMMAND.search(line) else safe(line)


def json_text(text: str) -> str:
    """JSON that says the same and holds no command for a CI server. It is ASCII already."""
    # `#` stands in strings alone, and nothing there begins a line
    return text if "##" not in text else text.replace("##", "#\\u0023")


_PLAIN = re.compile(r"[\w ./,+=():;'%-]*", re.ASCII)


def markdown(text: str) -> str:
    """`text` for Markdown, also in a table: code when it could be a link, a mention or markup."""
    text = safe(text)
    links = "://" in text or "www." in text.lower() or "GH-" in text or "__" in text
    if _PLAIN.fullmatch(text) and not links:
        return text
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if len(fence) > 1 else ""
    return fence + pad + text.replace("|", "\\|") + pad + fence


def _shown(char: str) -> str:
    if char.isprintable():
        return char
    if char == "\t":
        return _TAB
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def rows(text: str, columns: int) -> list[str]:
    """`text` in rows of at most `columns`; what is in backquotes stays whole."""
    if width(text) <= columns:
        return [text]
    out = [""]
    for word in re.findall(r"(?:`[^`]*`|[^ ])+", text):
        if out[-1] and width(out[-1]) + 1 + width(word) > columns:
            out.append(word)
        else:
            out[-1] += f" {word}" if out[-1] else word
    return out


def excerpt(source: Source, start: int, end: int) -> tuple[int, str, str] | None:
    """The line of byte `start` with carets under `start`..`end`: `(line number, text, carets)`.

    A long line is cut around the place.  None when the source has no text there at all.
    """
    line = source.line_of(start)
    data = source.data
    if not data:
        return None
    first, last = source.line_span(line)
    stop = max(min(end, last), start)
    # Whatever the length of the line, only this much of it is looked at.
    window = max(first, start - 4 * EXCERPT_WIDTH)
    before = data[window:start].decode("utf-8", "surrogateescape")
    marked = data[start : min(stop, start + 4 * EXCERPT_WIDTH)].decode("utf-8", "surrogateescape")
    after = data[stop : min(last, stop + 4 * EXCERPT_WIDTH)].decode("utf-8", "surrogateescape")
    if stop + 4 * EXCERPT_WIDTH >= last and after.endswith("\r"):
        after = after[:-1]
    left, middle, right = safe(before), safe(marked), safe(after)
    if width(middle) > EXCERPT_WIDTH - 8:
        middle = _head(middle, EXCERPT_WIDTH - 11) + "..."
    cut_left = window > first
    if width(left) + width(middle) + width(right) > EXCERPT_WIDTH or cut_left:
        room = EXCERPT_WIDTH - width(middle)
        keep = min(width(left), max(room // 2, room - width(right)))
        if keep < width(left) or cut_left:
            left = "..." + _tail(left, max(keep - 3, 0))
        rest = room - width(left)
        if width(right) > rest:
            right = _head(right, max(rest - 3, 0)) + "..."
    text = (left + middle + right).rstrip()
    return line, text, " " * width(left) + "^" * max(1, width(middle))


def _head(text: str, columns: int) -> str:
    while width(text) > columns:
        text = text[: max(0, len(text) - max(1, (width(text) - columns) // 2))]
    return text


def _tail(text: str, columns: int) -> str:
    while width(text) > columns:
        text = text[max(1, (width(text) - columns) // 2) :]
    return text
