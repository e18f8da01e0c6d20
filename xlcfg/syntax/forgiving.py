"""A lexer for guest configs that forgives: of a mistake it makes the token that was meant.

`Lexer.next` is asked for the next token by a parser that says what it waits for (a *mode*, read
off the row of the parser's state, so that there is no second grammar here), and notes a problem
for each mistake on the way.

No step goes back further than the start of its own token, and a search that can fail for a whole
line is not tried twice on that line: the time is linear in the text.
"""

from __future__ import annotations

import re
from collections import deque

from xlcfg.syntax import mistakes
from xlcfg.syntax.guest import Aborts, EscapeError, unquote
from xlcfg.syntax.mends import mend, mend_line_ends, mend_string, mend_value
from xlcfg.syntax.mistakes import quoted, show
from xlcfg.syntax.tables import xl_cfg as _t
from xlcfg.syntax.tree import Atom, Document, Problem, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.core.diagnostics import LazyFix

    #: terminal, semantic value, start, end
    Token = tuple[int, Any, int, int]

END = 0
IDENT = _t.LABELS.index("IDENT")
NUMBER = _t.LABELS.index("NUMBER")
STRING = _t.LABELS.index("STRING")
NEWLINE = _t.LABELS.index("NEWLINE")
EQUAL = _t.LABELS.index("=")
PLUS_EQUAL = _t.LABELS.index("+=")
SEMICOLON = _t.LABELS.index(";")
OPEN = _t.LABELS.index("[")
CLOSE = _t.LABELS.index("]")
COMMA = _t.LABELS.index(",")

# What a parser waits for: a name, what follows it, a value, an item of a list or its end, what
# follows an item, what follows the value of a setting.
KEY, OPERATOR, VALUE, ITEM, ITEM_END, SETTING_END = range(6)


def _mode(row: tuple[int, ...]) -> int:
    if row[IDENT]:
        return KEY
    if row[EQUAL]:
        return OPERATOR
    if row[STRING]:
        return ITEM if row[NEWLINE] else VALUE
    return ITEM_END if row[CLOSE] else SETTING_END


#: the mode of each state of the parser
MODES = tuple(_mode(row) for row in _t.ACTIONS)

_BLANKS = re.compile(r"[ \t]*+")
_STRING_TOKEN = re.compile(_t.PATTERNS[STRING])
#: The same, but a backslash also takes a newline along.
_FOLDED_STRING = re.compile(
    r"'[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+)*+'|\"[^\"\\\n]*+(?:\\[\s\S][^\"\\\n]*+)*+\""
)
#: A number that nothing sticks to, but for the last byte of the file (see _BAD_BYTE).
_NUMBER_TOKEN = re.compile(
    rf"{_t.PATTERNS[NUMBER]}(?![0-9a-z]|[A-Z_.:/%$@{{<?~!^&|\\\x80-\xff-](?!\Z))"
)
_NUMBER_AND_UNIT = re.compile(
    r"[0-9]+[ \t]+([kmgtKMGT](?:i?[bB]|bytes?)?)(?=[ \t\r]*(?:[;#\n]|\Z))"
)
#: Bytes that begin no token: a single one ending the file goes unnoticed in libxlutil.
_BAD_BYTE = re.compile(r"[^a-z0-9=;\[\],\n \t]")

_NAME = _t.PATTERNS[IDENT]
_HEAD = re.compile(rf"({_NAME})[ \t]*+(\+?=)(?!=)")
_BAD_HEAD = re.compile(r"([^\s=;#'\"\[\](){},]+?)[ \t]*+([-+:?*/.|&^%!<>]?=|==)(?!=)")
_QUOTED_HEAD = re.compile(r"('[^'\n]*+'|\"[^\"\n]*+\")[ \t]*+(\+?=|:)")
_WORDS_HEAD = re.compile(
    r"([A-Za-z_][\w.-]*+(?:[ \t]++[A-Za-z_][\w.-]*+)++)[ \t]*+(\+?=)", re.ASCII
)
_COLON_HEAD = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+:(?=[ \t\r\n'\"\[0-9]|\Z)", re.ASCII)
_NAKED_NAME = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+", re.ASCII)
_NAME_AND_TEXT = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]++(\S[^\n#;]*)", re.ASCII)
_SHELL = frozenset(("const", "declare", "export", "let", "local", "set", "var"))

# UTF-8, full width included, or Windows-1252; backticks count as such too.
_TYPOGRAPHIC = (
    "\xe2\x80[\x98-\x9f\xb2\xb3\xb5\xb6\xb9\xba]|\xc2[\xab\xbb\xb4]"
    "|\xef\xbc[\x82\x87]|[\x84\x91-\x94`]"
)
_OPENING = re.compile(_TYPOGRAPHIC)
_DOUBLE = "\xe2\x80[\x9c-\x9f\xb3\xb6]|\xc2[\xab\xbb]|\xef\xbc\x82|[\x84\x93\x94]"
_CLOSES_DOUBLE = re.compile(f'{_DOUBLE}|"')
_CLOSES_SINGLE = re.compile(
    "\xe2\x80[\x98-\x9b\xb2\xb5\xb9\xba]|\xc2\xb4|\xef\xbc\x87|[\x91\x92`']"
)
_IS_DOUBLE = re.compile(_DOUBLE)

#: Something that is plainly a value.
_PLAIN_VALUE = re.compile(rf"['\"\[]|[0-9][0-9a-fx]*(?=[ \t]*(?:[\r\n;#]|\Z))|{_TYPOGRAPHIC}")
_FOLLOWS_STRING = re.compile(r"[ \t]*+(?:[\r\n,;#\[\](){}:=]|\Z)")
_PREFIXED = re.compile(r"[uUbBrRfF]{1,2}(?=['\"])")
#: A string whose opening quote was forgotten.
_HALF_STRING = re.compile(r"([^\n'\"\[\](){}#;]{1,300})(['\"])(?=[ \t]*+(?:[,\])\r\n]|\Z))")
#: The rest of a setting, quotes respected: up to `;`, a comment or the end of the line.
_REST = re.compile(r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\$\{#|[^\n;#'\"]|['\"])*+")
#: The rest of an item of a list.
_ITEM_REST = re.compile(
    r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\([^()\n]*+\)|[^\n;#'\",\[\](){}]|[{(]|['\"])*+"
)
_PARAMETERS = re.compile(r"[=:/<$@{%]")
_BARE_ITEM = re.compile(r"[ \t]*+,[ \t]*+([A-Za-z/_][^\n;#'\",\[\](){}]*+)(?=[,\]\r\n)])")

_PYTHON_STATEMENT = re.compile(
    r"import[ \t]+[\w.]|from[ \t]+[\w.]+[ \t]+import\b"
    r"|(?:def|class)[ \t]+\w|(?:if|elif|for|while|with)\b[^\n]{0,300}:"
    r"|(?:else|try|finally|except)\b[^\n:]{0,300}:"
    r"|(?:print|exec|return|raise|assert|global|del|pass|break|continue)(?![\w.]|[ \t]*\+?=)"
    r"|@[A-Za-z_][\w.]*+(?!@)"
    r"|[A-Za-z_][\w.]*+[ \t]*+\(|[A-Za-z_][\w.]*+\[[^\]\n]{0,300}+\][ \t]*+\+?="
    r"|[A-Za-z_]\w*+(?:[ \t]*+,[ \t]*+[A-Za-z_]\w*+)++[ \t]*+=",
    re.ASCII,
)
_PYTHON_BRANCH = re.compile(r"(?:elif|else|except|finally)\b")
_PYTHON_OPERAND = re.compile(
    r"(?:\+|\*\*?|%|-|/|\.)[ \t]*+[\w'\"(]|(?:if|else|and|or|in|not|for|is)\b", re.ASCII
)
_SECTION = re.compile(r"\[[^\]\n'\"]*+\][ \t]*+(?=[\r\n#]|\Z)")
_FOREIGN_COMMENT = re.compile(r"//|/\*|--(?!\w)|<!--|(?:REM|rem)[ \t]|!")
_FOLD = re.compile(r"\\[ \t]*+\r*+\n")
_CLOSERS = re.compile(r"[\])}](?:[ \t]*+[\])}])*+")
_COMMAS = re.compile(r",(?:[ \t]*+,)*+")
_ESCAPE = re.compile(r"\\([\s\S])")
_LEGAL_ESCAPES = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip

_PAIRS = {"[": "]", "(": ")", "{": "}"}

_PARTNER_FOLLOWS = re.compile(r"[ \t\r]*+(?:[\n,;#\])}]|\Z)")
_AFTER_LINE = re.compile(r"[ \t\r]*+(?:#[^\n]*+)?\n[ \t]*+")
_SPACE = re.compile(r"\s*+")

#: Bytes that mean the same wherever they stand.
_COMMON = frozenset("\\\r\x0b\x0c\x7f\xa0\xc2").union(map(chr, (*range(9), *range(14, 32))))
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/<$@%")

#: How many lines a quote left open is looked for its partner in.
_STRING_LINES = 20


class Lexer:
    """The text of one refused file, and what became of it; `steps` counts tokens and repairs."""

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
        # Nobody can tell the value of the setting being read.
        self.unknown = False
        # That its value is missing has been said.
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
        self._last_newline = text.rfind("\n")
        self._no_partner = {"'": -1, '"': -1}
        self._no_triple = {"'": False, '"': False}
        self._said: set[str] = set()

    # -- problems ---------------------------------------------------------------------------------

    def problem(
        self,
        code: str,
        message: str,
        cure: str,
        start: int,
        end: int,
        opened: int | None = None,
        fix: LazyFix = None,
    ) -> None:
        self.document.problems.append(Problem(code, message, cure, start, end, opened, fix))

    def once(
        self, code: str, message: str, cure: str, start: int, end: int, fix: LazyFix = None
    ) -> None:
        """A problem said only once per file."""
        if code not in self._said:
            self._said.add(code)
            self.problem(code, message, cure, start, end, fix=fix)

    def advise(self, advice: mistakes.Advice, start: int, end: int) -> None:
        fix = None
        if advice.value is not None:
            fix = mend_value(advice.value, start, end)
        self.problem(advice.code, advice.message, advice.help, start, end, fix=fix)

    def unexpected(self, found: str, start: int) -> None:
        """A problem no other kind of problem fits."""
        message = f"xl cannot read {show(found)} here"
        cure = "delete it, or put text in quotes"
        self.problem("XL001", message, cure, start, start + len(found))

    # -- the lexer --------------------------------------------------------------------------------

    def next(self, mode: int) -> Token:
        """The next token a parser waiting for `mode` can use; its text lies behind `pos` then."""
        text, size = self.text, self.size
        while True:
            self.steps += 1
            if self.queue:
                return self.queue.popleft()
            blanks = _BLANKS.match(text, self.pos)
            if blanks is not None:
                self.pos = blanks.end()
            pos = self.pos
            if pos >= size or (pos == size - 1 and _BAD_BYTE.match(text, pos)):
                token = self.at_end(mode)
            else:
                char = text[pos]
                if char == "\n" or char == "#":
                    token = self.newline(mode)
                elif char in _COMMON:
                    token = self.common(mode, char)
                else:
                    token = self.dispatch(mode, char)
            if token is not None:
                return token

    def dispatch(self, mode: int, char: str) -> Token | None:
        if mode == KEY:
            return self.key()
        if mode == SETTING_END:
            return self.setting_end(char)
        if mode == ITEM_END:
            return self.item_end(char)
        return self.value(mode, char)

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
        self.pos = self.eol()

    def take(self, end: int) -> tuple[int, str]:
        """Moves to `end`; the place and text of what was passed, without blanks behind it."""
        start = self.pos
        self.pos = end
        return start, self.text[start:end].rstrip(" \t\r")

    def at_end(self, mode: int) -> Token | None:
        self.pos = self.size
        if mode in (ITEM, ITEM_END):
            self.unclosed("")
            return None
        if mode == VALUE:
            return self.no_value()
        return END, None, self.size, self.size

    def no_value(self) -> Token:
        """A string in place of the value that is missing."""
        if not self.value_excused:
            name = show(self.name)
            self.problem(
                "XL017",
                f"{name} has no value",
                f"write the value behind the `=` on the same line, or put `#` before {name}",
                self.name_start,
                self.last_end,
            )
        return self.dummy(self.last_end, self.last_end)

    def dummy(self, start: int, end: int) -> Token:
        """A string for a value nobody can tell; the setting it is in is left out."""
        self.unknown = True
        return STRING, Atom("", start, end, self.line, True), start, end

    def atom(self, text: str, start: int, end: int, quotes: bool) -> Token:
        kind = STRING if quotes else NUMBER
        return kind, Atom(text, start, end, self.line, quotes), start, end

    def newline(self, mode: int) -> Token | None:
        text, pos = self.text, self.pos
        if text[pos] == "#":
            end = text.find("\n", pos) if pos < self._last_newline else -1
            if end < 0:
                cr = text.find("\r", pos)
                if cr >= 0 and self._last_newline < 0 and (cr < self.size - 1 or self._said):
                    # CR ends the lines of this file.
                    self.once(*mistakes.CR, pos, cr + 1, mend_line_ends(text))
                    self.pos = cr + 1
                    return None
                self.document.comments.append((pos, self.size))
                fix = mend("end the last line with a newline", True, (self.size, self.size, "\n"))
                self.problem(*mistakes.COMMENT_AT_END, pos, self.size, fix=fix)
                self.pos = self.size
                return None
        else:
            end = pos
        if mode == VALUE:
            following = _SPACE.match(text, end + 1) if not self.value_excused else None
            # Somebody may have put the value on a line of its own.
            at = following.end() if following else self.size
            if at < self.size and text[at] in "'\"[" and not _QUOTED_HEAD.match(text, at):
                join: LazyFix = None
                if not text[self.last_end : at].strip():
                    join = mend("join the two lines", True, (self.last_end, at, " "))
                self.problem(
                    "XL010",
                    f"the value of {show(self.name)} is not on its line",
                    "write name, `=` and the beginning of the value on one line",
                    self.name_start,
                    self.last_end,
                    fix=join,
                )
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
            fold = _FOLD.match(text, pos)
            if fold is None:
                return self.junk(mode)
            fix: LazyFix = None
            if mode in (ITEM, ITEM_END):
                fix = mend("delete the backslash", True, (pos, pos + 1, ""))
            elif mode in (OPERATOR, VALUE):
                fix = mend("join the two lines", True, (pos, fold.end(), " "))
            self.problem(*mistakes.LINE_CONTINUATION, pos, pos + 1, fix=fix)
            self.line += 1
            self.pos = fold.end()
            if mode == SETTING_END:
                # What the next line adds to the value goes the way of this line.
                rest = _BLANKS.match(text, self.pos)
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
                self.once(*mistakes.CR_LF, pos, end, mend_line_ends(text))
                return None
            self.once(*mistakes.CR, pos, end, mend_line_ends(text))
            if mode in (KEY, SETTING_END):
                return SEMICOLON, None, end, end
        elif char == "\0":
            self.problem(*mistakes.NUL, pos, end)
        elif char == "\xa0" or char == "\xc2":
            if char == "\xc2" and text[end : end + 1] != "\xa0":
                self.pos = pos
                return self.dispatch(mode, char)
            if char == "\xc2":
                self.pos = end = end + 1
            fix = mend("write a plain blank", True, (pos, end, " "))
            self.problem(*mistakes.NO_BREAK_SPACE, pos, end, fix=fix)
        else:
            self.problem(
                "XL001",
                f"there is a control character {show(char)}, which xl cannot read",
                "delete it or write a plain blank",
                pos,
                end,
            )
        return None

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

    def rest(self, mode: int = SETTING_END) -> int:
        """Where what begins at `pos` ends: an item in a list, else a setting, or a whole line."""
        if mode == KEY:
            return self.eol()
        pattern = _ITEM_REST if mode in (ITEM, ITEM_END) else _REST
        match = pattern.match(self.text, self.pos)
        return match.end() if match else self.pos

    # -- values -----------------------------------------------------------------------------------

    def value(self, mode: int, char: str) -> Token | None:
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
            match = _NUMBER_TOKEN.match(text, pos)
            if match is not None and not self.has_unit():
                self.pos = match.end()
                return self.atom(match[0], pos, self.pos, False)
        if _OPENING.match(text, pos):
            return self.typographic(mode)
        if char in "@<${%_.?\xe2":
            match = mistakes.PLACEHOLDER.match(text, pos)
            if match is not None:
                return self.bare(mode)
        if char == "(" or char == "{":
            return self.opener(char)
        if char == ";":
            return self.no_value()
        if char == "=":
            self.pos = pos + 1
            fix = mend("delete the second `=`", True, (pos, pos + 1, ""))
            self.problem(*mistakes.EQUAL_TWICE, pos, pos + 1, fix=fix)
            return None
        if char in "]),}":
            return self.junk(mode)
        return self.bare(mode)

    def has_unit(self) -> bool:
        """Whether the number at `pos` has a blank and a unit behind it."""
        match = _NUMBER_AND_UNIT.match(self.text, self.pos)
        # A single last byte goes unnoticed.
        return match is not None and not (match.end(1) == self.size and match[1] in "KMGT")

    def opener(self, char: str) -> Token:
        pos = self.pos
        if char != "[" and all(o[0] == "[" for o in self.open[-1:]):
            kind = "round brackets" if char == "(" else "braces"
            self.problem(
                "XL022",
                f"xl has no values in {kind}",
                "write a list as `[ ... ]`, a single value without brackets",
                pos,
                pos + 1,
            )
        if char == "{":
            self.unknown = True
        self.open.append((char, pos, self.line))
        self.pos = pos + 1
        return OPEN, (pos, self.line), pos, pos + 1

    def closer(self, char: str) -> Token:
        pos = self.pos
        mine = self.open[-1][0] if self.open else "["
        if char != "]" and _PAIRS[mine] != char:
            right = mend("write `]`", True, (pos, pos + 1, "]")) if mine == "[" else None
            self.problem(
                "XL018",
                f"`{char}` does not close `{mine}`",
                f"write `{_PAIRS[mine]}`" if mine == "[" else "write `[ ... ]`",
                pos,
                pos + 1,
                fix=right,
            )
        self.pos = pos + 1
        return CLOSE, None, pos, pos + 1

    def empty_slot(self, char: str) -> None:
        pos = self.pos
        match = _COMMAS.match(self.text, pos)
        self.pos = match.end() if match else pos + 1
        fix = mend(f"delete the `{char}`", True, (pos, self.pos, ""))
        if char == ";":
            self.problem(*mistakes.SEMICOLON_IN_LIST, pos, self.pos, fix=fix)
        else:
            self.problem(*mistakes.EMPTY_SLOT, pos, self.pos, fix=fix)

    def left_open(self, mode: int) -> bool:
        """Whether a setting begins here, inside a list: closes the list then.

        Parameters without quotes look like settings: `[ type=vnc, vncunused=1 ]`.
        """
        text, pos = self.text, self.pos
        if text[pos] not in _SMALL:
            return False
        head = _HEAD.match(text, pos)
        if head is None:
            return False
        at = _BLANKS.match(text, head.end())
        plain = _PLAIN_VALUE.match(text, at.end() if at else head.end()) is not None
        known = mistakes.is_known(head[1])
        at_margin = pos == 0 or text[pos - 1] == "\n"
        if not (known or plain if at_margin else known and plain and mode == ITEM_END):
            return False
        self.unclosed(head[1])
        return True

    def unclosed(self, following: str) -> None:
        """Closes every open bracket, before a setting named `following` or the end of the file."""
        bracket, offset, line = self.open[0]
        count = len(self.open)
        closing = _PAIRS[bracket] if bracket == "[" else "]"
        where = f"at the end of line {self.last_line}" if self.last_line != line else "at its end"
        before = f", before `{following}`" if following else ""
        message = f"`{bracket}` is never closed"
        if count > 1:
            message += f" ({count} brackets are open here)"
        fix = None
        if all(o[0] == "[" for o in self.open):
            at_margin = self.pos == 0 or self.text[self.pos - 1 : self.pos] == "\n"
            sure = count == 1 and (not following or (at_margin and mistakes.is_known(following)))
            insert = (self.last_end, self.last_end, " ]" * count)
            fix = mend(f"write `{']' * min(count, 8)}` {where}", sure, insert)
        self.problem(
            "XL006", message, f"write `{closing * min(count, 8)}` {where}{before}",
            offset, offset + 1, offset, fix,
        )  # fmt: skip
        close: Token = (CLOSE, self.last_end, self.last_end, self.last_end)
        self.queue.extend([close] * count)
        if following:
            self.queue.append((SEMICOLON, None, self.pos, self.pos))
            self.closed_early = True

    def string(self, mode: int) -> Token | None:
        text, pos = self.text, self.pos
        quote = text[pos]
        if text.startswith(quote * 3, pos):
            return self.triple(quote)
        match = _STRING_TOKEN.match(text, pos)
        if match is None:
            return self.open_string(mode, quote)
        end = match.end()
        if not _FOLLOWS_STRING.match(text, end):
            token = self.glued(mode, quote, end)
            if token is not None:
                return token
        self.pos = end
        return self.atom(self.decode(match[0], pos), pos, end, True)

    def decode(self, raw: str, start: int) -> str:
        """What a string means; says what is wrong inside it."""
        try:
            return unquote(raw)
        except EscapeError as bad:
            at = start + bad.at
            char = raw[bad.at + 1 : bad.at + 2]
            if bad.kind == "digits":
                what = f"`\\{char}` is not an escape xl can read"
                cure = "write the character itself; xl drops such numbers even where it takes them"
            elif bad.kind == "hex":
                what = "`\\x` is not an escape xl can read"
                cure = "write the character itself"
            elif char in " \t":
                what = "a backslash cannot stand before a blank"
                cure = "delete the backslash"
            else:
                what = f"{show(chr(92) + char)} is not an escape xl can read"
                cure = f"write {show(chr(92) * 2 + char)} for a backslash"
            fix = None
            if bad.kind == "unknown" and char not in " \t":
                fix = mend("write a second backslash", False, (at, at, "\\"))
            cure += "; escapes are \\\\ \\' \\\" \\a \\b \\f \\n \\r \\t \\v"
            self.problem("XL014", what, cure, at, min(at + 2, start + len(raw)), fix=fix)
        except Aborts as bad:
            at = start + bad.offset
            what = "there is a NUL byte in this string"
            if self.document.aborts and not self.document.problems:
                what += ", on which xl crashes"
            self.problem("XL015", what, "delete it", at, min(at + 1, self.size))
        return _plain(raw[1:-1])

    def glued(self, mode: int, quote: str, end: int) -> Token | None:
        """A string is followed by what cannot follow one: perhaps its quotes are not its quotes."""
        text, pos = self.text, self.pos
        following = text[end]
        if following in " \t" or _PYTHON_OPERAND.match(text, end):
            return None
        if following == "'" or following == '"':
            return None
        raw = text[pos + 1 : end - 1]
        if mode == ITEM:
            body = raw.rstrip(" \t")
            if body.endswith(","):
                # 'a, 'b': the quote behind a is missing
                cut = pos + len(body)
                self.pos = cut
                missing = "the closing quote of this string is missing"
                body = self.half_closed(pos, cut, body[:-1], missing)
                return self.atom(self.decode(quote + body + quote, pos), pos, cut, True)
        if end <= self._no_partner[quote]:
            return None
        stop = self.eol()
        at = text.find(quote, end, stop)
        while at >= 0 and not _PARTNER_FOLLOWS.match(text, at + 1):
            at = text.find(quote, at + 1, stop)
        if at < 0:
            self._no_partner[quote] = stop
            return None
        inner = text[pos + 1 : at]
        if '"' not in inner or "'" not in inner:
            other = '"' if quote == "'" else "'"
            cure = f"write {other} around it"
        else:
            cure = f"write `\\{quote}` for each `{quote}` inside"
        self.problem(
            "XL023",
            f"the string ends at this {quote}, but its text goes on",
            cure,
            end - 1,
            end,
            pos,
            mend_string(_plain(inner), False, pos, at + 1),
        )
        self.pos = at + 1
        return self.atom(self.decode(text[pos : at + 1], pos), pos, at + 1, True)

    def triple(self, quote: str) -> Token:
        """A Python string in three quotes."""
        text, pos = self.text, self.pos
        end = -1 if self._no_triple[quote] else text.find(quote * 3, pos + 3)
        if end < 0:
            self._no_triple[quote] = True
            end = stop = self.eol()
        else:
            stop = end + 3
        body = text[pos + 3 : end]
        self.problem(
            "XL009",
            "xl has no strings in three quotes",
            "write one quote on each side, and all on one line",
            pos,
            min(stop, self.eol()),
            fix=mend_string(_plain(body), True, pos, stop)
            if stop > end and "\n" not in body
            else None,
        )
        token = self.atom(_plain(body), pos, stop, True)
        if "\n" in text[pos:stop]:
            self.unknown = True
            self.line += text.count("\n", pos, stop)
        self.pos = stop
        return token

    def open_string(self, mode: int, quote: str) -> Token:
        """A quote without a partner on its line."""
        text, pos = self.text, self.pos
        stop = self.eol()
        if text[stop - 1] == "\\" and (folded := _FOLDED_STRING.match(text, pos)):
            self.problem(*mistakes.FOLDED_STRING, pos, stop, pos)
            raw = text[pos : folded.end()]
            token = self.atom(_plain(raw[1:-1]), pos, folded.end(), True)
            self.line += raw.count("\n")
            self.pos = folded.end()
            return token
        match = _OPENING.search(text, pos + 1, stop)
        if match is not None and match[0] != "`" and (mode == VALUE or match.end() == stop
                                 or text[match.end()] in " \t,])"):  # fmt: skip
            body = text[pos + 1 : match.start()]
            self.typographic_problem(pos, match.end(), body)
            self.pos = match.end()
            return self.atom(_plain(body), pos, self.pos, True)
        last = self.closing_line(quote, stop)
        if last:
            self.problem(*mistakes.STRING_OVER_LINES, pos, stop, pos)
            token = self.atom(_plain(text[pos + 1 : last]), pos, last + 1, True)
            self.line += text.count("\n", pos, last)
            self.pos = last + 1
            return token
        end = self.tail(pos + 1, stop, mode)
        self.pos = end
        body = self.half_closed(pos, end, text[pos + 1 : end], "this string is never closed")
        return self.atom(_plain(body), pos, end, True)

    def half_closed(self, start: int, end: int, body: str, message: str) -> str:
        """The text meant by a string without its closing quote, after saying so."""
        quote = self.text[start]
        other = "'" if quote == '"' else '"'
        if body.endswith(other) and body.count(other) == 1:
            message = f"this string begins with {quote} and ends with {other}"
            body = body[:-1]
        else:
            for mark in _OPENING.finditer(body[-3:]):
                if mark.end() == len(body[-3:]) and mark[0] != "`":
                    body = body[: len(body) - len(mark[0])]
                    self.typographic_problem(start, end, body)
                    return body
        fix = mend_string(_plain(body), False, start, end) if body else None
        cure = f"write {show(quote + body + quote)}" if body else "delete the quote"
        self.problem("XL007", message, cure, start, end, start, fix)
        return body

    def tail(self, start: int, stop: int, mode: int) -> int:
        """Where a string without closing quote ends: before the brackets or comma of its list."""
        text = self.text
        found = text[start:stop].rstrip(" \t")
        if mode in (ITEM, ITEM_END):
            if found.endswith(","):
                found = found[:-1]
            else:
                body = found.rstrip("])} \t")
                closers = found[len(body) :]
                if len(closers) <= 2 * len(self.open):
                    found = body
        return start + len(found)

    def closing_line(self, quote: str, stop: int) -> int:
        """The offset of the quote that ends a string on a later line; 0 when none seems to."""
        text = self.text
        at = text.find("\n", stop) + 1
        for _ in range(_STRING_LINES):
            if not 0 < at < self.size:
                return 0
            end = text.find("\n", at)
            end = self.size if end < 0 else end
            line = text[at:end].lstrip(" \t")
            if not line or line[0] in "#'\"[]" or _HEAD.match(line):
                return 0
            if quote in line:
                found = text.index(quote, at)
                return found if _PARTNER_FOLLOWS.match(text, found + 1) else 0
            at = end + 1
        return 0

    def typographic(self, mode: int) -> Token:
        text, pos = self.text, self.pos
        stop = self.eol()
        opening = _OPENING.match(text, pos)
        begin = opening.end() if opening else pos + 1
        closing = _CLOSES_DOUBLE if _IS_DOUBLE.match(text, pos) else _CLOSES_SINGLE
        match = closing.search(text, begin, stop)
        if match is not None:
            body, self.pos = text[begin : match.start()], match.end()
        else:
            self.pos = self.tail(begin, stop, mode)
            body = text[begin : self.pos]
        self.typographic_problem(pos, self.pos, body)
        return self.atom(_plain(body), pos, self.pos, True)

    def typographic_problem(self, start: int, end: int, body: str) -> None:
        self.problem(
            "XL004",
            "xl cannot read typographic quotes",
            f"write {quoted(body)} with plain quotes",
            start,
            end,
            fix=mend_string(_plain(body), True, start, end),
        )

    def bare(self, mode: int) -> Token | None:
        """Text without quotes in place of a value."""
        text, pos = self.text, self.pos
        half = _HALF_STRING.match(text, pos)
        if half is not None and half[1][-1] != "=":
            self.pos = half.end()
            self.problem(
                "XL007",
                "the opening quote of this string is missing",
                f"write {show(half[2] + half[0])}",
                pos,
                self.pos,
                fix=mend_string(_plain(half[1]), False, pos, self.pos),
            )
            return self.atom(_plain(half[1]), pos, self.pos, True)
        prefix = _PREFIXED.match(text, pos)
        if prefix is not None and _STRING_TOKEN.match(text, prefix.end()):
            sure = prefix[0] in "uUbB"
            fix = mend("delete it", sure, (pos, prefix.end(), ""))
            self.problem(
                "XL009",
                f"A Python prefix {show(prefix[0])} cannot stand before a string",
                "write the string alone",
                pos,
                prefix.end(),
                fix=fix,
            )
            self.pos = prefix.end()
            return None
        start, found = self.take(self.rest(mode))
        if not found:
            self.pos = start
            return self.junk(mode)
        if mode == ITEM:
            while more := _BARE_ITEM.match(text, self.pos):
                self.pos = more.end()
                found = text[start : self.pos].rstrip(" \t\r")
            if "," in found and not _PARAMETERS.search(found):
                return self.bare_words(start, found)
        end = start + len(found)
        name = self.name if mode == VALUE else ""
        odd = found[0] in "[](){}=,;" or _FOREIGN_COMMENT.match(found)
        if odd and not mistakes.PLACEHOLDER.match(found):
            self.unexpected(found, start)
            return self.dummy(start, end)
        advice = mistakes.bare(found, name)
        self.advise(advice, start, end)
        if advice.value is None:
            return self.dummy(start, end)
        return self.atom(advice.value, start, end, advice.code == "XL005")

    def bare_words(self, start: int, found: str) -> Token:
        """Items without quotes that are single words."""
        end = start + len(found)
        words = ", ".join(mistakes.in_quotes(w.strip()) for w in found.split(","))
        fix = mend("put each word in quotes", True, (start, end, words))
        self.problem("XL005", f"{show(found)} needs quotes", f"write {show(words)}", start, end,
                     fix=fix)  # fmt: skip
        at = start
        for word in found.split(","):
            self.queue.append(self.atom(word.strip(), at, at + len(word), True))
            at += len(word)
            self.queue.append((COMMA, None, at, at + 1))
            at += 1
        self.queue.pop()
        return self.queue.popleft()

    # -- behind a value ---------------------------------------------------------------------------

    def spoil(self) -> None:
        """The value read last is not the whole of it."""
        self.pending = None
        self.unknown = True

    def setting_end(self, char: str) -> Token | None:
        """Behind the value of a setting."""
        text, pos = self.text, self.pos
        if char == ";":
            self.pos = pos + 1
            return SEMICOLON, None, pos, pos + 1
        if char in "])}":
            match = _CLOSERS.match(text, pos)
            self.pos = match.end() if match else pos + 1
            self.stray_closer(pos)
            return None
        if _HEAD.match(text, pos):
            head = _HEAD.match(text, pos)
            sure = head is not None and mistakes.is_known(head[1])
            fix = mend("begin a new line", sure, (self.last_end, pos, "\n"))
            self.problem(*mistakes.SECOND_SETTING, pos, pos + 1, fix=fix)
            return SEMICOLON, None, pos, pos
        if char == ",":
            self.tuple_tail()
            return None
        if char == "'" or char == '"' or _OPENING.match(text, pos):
            return self.second_string(SETTING_END)
        if _FOREIGN_COMMENT.match(text, pos):
            self.problem(*mistakes.FOREIGN_COMMENT, pos, self.eol(), fix=self.as_comment(pos))
            self.skip_line()
            return None
        if _PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest())
            end = start + len(found)
            start = self.last_start
            self.advise(mistakes.python(text[start:end]), start, end)
            self.spoil()
            return None
        if char == "[" or char == "(":
            self.spoil()
        start, found = self.take(self.rest())
        if not found:
            self.pos = start + 1
            found = char
        self.problem(
            "XL001",
            f"{show(found)} stands behind a complete value",
            "delete it, or put `#` before it",
            start,
            start + len(found),
        )
        return None

    def stray_closer(self, start: int) -> None:
        if self.closed_early:
            self.closed_early = False
            return
        found = self.text[start : self.pos]
        fix = mend("delete it", False, (start, self.pos, ""))
        self.problem(
            "XL018", f"{show(found)} closes nothing", "delete it", start, self.pos, fix=fix
        )

    def tuple_tail(self) -> None:
        """A comma behind the value of a setting."""
        start, found = self.take(self.rest())
        end = start + len(found)
        if not found.strip(", \t") and not self.string_follows():
            fix = mend("delete the comma", True, (start, end, ""))
            self.problem(*mistakes.STRAY_COMMA, start, end, fix=fix)
            return
        begin = self.last_start
        self.problem(
            "XL022",
            f"{show(self.name)} has several values without brackets",
            "write a list as `[ ... ]`, or one string in quotes with the commas inside",
            begin,
            max(end, begin),
        )
        self.spoil()
        while found.endswith(",") and (at := self.string_follows()):
            self.line += 1
            self.pos = at
            _, found = self.take(self.rest())

    def string_follows(self) -> int:
        """Where a string begins the next line, one that is no name; 0 when none does."""
        text = self.text
        match = _AFTER_LINE.match(text, self.pos)
        if match is None or text[match.end() : match.end() + 1] not in ("'", '"'):
            return 0
        return 0 if _QUOTED_HEAD.match(text, match.end()) else match.end()

    def second_string(self, mode: int) -> Token | None:
        """A string behind a value with no comma between."""
        text, pos = self.text, self.pos
        if text[pos] in "'\"" and pos == self.last_end and not _STRING_TOKEN.match(text, pos):
            self.pos = pos + 1
            self.problem(*mistakes.STRAY_QUOTE, pos, pos + 1, pos)
            if mode == SETTING_END:
                self.take(self.rest())
            return None
        if mode == ITEM_END:
            # Python joins neighbouring strings: a comma at an edge makes two halves of one.
            last = text[self.last_start : self.last_end]
            sure = last[-1:] in "'\"" and last[-2:-1] != "," and text[pos + 1 : pos + 2] != ","
            fix = mend("write the comma", sure, (self.last_end, self.last_end, ","))
            self.problem(*mistakes.MISSING_COMMA, self.last_start, self.last_end, fix=fix)
            return COMMA, None, pos, pos
        start, found = self.take(self.rest())
        self.problem(*mistakes.ADJACENT_STRINGS, start, start + len(found))
        self.spoil()
        return None

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
            at = _BLANKS.match(text, pos + 1)
            head = _HEAD.match(text, at.end() if at else pos + 1)
            if head is not None:
                self.pos = pos + 1
                self.unclosed(head[1])
                return None
            self.pos = pos + 1
            fix = mend("write a comma", True, (pos, pos + 1, ","))
            self.problem(*mistakes.SEMICOLON_IN_LIST, pos, pos + 1, fix=fix)
            return COMMA, None, pos, pos + 1
        if _PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest(ITEM_END))
            self.advise(mistakes.python(found or char), start, start + max(len(found), 1))
            self.pos = max(self.pos, start + 1)
            self.spoil()
            return None
        if char in "'\"[({" or _OPENING.match(text, pos):
            return self.second_string(ITEM_END)
        if char in _WORD and (pos > self.last_end or char in "0123456789"):
            return self.second_string(ITEM_END)
        start, found = self.take(self.rest(ITEM_END))
        if not found:
            self.pos = start + 1
            found = char
        self.problem(
            "XL001",
            f"{show(found)} stands behind a complete item",
            "delete it, or put it in quotes behind a comma",
            start,
            start + len(found),
        )
        return None

    # -- the beginning of a setting ---------------------------------------------------------------

    def setting(
        self, name: str, start: int, end: int, op: str, op_start: int, op_end: int
    ) -> Token:
        """A name, with its operator to follow."""
        self.name = name
        self.name_start = start
        self.pos = op_end
        kind = PLUS_EQUAL if op == "+=" else EQUAL
        self.queue.append((kind, None, op_start, op_end))
        return IDENT, (name, start, end), start, end

    def misnamed(self, found: str, start: int, end: int) -> str:
        """The name meant by an illegal one, after saying so."""
        name = mistakes.legal_name(found.strip("'\""))
        cure = (
            f"write `{name}`" if name else "begin with a small letter; then also digits, `_`, `.`"
        )
        fix = None
        if name is not None:
            fix = mend(f"write `{name}`", mistakes.is_known(name), (start, end, name))
        self.problem("XL011", mistakes.name_fault(found), cure, start, end, fix=fix)
        if name is None:
            self.unknown = True
            return found
        return name

    def key(self) -> Token | None:
        """Where a setting may begin."""
        text, pos = self.text, self.pos
        head = _HEAD.match(text, pos)
        if head is not None:
            return self.setting(head[1], pos, head.end(1), head[2], head.start(2), head.end())
        char = text[pos]
        if char == ";":
            self.pos = pos + 1
            return SEMICOLON, None, pos, pos + 1
        if char in "])}":
            match = _CLOSERS.match(text, pos)
            self.pos = match.end() if match else pos + 1
            self.stray_closer(pos)
            return None
        if char == "'" or char == '"':
            return self.string_line(char)
        if _PYTHON_STATEMENT.match(text, pos):
            self.block()
            return None
        if _FOREIGN_COMMENT.match(text, pos):
            self.foreign_comment()
            return None
        if char in "@<${%_.?\xe2" and mistakes.PLACEHOLDER.match(text, pos):
            start, found = self.take(self.eol())
            self.advise(mistakes.placeholder(found), start, start + len(found))
            return None
        if char == "[" and _SECTION.match(text, pos):
            start, found = self.take(self.eol())
            self.problem(*mistakes.SECTION, start, start + len(found))
            return None
        return self.bad_head(pos)

    def bad_head(self, pos: int) -> Token | None:
        text = self.text
        match = _WORDS_HEAD.match(text, pos)
        if match is not None:
            first = match[1].split(None, 1)[0]
            if first in _SHELL:
                end = pos + len(first)
                what = f"`{first}` cannot stand before a name"
                blanks = _BLANKS.match(text, end)
                fix = mend("delete it", True, (pos, blanks.end() if blanks else end, ""))
                self.problem("XL011", what, "delete it", pos, end, fix=fix)
                self.pos = end
                return None
            name = self.misnamed(match[1], pos, match.end(1))
            return self.setting(name, pos, match.end(1), match[2], match.start(2), match.end())
        match = _BAD_HEAD.match(text, pos)
        if match is not None:
            found, op = match[1], match[2]
            end = match.end(1)
            if mistakes.PLACEHOLDER.search(found):
                self.advise(mistakes.placeholder(found), pos, end)
                self.unknown = True
                name = found
            elif re.fullmatch(_NAME, found):
                name = found
            else:
                name = self.misnamed(found, pos, end)
            if op not in ("=", "+="):
                self.problem(
                    "XL017", f"{show(op)} cannot give a setting its value", "write `=`",
                    match.start(2), match.end(2),
                    fix=mend("write `=`", op in ("==", ":="), (match.start(2), match.end(2), "=")),
                )  # fmt: skip
            return self.setting(name, pos, end, op, match.start(2), match.end())
        match = _COLON_HEAD.match(text, pos)
        if match is not None:
            name = self.colon_name(match[1], pos, match.end() - 1)
            return self.setting(name, pos, match.end(1), "=", match.end() - 1, match.end())
        return self.no_operator(pos)

    def colon_name(self, found: str, start: int, colon: int) -> str:
        self.value_excused = True
        name = found if re.fullmatch(_NAME, found) else mistakes.legal_name(found)
        fix = None
        if name is not None:
            fix = mend(
                f"write `{name} =`", mistakes.is_known(name), (start, colon + 1, f"{name} =")
            )
        self.problem(
            "XL017",
            "a setting's value follows `=`, not `:`",
            f"write {show((name or found) + ' = ...')}",
            start if name != found or self.text[start] in "'\"" else colon,
            colon + 1,
            fix=fix,
        )
        if name is None:
            self.unknown = True
            return found
        return name

    def no_operator(self, pos: int) -> Token | None:
        """A line that gives no setting a value."""
        text = self.text
        naked = _NAKED_NAME.match(text, pos)
        if naked is not None:
            found = naked[1]
            name = mistakes.legal_name(found)
            known = name is not None and mistakes.is_known(name)
            if name is not None and _PLAIN_VALUE.match(text, naked.end()):
                self.problem(
                    "XL017",
                    f"there is no `=` between {show(found)} and its value",
                    f"write {show(name + ' = ')} before the value",
                    pos,
                    naked.end(1),
                    fix=mend(f"write `{name} =`", known, (pos, naked.end(), f"{name} = ")),
                )
                return self.setting(name, pos, naked.end(1), "=", naked.end(1), naked.end(1))
            start, line = self.take(self.eol())
            line = line.split("#", 1)[0].rstrip(" \t\r")
            end = start + len(line)
            words = _NAME_AND_TEXT.fullmatch(line)
            if line == found:
                self.problem(
                    "XL017",
                    f"{show(found)} has no value",
                    f"write {show((name or found) + ' = ...')}, or put `#` before it",
                    start,
                    end,
                )
                return None
            if words is not None and name is not None and known:
                value = words[2].strip(" \t")
                if not value.isdigit():
                    value = mistakes.in_quotes(value)
                self.problem(
                    "XL017",
                    f"there is no `=` between {show(found)} and its value",
                    f"write {show(name + ' = ' + value)}",
                    start,
                    end,
                    fix=mend("write it as a setting", False, (start, end, f"{name} = {value}")),
                )
                return None
        else:
            start, line = self.take(self.eol())
            end = start + max(len(line), 1)
            line = line or text[start]
        self.pos = max(self.pos, start + 1)
        self.problem(
            "XL001",
            f"{show(line)} is not a setting",
            "write `name = value`, or put `#` before a remark",
            start,
            end,
        )
        return None

    def string_line(self, quote: str) -> Token | None:
        """A string where a setting should begin."""
        text, pos = self.text, self.pos
        if text.startswith(quote * 3, pos):
            self.triple(quote)
            self.unknown = False
            self.skip_line()
            return None
        head = _QUOTED_HEAD.match(text, pos)
        if head is not None:
            if head[2] == ":":
                name = self.colon_name(head[1].strip("'\""), pos, head.end() - 1)
            else:
                name = self.misnamed(head[1], pos, head.end(1))
            return self.setting(name, pos, head.end(1), head[2], head.start(2), head.end())
        start, found = self.take(self.eol())
        self.problem(*mistakes.VALUE_ON_NEXT_LINE, start, start + len(found))
        return None

    def as_comment(self, pos: int) -> LazyFix:
        """The fix of another language's comment; of those that span lines there is none."""
        if self.text.startswith(("/*", "<!"), pos):
            return None
        if self.text.startswith("//", pos):
            return mend("begin the comment with `#`", True, (pos, pos + 2, "#"))
        return mend("begin the comment with `#`", True, (pos, pos, "# "))

    def foreign_comment(self) -> None:
        text, pos = self.text, self.pos
        self.problem(*mistakes.FOREIGN_COMMENT, pos, self.eol(), fix=self.as_comment(pos))
        self.skip_line()
        closing = {"/*": "*/", "<!": "-->"}.get(text[pos : pos + 2], "")
        if closing and closing not in self._said:
            end = text.find(closing, pos)
            if end < 0:
                self._said.add(closing)
            else:
                self.line += text.count("\n", self.pos, end)
                self.pos = max(self.pos, end + len(closing))
                self.skip_line()

    def block(self) -> None:
        """A Python statement with all that belongs to it."""
        text = self.text
        start = self.pos
        margin = start - (text.rfind("\n", 0, start) + 1)
        _, found = self.take(self.eol())
        end = start + len(found)
        code = found.split("#", 1)[0].rstrip(" \t")
        depth = _depth(code)
        body = code.endswith(":")
        while self.pos < self.size:
            # One more line: inside brackets, of the body, or a branch at the same margin.
            at = text.find("\n", self.pos) + 1
            if not 0 < at < self.size:
                break
            blanks = _BLANKS.match(text, at)
            first = blanks.end() if blanks else at
            stop = text.find("\n", first)
            stop = self.size if stop < 0 else stop
            line = text[first:stop].rstrip(" \t\r")
            if depth > 0:
                if first == at and _HEAD.match(line):
                    break
                depth += _depth(line)
            elif not line or line[0] == "#":
                if not body or first - at <= margin:
                    break
            elif not body or first - at < margin + (_PYTHON_BRANCH.match(line) is None):
                break
            self.line += 1
            self.pos = stop
            if line and line[0] != "#":
                end = first + len(line)
            self.steps += 1
        if text[self.pos - 1 : self.pos] == "\r":
            self.pos -= 1
        self.problem(*mistakes.PYTHON_CODE, start, end)


def _plain(body: str) -> str:
    """The text of a faulty string, as far as it can be told: legal escapes undone, up to a NUL."""
    nul = body.find("\0")
    if nul >= 0:
        body = body[:nul]
    if "\\" not in body:
        return body
    return _ESCAPE.sub(lambda m: _LEGAL_ESCAPES.get(m[1], "" if m[1] == "\n" else m[0]), body)


def _depth(line: str) -> int:
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
