"""What the parts of the recovering lexer share: the text, the place in it, the mistakes found."""

from __future__ import annotations

from collections import deque

from xlcfg.syntax.recovery.advice import shown
from xlcfg.syntax.recovery.fixes import fix_value
from xlcfg.syntax.recovery.patterns import (
    ITEM,
    ITEM_END,
    ITEM_REST,
    KEY,
    NUMBER,
    REST,
    SETTING_END,
    STRING,
    VALUE,
)
from xlcfg.syntax.tree import Atom, Document, Mistake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import LazyFix
    from xlcfg.syntax.recovery.advice import Advice
    from xlcfg.syntax.recovery.patterns import Token
    from xlcfg.syntax.tree import Setting


class LexerState:
    """The text of one refused file, where the lexer is in it, and what became of it.

    `steps` counts tokens and repairs: the tests hold that it grows with the text alone.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)
        self.document = Document()
        self.steps = 0
        self.pos = 0
        self.line = 1
        # Tokens that come before the one at `pos`.
        self.queue: deque[Token] = deque()
        # The setting just read, until its line turns out to end well.
        self.pending: Setting | None = None
        # The value of the setting being read cannot be known.
        self.unknown = False
        # That its value is missing has been reported.
        self.value_excused = False
        # The brackets open now: (character, offset, line).
        self.open: list[tuple[str, int, int]] = []
        # Where the last token was, and its line.
        self.last_start = 0
        self.last_end = 0
        self.last_line = 1
        # The name of the setting being read.
        self.name = ""
        self.name_start = 0
        # A list was closed for its writer, whose own bracket may still come.
        self.closed_early = False
        self._eol = -1
        self.last_newline = text.rfind("\n")
        self.no_partner = {"'": -1, '"': -1}
        self.no_triple = {"'": False, '"': False}
        self.reported: set[str] = set()

    def problem(
        self,
        code: str,
        kind: str,
        start: int,
        end: int,
        *,
        opened: int | None = None,
        fix: LazyFix = None,
        **facts: object,
    ) -> None:
        """Notes a mistake; `facts` fill the message that the rule `code` has for `kind`."""
        self.document.problems.append(Mistake(code, kind, facts, start, end, opened, fix))

    def once(self, code: str, kind: str, start: int, end: int, fix: LazyFix = None) -> None:
        """Notes a mistake, but only the first with this code in a file."""
        if code not in self.reported:
            self.reported.add(code)
            self.problem(code, kind, start, end, fix=fix)

    def advise(self, advice: Advice, start: int, end: int) -> None:
        """Notes what is wrong with a value."""
        fix = None
        if advice.value is not None:
            fix = fix_value(advice.value, start, end)
        self.document.problems.append(
            Mistake(advice.code, advice.kind, advice.facts, start, end, None, fix)
        )

    def unexpected(self, found: str, start: int) -> None:
        """Notes a mistake that no other kind fits."""
        self.problem("XL001", "syntax.unexpected", start, start + len(found), found=shown(found))

    def eol(self) -> int:
        """Where the line of `pos` ends: its newline, the CRs before it, or the end of the text."""
        if not self.pos <= self._eol:
            end = self.text.find("\n", self.pos)
            end = self.size if end < 0 else end
            while end > self.pos and self.text[end - 1] == "\r":
                end -= 1
            self._eol = end
        return self._eol

    def skip_line(self) -> None:
        """Moves to the end of the line."""
        self.pos = self.eol()

    def take(self, end: int) -> tuple[int, str]:
        """Moves to `end`; the place and text of what was passed, without blanks behind it."""
        start = self.pos
        self.pos = end
        return start, self.text[start:end].rstrip(" \t\r")

    def rest(self, mode: int = SETTING_END) -> int:
        """Where what begins at `pos` ends: an item in a list, else a setting, or a whole line."""
        if mode == KEY:
            return self.eol()
        pattern = ITEM_REST if mode in (ITEM, ITEM_END) else REST
        match = pattern.match(self.text, self.pos)
        return match.end() if match else self.pos

    def no_value(self) -> Token:
        """A string in place of the value that is missing."""
        if not self.value_excused:
            self.problem(
                "XL017", "value.missing", self.name_start, self.last_end, name=shown(self.name)
            )
        return self.dummy(self.last_end, self.last_end)

    def dummy(self, start: int, end: int) -> Token:
        """A string for a value that cannot be known; the setting it is in is left out."""
        self.unknown = True
        return STRING, Atom("", start, end, self.line, True), start, end

    def atom(self, text: str, start: int, end: int, quotes: bool) -> Token:
        """The token of a string or a number."""
        kind = STRING if quotes else NUMBER
        return kind, Atom(text, start, end, self.line, quotes), start, end

    def junk(self, mode: int) -> Token | None:
        """Nothing known: says so and passes over the rest of the item, setting or line."""
        start, found = self.take(self.rest(mode))
        if not found:
            self.pos = start + 1
            found = self.text[start]
        self.unexpected(found, start)
        if mode in (VALUE, ITEM):
            return self.dummy(start, self.pos)
        if mode == ITEM_END:
            self.unknown = True
        return None

    def spoil(self) -> None:
        """The value read last is not the whole of it."""
        self.pending = None
        self.unknown = True
