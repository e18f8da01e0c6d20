"""Words of a shell, with the quotes gone and the place of every character kept; nothing is run."""

from __future__ import annotations

import re

from xlcfg.source.found import HOLE, LONGEST, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

#: Where a word ends that is not quoted.
BLANKS_AND_SEPARATORS = " \t\r\n;&|"
_QUOTED = re.compile(r'[^"\\$`]+')


class Words:
    """Goes over a text; who reads a language derives from it and says what `$` and "`" stand for.

    The text is that of a file, or has the `places` of its characters with it. A word ends before
    one of `ends`.
    """

    def __init__(
        self, text: str, places: list[int] | None = None, ends: str = BLANKS_AND_SEPARATORS
    ) -> None:
        self.text = text
        self.at = 0
        self._places = places
        self._ends = ends
        self._plain: Pattern[str] = re.compile(rf"[^{re.escape(ends)}'\"\\$`]+")

    def place(self, at: int) -> int:
        """Where in the file a character of the text is."""
        if self._places is None:
            return at
        if at < len(self._places):
            return self._places[at]
        return self._places[-1] + 1 if self._places else 0

    def span(self, at: int) -> tuple[int, int]:
        """Start and end in the file of one character of the text."""
        start = self.place(at)
        return start, start + 1

    def put(self, word: Text, start: int, end: int) -> None:
        """Append a stretch of the text to a word."""
        if self._places is None:
            word.add(self.text[start:end], start)
        else:
            end = min(end, start + max(LONGEST - len(word.chars), 0))
            word.chars += self.text[start:end]
            word.places += self._places[start:end]

    def hole(self, word: Text, start: int) -> None:
        """Marks both ends of what nobody knows, from `start` up to where the reader is."""
        word.add(HOLE, self.place(start))
        word.add(HOLE, self.place(self.at - 1))

    def skipped(self) -> bool:
        """Goes over a blank, a line that goes on or a comment that comes next, if one does."""
        char = self.text[self.at]
        if char in " \t\r":
            self.at += 1
        elif char == "\\" and self.text[self.at + 1 : self.at + 2] == "\n":
            self.at += 2
        elif char == "#":
            self.comment()
        else:
            return False
        return True

    def comment(self) -> None:
        """Goes to the end of the line."""
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def word(self) -> Text:
        """The word that begins here."""
        word, text = Text(), self.text
        while self.at < len(text) and text[self.at] not in self._ends:
            at, char = self.at, text[self.at]
            match = self._plain.match(text, at)
            if match is not None:
                self.put(word, at, match.end())
                self.at = match.end()
            elif char == "'":
                self.single(word)
            elif char == '"':
                self.double(word)
            elif char == "\\":
                if text[at + 1 : at + 2] != "\n":
                    self.put(word, at + 1, min(at + 2, len(text)))
                self.at += 2
            else:
                self.expand(word)
        return word

    def single(self, word: Text) -> None:
        """A string in single quotes."""
        start = self.at
        end = self.text.find("'", start + 1)
        if end < 0:
            self.unclosed("'", start)
            end = len(self.text)
        self.put(word, start + 1, end)
        self.at = end + 1
        self.quoted(start, end)

    def double(self, word: Text) -> None:
        """A string in double quotes, in which a backslash stays that protects nothing."""
        text, start = self.text, self.at
        self.at += 1
        while self.at < len(text) and text[self.at] != '"':
            at, char = self.at, text[self.at]
            match = _QUOTED.match(text, at)
            if match is not None:
                self.put(word, at, match.end())
                self.at = match.end()
            elif char == "\\":
                after = text[at + 1 : at + 2]
                if after != "\n":
                    protects = after != "" and after in '"\\$`'
                    self.put(word, at + protects, min(at + 2, len(text)))
                self.at += 2
            else:
                self.expand(word)
        if self.at >= len(text):
            self.unclosed('"', start)
            self.at = len(text)
        self.at += 1
        self.quoted(start, self.at - 1)

    def expand(self, word: Text) -> None:
        """What begins with `$` or "`" here: a language's own."""
        raise NotImplementedError

    def unclosed(self, _quote: str, start: int) -> None:
        """A quote that the text ends in."""

    def quoted(self, start: int, end: int) -> None:
        """A string from one quote to the other."""
