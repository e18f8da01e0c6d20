"""A lexer for guest configs that recovers: of a mistake it makes the token that was meant.

`Lexer.next` is asked for the next token by a parser that says what it waits for (a *mode*, read
off the row of the parser's state, so that there is no second grammar here), and notes each mistake
on the way.

No step goes back further than the start of its own token, and a search that can fail for a whole
line is not tried twice on that line: the time is linear in the text.

Each part is a class that knows the ones before it: `state` (the text and the place in it),
`strings`, `lists`, `settings`, and here the choice between them.
"""

from __future__ import annotations

from xlcfg.syntax.recovery.advice import shown
from xlcfg.syntax.recovery.fixes import fix_line_ends, make_fix
from xlcfg.syntax.recovery.patterns import (
    BAD_BYTE,
    BLANKS,
    COMMON,
    END,
    FOLD,
    ITEM,
    ITEM_END,
    KEY,
    NEWLINE,
    OPERATOR,
    QUOTED_HEAD,
    SEMICOLON,
    SETTING_END,
    SPACE,
    VALUE,
)
from xlcfg.syntax.recovery.settings import SettingLexer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import LazyFix
    from xlcfg.syntax.recovery.patterns import Token


class Lexer(SettingLexer):
    """The tokens of one refused file."""

    def next(self, mode: int) -> Token:
        """The next token a parser waiting for `mode` can use; its text lies behind `pos` then."""
        text, size = self.text, self.size
        while True:
            self.steps += 1
            if self.queue:
                return self.queue.popleft()
            pos = self.pos
            while pos < size and text[pos] in " \t":
                pos += 1
            self.pos = pos
            if pos >= size or (pos == size - 1 and BAD_BYTE.match(text, pos)):
                token = self.at_end(mode)
            else:
                char = text[pos]
                if char == "\n" or char == "#":
                    token = self.newline(mode)
                elif char in COMMON:
                    token = self.common(mode, char)
                else:
                    token = self.dispatch(mode, char)
            if token is not None:
                return token

    def dispatch(self, mode: int, char: str) -> Token | None:
        """The token at `pos`, by what the parser waits for; None when there is another try."""
        if mode == KEY:
            return self.key()
        if mode == SETTING_END:
            return self.setting_end(char)
        if mode == ITEM_END:
            return self.item_end(char)
        return self.value(mode, char)

    def at_end(self, mode: int) -> Token | None:
        """Behind the last byte: what is left open is closed first."""
        self.pos = self.size
        if mode in (ITEM, ITEM_END):
            self.unclosed("")
            return None
        if mode == VALUE:
            return self.no_value()
        return END, None, self.size, self.size

    def newline(self, mode: int) -> Token | None:
        """The end of a line, with the comment before it."""
        text, pos = self.text, self.pos
        if text[pos] == "#":
            end = text.find("\n", pos) if pos < self.last_newline else -1
            if end < 0:
                cr = text.find("\r", pos)
                if cr >= 0 and self.last_newline < 0 and (cr < self.size - 1 or self.reported):
                    # CR ends the lines of this file.
                    self.once("XL002", "line-end.cr", pos, cr + 1, fix_line_ends(text))
                    self.pos = cr + 1
                    return None
                self.document.comments.append((pos, self.size))
                fix = make_fix(
                    "end the last line with a newline", True, (self.size, self.size, "\n")
                )
                self.problem("XL008", "comment.at-end", pos, self.size, fix=fix)
                self.pos = self.size
                return None
        else:
            end = pos
        if mode == VALUE:
            following = SPACE.match(text, end + 1) if not self.value_excused else None
            # Somebody may have put the value on a line of its own.
            at = following.end() if following else self.size
            if at < self.size and text[at] in "'\"[" and not QUOTED_HEAD.match(text, at):
                join: LazyFix = None
                if not text[self.last_end : at].strip():
                    join = make_fix("join the two lines", True, (self.last_end, at, " "))
                self.problem(
                    "XL010", "continuation.value-below", self.name_start, self.last_end,
                    fix=join, name=shown(self.name),
                )  # fmt: skip
                self.line += text.count("\n", pos, at)
                self.pos = at
                return None
            return self.no_value()
        self.pos = end + 1
        return NEWLINE, None, pos, end + 1

    def common(self, mode: int, char: str) -> Token | None:
        """Bytes that mean the same wherever they stand."""
        text, pos = self.text, self.pos
        if char == "\\":
            fold = FOLD.match(text, pos)
            if fold is None:
                return self.junk(mode)
            fix: LazyFix = None
            if mode in (ITEM, ITEM_END):
                fix = make_fix("delete the backslash", True, (pos, pos + 1, ""))
            elif mode in (OPERATOR, VALUE):
                fix = make_fix("join the two lines", True, (pos, fold.end(), " "))
            self.problem("XL010", "continuation.backslash", pos, pos + 1, fix=fix)
            self.line += 1
            self.pos = fold.end()
            if mode == SETTING_END:
                # What the next line adds to the value goes the way of this line.
                rest = BLANKS.match(text, self.pos)
                at = rest.end() if rest else self.pos
                if at < self.size and text[at] in "'\"+,%":
                    self.take(self.rest())
                    self.spoil()
            return None
        end = pos + 1
        while end < self.size and text[end] == char:
            end += 1
        self.pos = end
        if char == "\r":
            if end < self.size and text[end] == "\n":
                self.once("XL002", "line-end.cr-lf", pos, end, fix_line_ends(text))
                return None
            self.once("XL002", "line-end.cr", pos, end, fix_line_ends(text))
            if mode in (KEY, SETTING_END):
                return SEMICOLON, None, end, end
        elif char == "\0":
            self.problem("XL015", "nul.byte", pos, end)
        elif char == "\xa0" or char == "\xc2":
            if char == "\xc2" and text[end : end + 1] != "\xa0":
                self.pos = pos
                return self.dispatch(mode, char)
            if char == "\xc2":
                self.pos = end = end + 1
            fix = make_fix("write a plain blank", True, (pos, end, " "))
            self.problem("XL001", "syntax.no-break-space", pos, end, fix=fix)
        else:
            self.problem("XL001", "syntax.control-character", pos, end, char=shown(char))
        return None
