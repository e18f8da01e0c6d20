"""A command line found in a file, and how it is put together from pieces of that file."""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source

#: No loader hands over more; variables that expand each other cannot grow a line beyond it.
LONGEST = 1 << 16

#: Quotes, escapes and line ends may stand between two pieces of one text, and not much more.
_NEAR = 256

#: Stands for what only the boot loader can expand; not a character of any source.
HOLE = "\ue000"


class FoundLine:
    """One command line of a file.

    `text` is the line as Xen gets it, one character per byte. `label` says where it is (a menu
    entry, a section, a node), `arch` is the architecture that follows from it or "". `unexpanded`
    are `(start, end)` in the file of the words that had to be left out. Of a line in the log of a
    host, `release` is the Xen that wrote it ("4.14.3"; "" elsewhere) and `said` are the messages
    about parameters that it printed, as `(message, start, end)`.
    """

    __slots__ = ("_pieces", "arch", "kind", "label", "release", "said", "text", "unexpanded")

    def __init__(
        self,
        text: str,
        pieces: list[tuple[int, int]],
        kind: str,
        label: str = "",
        arch: str = "",
        unexpanded: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.text = text
        #: (place in the text, place in the file) where a stretch of both begins
        self._pieces = pieces
        self.kind = kind
        self.label = label
        self.arch = arch
        self.unexpanded = unexpanded
        self.release = ""
        self.said: tuple[tuple[str, int, int], ...] = ()

    def offset(self, place: int) -> int:
        """The byte offset in the file of the character at `place` of the text."""
        if not self._pieces:
            return 0
        at = bisect_right(self._pieces, place, key=lambda piece: piece[0]) - 1
        text, file = self._pieces[max(at, 0)]
        return file + max(place - text, 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """`start` and `end` (exclusive) of the text as byte offsets in the file.

        Of text put together from several places that do not follow each other it is the first.
        """
        first = self.offset(start)
        if end <= start:
            return first, first
        inside = [piece for piece in self._pieces if start < piece[0] < end]
        ends = [piece[0] for piece in inside] + [end]
        last = first + ends[0] - start
        for (text, file), stop in zip(inside, ends[1:], strict=True):
            if not first <= file <= last + _NEAR:
                break
            last = max(last, file + stop - text)
        return first, last

    def __repr__(self) -> str:
        return f"FoundLine({self.text!r}, {self.kind!r}, {self.label!r})"


class FileProblem:
    """What is wrong with a file that lines come from, apart from the lines.

    `kind` is "open-quote", "second-section", "second-options", "blank-before-value", "value-ends",
    "value-split", "line-cut", "value-refused", "value-variable", "before-dashes" or "malformed";
    the words are in `xlcfg/rules/boot_files`. `start` and `end` are offsets into the file, `args`
    facts for the words. After a `fatal` one nothing of the file is read.
    """

    __slots__ = ("args", "end", "fatal", "kind", "start")

    def __init__(
        self, kind: str, start: int, end: int, args: dict[str, str], *, fatal: bool = False
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.args = args
        self.fatal = fatal


class Text:
    """Text with the place in the file of every character; `HOLE` stands for an unknown one."""

    __slots__ = ("chars", "places")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.places: list[int] = []

    def add(self, text: str, start: int) -> None:
        """Append text that starts at `start` of the file."""
        text = text[: max(LONGEST - len(self.chars), 0)]
        self.chars += text
        self.places += range(start, start + len(text))

    def extend(self, other: Text, start: int = 0, end: int | None = None) -> None:
        """Append another text with its places, or `start`..`end` (exclusive) of it."""
        room = max(LONGEST - len(self.chars), 0)
        self.chars += other.chars[start:end][:room]
        self.places += other.places[start:end][:room]

    def __str__(self) -> str:
        return "".join(self.chars)

    def span(self, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """Where `start`..`end` (exclusive) of the text is in the file, (0, 0) for none of it.

        Of text put together from several places that do not follow each other it is the first.
        """
        places = self.places[start:end]
        if not places:
            return 0, 0
        last = places[0]
        for place in places[1:]:
            if not last <= place <= last + _NEAR:
                break
            last = place
        return places[0], last + 1

    def line(self, kind: str, label: str = "", arch: str = "") -> FoundLine:
        """The line this text is, without the words that have holes."""
        text = str(self)
        unexpanded: list[tuple[int, int]] = []
        places = self.places
        if HOLE in text:
            chars: list[str] = []
            kept: list[int] = []
            start = 0
            for word in text.split(" "):
                end = start + len(word)
                if HOLE in word:
                    unexpanded.append(self.span(start, end))
                else:
                    # With the space behind the word.
                    chars.append(text[start : end + 1])
                    kept += places[start : end + 1]
                start = end + 1
            text, places = "".join(chars), kept
        pieces: list[tuple[int, int]] = []
        before = -2
        for i, place in enumerate(places):
            if place != before + 1:
                pieces.append((i, place))
            before = place
        return FoundLine(text, pieces, kind, label, arch, tuple(unexpanded))


def plain_lines(source: Source) -> list[FoundLine]:
    """Each line of text that is not blank, nor a remark behind `#`, which no word begins with."""
    found: list[FoundLine] = []
    start = 0
    for line in source.text.split("\n"):
        text = line.removesuffix("\r")
        if text.strip(" \t")[:1] not in ("", "#"):
            # no x86 has this word, and a bare line has nothing else to tell the machine by
            arch = "device-tree" if "dtuart=" in text else ""
            found.append(FoundLine(text, [(0, start)], "line", "", arch))
        start += len(line) + 1
    return found
