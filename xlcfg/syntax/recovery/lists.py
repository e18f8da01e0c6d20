"""Values and lists, as the recovering lexer reads them.

Which brackets are open, where a list ends that nobody closed, and what stands between its items.
"""

from __future__ import annotations

from xlcfg.syntax.recovery import advice as advisor
from xlcfg.syntax.recovery.advice import shown
from xlcfg.syntax.recovery.fixes import make_fix
from xlcfg.syntax.recovery.patterns import (
    AFTER_LINE,
    BLANKS,
    CLOSE,
    COMMA,
    COMMAS,
    GLUED,
    HEAD,
    ITEM,
    ITEM_END,
    NUMBER_AND_UNIT,
    NUMBER_TOKEN,
    OPEN,
    OPENING,
    PAIRS,
    PLAIN_VALUE,
    PYTHON_OPERAND,
    QUOTED_HEAD,
    SEMICOLON,
    SETTING_END,
    SMALL,
    STRING_TOKEN,
    WORD,
)
from xlcfg.syntax.recovery.strings import StringLexer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.syntax.recovery.patterns import Token


class ListLexer(StringLexer):
    """Reads values, lists and what follows their items."""

    def value(self, mode: int, char: str) -> Token | None:
        """What stands where a value or an item may begin."""
        text, pos = self.text, self.pos
        if mode == ITEM:
            if char == "]" or char == ")" or char == "}":
                return self.closer(char)
            if char == "," or char == ";":
                self.empty_slot(char)
                return None
            if self.left_open(mode):
                return None
        if char == "[":
            return self.opener(char)
        if char == "'" or char == '"':
            return self.string(mode)
        if char in "0123456789":
            match = NUMBER_TOKEN.match(text, pos)
            if match is not None and not self.has_unit():
                self.pos = match.end()
                return self.atom(match[0], pos, self.pos, False)
        if OPENING.match(text, pos):
            return self.typographic(mode)
        if char in "@<${%_.?\xe2":
            match = advisor.PLACEHOLDER.match(text, pos)
            if match is not None:
                return self.unfilled() if mode == ITEM else self.bare(mode)
        if char == "(" or char == "{":
            return self.opener(char)
        if char == ";":
            return self.no_value()
        if char == "=":
            self.pos = pos + 1
            fix = make_fix("delete the second `=`", True, (pos, pos + 1, ""))
            self.problem("XL017", "value.equal-twice", pos, pos + 1, fix=fix)
            return None
        if char in "]),}":
            return self.junk(mode)
        return self.bare(mode)

    def unfilled(self) -> Token:
        """A placeholder in place of items, with brackets of its own and what is glued to it."""
        pos = self.pos
        while match := advisor.PLACEHOLDER.match(self.text, self.pos) or GLUED.match(
            self.text, self.pos
        ):
            self.pos = match.end()
        found = self.text[pos : self.pos].rstrip(" \t\r")
        end = pos + len(found)
        self.advise(advisor.placeholder(found), pos, end)
        return self.dummy(pos, end)

    def has_unit(self) -> bool:
        """Whether the number at `pos` has a blank and a unit behind it."""
        match = NUMBER_AND_UNIT.match(self.text, self.pos)
        # A single last byte goes unnoticed.
        return match is not None and not (match.end(1) == self.size and match[1] in "KMGT")

    def opener(self, char: str) -> Token:
        """A bracket that opens a list, or what stands for one."""
        pos = self.pos
        if char != "[" and all(o[0] == "[" for o in self.open[-1:]):
            kind = "tuple.round-brackets" if char == "(" else "tuple.braces"
            self.problem("XL022", kind, pos, pos + 1)
        if char == "{":
            self.unknown = True
        self.open.append((char, pos, self.line))
        self.pos = pos + 1
        return OPEN, (pos, self.line), pos, pos + 1

    def closer(self, char: str) -> Token:
        """A bracket that closes a list, perhaps not the one it should."""
        pos = self.pos
        mine = self.open[-1][0] if self.open else "["
        if char != "]" and PAIRS[mine] != char:
            kind, fix = "closer.of-other-brackets", None
            if mine == "[":
                kind, fix = "closer.of-list", make_fix("write `]`", True, (pos, pos + 1, "]"))
            self.problem("XL018", kind, pos, pos + 1, fix=fix, closer=char, opener=mine)
        self.pos = pos + 1
        return CLOSE, None, pos, pos + 1

    def empty_slot(self, char: str) -> None:
        """A comma where an item should be."""
        pos = self.pos
        match = COMMAS.match(self.text, pos)
        self.pos = match.end() if match else pos + 1
        fix = make_fix(f"delete the `{char}`", True, (pos, self.pos, ""))
        if char == ";":
            self.problem("XL016", "comma.semicolon", pos, self.pos, fix=fix)
        else:
            self.problem("XL016", "comma.empty-slot", pos, self.pos, fix=fix)

    def left_open(self, mode: int) -> bool:
        """Whether a setting begins here, inside a list: closes the list then.

        Parameters without quotes look like settings: `[ type=vnc, vncunused=1 ]`.
        """
        text, pos = self.text, self.pos
        if text[pos] not in SMALL:
            return False
        head = HEAD.match(text, pos)
        if head is None:
            return False
        at = BLANKS.match(text, head.end())
        plain = PLAIN_VALUE.match(text, at.end() if at else head.end()) is not None
        known = advisor.is_known(head[1])
        at_margin = pos == 0 or text[pos - 1] == "\n"
        if not (known or plain if at_margin else known and plain and mode == ITEM_END):
            return False
        self.unclosed(head[1])
        return True

    def unclosed(self, following: str) -> None:
        """Closes every open bracket, before a setting named `following` or the end of the file."""
        bracket, offset, line = self.open[0]
        count = len(self.open)
        here = self.last_line == line
        where = "at its end" if here else f"at the end of line {self.last_line}"
        fix = None
        if all(o[0] == "[" for o in self.open):
            at_margin = self.pos == 0 or self.text[self.pos - 1 : self.pos] == "\n"
            sure = count == 1 and (not following or (at_margin and advisor.is_known(following)))
            insert = (self.last_end, self.last_end, " ]" * count)
            fix = make_fix(f"write `{']' * min(count, 8)}` {where}", sure, insert)
        kind = "bracket.one" if count == 1 else "bracket.several"
        kind += ".on-its-line" if here else ".on-other-line"
        self.problem(
            "XL006", f"{kind}.before-setting" if following else kind, offset, offset + 1,
            opened=offset, fix=fix, bracket=bracket, count=count, closing="]" * min(count, 8),
            line=self.last_line, name=following,
        )  # fmt: skip
        close: Token = (CLOSE, self.last_end, self.last_end, self.last_end)
        self.queue.extend([close] * count)
        if following:
            self.queue.append((SEMICOLON, None, self.pos, self.pos))
            self.closed_early = True

    def item_end(self, char: str) -> Token | None:
        """Behind an item of a list."""
        text, pos = self.text, self.pos
        if char == ",":
            self.pos = pos + 1
            return COMMA, None, pos, pos + 1
        if char == "]" or char == ")" or char == "}":
            return self.closer(char)
        if self.left_open(ITEM_END):
            return None
        if char == ":" and self.open[-1][0] == "{":
            self.pos = pos + 1
            return COMMA, None, pos, pos + 1
        if char == ";":
            at = BLANKS.match(text, pos + 1)
            head = HEAD.match(text, at.end() if at else pos + 1)
            if head is not None:
                self.pos = pos + 1
                self.unclosed(head[1])
                return None
            self.pos = pos + 1
            fix = make_fix("write a comma", True, (pos, pos + 1, ","))
            self.problem("XL016", "comma.semicolon", pos, pos + 1, fix=fix)
            return COMMA, None, pos, pos + 1
        if PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest(ITEM_END))
            self.advise(advisor.python(found or char), start, start + max(len(found), 1))
            self.pos = max(self.pos, start + 1)
            self.spoil()
            return None
        if char in "'\"[({" or OPENING.match(text, pos):
            return self.second_string(ITEM_END)
        if char in WORD and (pos > self.last_end or char in "0123456789"):
            return self.second_string(ITEM_END)
        start, found = self.take(self.rest(ITEM_END))
        if not found:
            self.pos = start + 1
            found = char
        self.problem("XL001", "syntax.after-item", start, start + len(found), found=shown(found))
        return None

    def stray_closer(self, start: int) -> None:
        """A closing bracket that closes nothing."""
        if self.closed_early:
            self.closed_early = False
            return
        found = self.text[start : self.pos]
        fix = make_fix("delete it", False, (start, self.pos, ""))
        self.problem("XL018", "closer.stray", start, self.pos, fix=fix, found=shown(found))

    def second_string(self, mode: int) -> Token | None:
        """A string behind a value with no comma between."""
        text, pos = self.text, self.pos
        if text[pos] in "'\"" and pos == self.last_end and not STRING_TOKEN.match(text, pos):
            self.pos = pos + 1
            self.problem("XL007", "string.stray-quote", pos, pos + 1, opened=pos)
            if mode == SETTING_END:
                self.take(self.rest())
            return None
        if mode == ITEM_END:
            # Python joins neighbouring strings: a comma at an edge makes two halves of one.
            last = text[self.last_start : self.last_end]
            sure = last[-1:] in "'\"" and last[-2:-1] != "," and text[pos + 1 : pos + 2] != ","
            fix = make_fix("write the comma", sure, (self.last_end, self.last_end, ","))
            self.problem("XL016", "comma.missing", self.last_start, self.last_end, fix=fix)
            return COMMA, None, pos, pos
        start, found = self.take(self.rest())
        self.problem("XL016", "comma.adjacent-strings", start, start + len(found))
        self.spoil()
        return None

    def string_follows(self) -> int:
        """Where a string begins the next line, one that is no name; 0 when none does."""
        text = self.text
        match = AFTER_LINE.match(text, self.pos)
        if match is None or text[match.end() : match.end() + 1] not in ("'", '"'):
            return 0
        return 0 if QUOTED_HEAD.match(text, match.end()) else match.end()
