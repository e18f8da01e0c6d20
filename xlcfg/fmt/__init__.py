"""One style for guest configs; xl reads the same before and after.

Made of what the reader found: settings, values and comments with their places. There is no second
grammar here, and no text but blanks, quotes, commas and brackets is ever written anew.

    name = "web"  # a comment stays where it belongs
    vif = [ "bridge=xenbr0" ]
    disk = [
        "/dev/vg/web,raw,xvda,rw",
    ]

A list gets a line for each item where it has no room on one line or a comment in it, and where it
was on several lines with a comma behind the last item.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from xlcfg.fmt.strings import simplest
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.printer import join
from xlcfg.syntax.shape import shape

if TYPE_CHECKING:
    from xlcfg.core.source import Source
    from xlcfg.syntax.tree import Document, ListValue, Value

#: The most columns of a line, as long as there is a place to break it.
WIDTH = 100
INDENT = 4
#: Deeper lists are not indented further: they nest thousands deep in files that xl reads.
DEEPEST = 10

_COMMA_BEHIND = re.compile(r"(?:[ \t\n]|#[^\n]*\n|)*+,")
_NEVER = 10**9


def format_source(source: Source) -> bytes | None:
    """The text in that style; None when xl's parser refuses it."""
    document = read_guest(source.text)
    if document.refused:
        return None
    text = _Writer(source, document).text()
    again = read_guest(text)
    if again.refused or shape(again) != shape(document):
        # A line more can be a line too much where lists nest as deep as xl's parser lets them.
        return source.data
    return text.encode("latin-1")


class _Writer:
    """Writes one document; `lines` is what there is so far."""

    def __init__(self, source: Source, document: Document) -> None:
        self.source = source
        self.document = document
        self.lines: list[str] = []
        self.comments = document.comments
        # The comment to be written next.
        self.next = 0
        # The line of the source that the last thing written ends on; 0 where no blank line goes.
        self.seen = 0
        # Columns that a list takes on one line, by its place; _NEVER where it must not be on one.
        self.widths: dict[int, int] = {}

    def text(self) -> str:
        """The whole text in the one style."""
        settings = self.document.settings
        end = len(self.source.text)
        limits = [*(setting.start for setting in settings[1:]), end]
        for setting, limit in zip(settings, limits, strict=False):
            self.comments_before(setting.start, "")
            self.blank_line(setting.start)
            head = f"{setting.name} {setting.op} "
            if setting.value.is_list:
                self.measure(setting.value)
                self.write_list(head, setting.value)
            else:
                self.lines.append(head + self.atom(setting.value))
            self.seen = self.source.line_of(setting.end - 1)
            self.comment_behind(setting.end, limit)
        self.comments_before(end, "")
        return "".join(f"{line}\n" for line in self.lines)

    # -- blank lines and comments -----------------------------------------------------------------

    def blank_line(self, start: int) -> None:
        """Keeps one of the blank lines before what starts there."""
        if self.seen and self.source.line_of(start) > self.seen + 1:
            self.lines.append("")

    def comments_before(self, offset: int, margin: str) -> None:
        """The comments up to there, each on a line of its own."""
        while self.next < len(self.comments) and self.comments[self.next][0] < offset:
            start, end = self.comments[self.next]
            self.next += 1
            self.blank_line(start)
            self.lines.append(margin + self.comment(start, end))
            self.seen = self.source.line_of(start)

    def comment_behind(self, offset: int, limit: int) -> None:
        """The comment on the line of what ends there, when it comes before `limit`."""
        if self.next < len(self.comments):
            start, end = self.comments[self.next]
            if start < limit and self.source.line_of(start) == self.source.line_of(offset - 1):
                self.next += 1
                self.lines[-1] += f"  {self.comment(start, end)}"

    def comment(self, start: int, end: int) -> str:
        """A comment without the blanks behind it."""
        return self.source.text[start:end].rstrip(" \t\r")

    def has_comment(self, start: int, end: int) -> bool:
        """Whether a comment begins in that stretch."""
        at = bisect_left(self.comments, (start, 0))
        return at < len(self.comments) and self.comments[at][0] < end

    # -- values -----------------------------------------------------------------------------------

    def atom(self, value: Value) -> str:
        """A string or a number as it is written."""
        raw = self.source.text[value.start : value.end]
        return simplest(raw) if raw[:1] in "'\"" else raw

    def width(self, value: Value) -> int:
        """The columns that a value takes on one line."""
        return self.widths[value.start] if value.is_list else _columns(self.atom(value))

    def measure(self, value: ListValue) -> None:
        """Works out the width of a list and of those in it, without recursion."""
        lists = [value]
        for found in lists:
            lists.extend(item for item in found.items if item.is_list)
        for found in reversed(lists):
            total = 2 + 2 * len(found.items) + sum(map(self.width, found.items))
            if not found.items:
                total = 2
            if self.has_comment(found.start, found.end) or self.is_open(found):
                total = _NEVER
            self.widths[found.start] = min(total, _NEVER)

    def is_open(self, value: ListValue) -> bool:
        """Whether its writer gave each item a line, as a comma behind the last one tells."""
        if not value.items or "\n" not in self.source.text[value.start : value.end]:
            return False
        return _COMMA_BEHIND.match(self.source.text, value.items[-1].end) is not None

    def write_list(self, head: str, value: ListValue) -> None:
        """A list behind `head`, on one line or with one for each item."""
        # What is still to be written of the lists around: the list, and the number of an item.
        frames: list[tuple[ListValue, int]] = []
        self.open_list(head, value, frames, 0)
        while frames:
            outer, number = frames.pop()
            depth = len(frames)
            inner = " " * (INDENT * min(depth + 1, DEEPEST))
            if number == len(outer.items):
                self.comments_before(outer.end - 1, inner)
                self.lines.append(" " * (INDENT * min(depth, DEEPEST)) + "]")
                self.after_item(outer, frames)
                continue
            item = outer.items[number]
            self.comments_before(item.start, inner)
            self.blank_line(item.start)
            frames.append((outer, number + 1))
            if item.is_list:
                self.open_list(inner, item, frames, 1)
            else:
                self.lines.append(inner + self.atom(item))
                self.after_item(item, frames)

    def open_list(
        self, head: str, value: ListValue, frames: list[tuple[ListValue, int]], comma: int
    ) -> None:
        """A list on one line if it fits with its comma, else the beginning of its lines."""
        if _columns(head) + self.widths[value.start] + comma <= WIDTH:
            self.lines.append(head + self.flat(value))
            self.after_item(value, frames)
            return
        self.lines.append(f"{head}[")
        first = value.items[0].start if value.items else value.end
        self.comment_behind(value.start + 1, first)
        self.seen = 0
        frames.append((value, 0))

    def after_item(self, item: Value, frames: list[tuple[ListValue, int]]) -> None:
        """What comes behind an item of the innermost open list; nothing when there is none."""
        if not frames:
            return
        outer, number = frames[-1]
        self.lines[-1] += ","
        self.seen = self.source.line_of(item.end - 1)
        limit = outer.items[number].start if number < len(outer.items) else outer.end
        self.comment_behind(item.end, limit)

    def flat(self, value: ListValue) -> str:
        """A list on one line."""
        return join(value, self.atom, lambda held: ("[ ", " ]") if held.items else ("[", "]"))


def _columns(text: str) -> int:
    """The characters of a text that has one for each byte."""
    if text.isascii():
        return len(text)
    return len(text.encode("latin-1").decode("utf-8", "surrogateescape"))
