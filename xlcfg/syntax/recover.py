"""Finds every mistake of a config that libxlutil refuses, each at its true place.

The same tables as the fast reader (`xlcfg.syntax.guest`), fed by a lexer that forgives: from the
parser's state it knows what may come next, makes of a mistake the token that was meant, and notes
a problem.  A missing comma or bracket is inserted, what cannot be understood is passed over to the
end of its item or line, and the setting it belongs to is left out of the document.

Runs in time linear in the text: no step goes back further than the start of its own token, and a
search that can fail for a whole line is not tried twice on that line.
"""

from __future__ import annotations

import re
from collections import deque

from xlcfg.syntax import mistakes
from xlcfg.syntax.guest import STACK_LIMIT, Aborts, EscapeError, store, unquote
from xlcfg.syntax.mistakes import quoted, show
from xlcfg.syntax.tables import xl_cfg as _t
from xlcfg.syntax.tree import Atom, Document, ListValue, Problem, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    #: terminal, semantic value, start, end
    Token = tuple[int, Any, int, int]

_END = 0
_IDENT = _t.LABELS.index("IDENT")
_NUMBER = _t.LABELS.index("NUMBER")
_STRING = _t.LABELS.index("STRING")
_NEWLINE = _t.LABELS.index("NEWLINE")
_EQUAL = _t.LABELS.index("=")
_PLUS_EQUAL = _t.LABELS.index("+=")
_SEMICOLON = _t.LABELS.index(";")
_OPEN = _t.LABELS.index("[")
_CLOSE = _t.LABELS.index("]")
_COMMA = _t.LABELS.index(",")

# What a state of the parser waits for.
_KEY, _OPERATOR, _VALUE, _ITEM, _ITEM_END, _SETTING_END = range(6)


def _mode(row: tuple[int, ...]) -> int:
    if row[_IDENT]:
        return _KEY
    if row[_EQUAL]:
        return _OPERATOR
    if row[_STRING]:
        return _ITEM if row[_NEWLINE] else _VALUE
    return _ITEM_END if row[_CLOSE] else _SETTING_END


_MODES = tuple(_mode(row) for row in _t.ACTIONS)

_BLANKS = re.compile(r"[ \t]*+")
_STRING_TOKEN = re.compile(_t.PATTERNS[_STRING])
#: The same, but a backslash also takes a newline along.
_FOLDED_STRING = re.compile(
    r"'[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+)*+'|\"[^\"\\\n]*+(?:\\[\s\S][^\"\\\n]*+)*+\""
)
#: A number that nothing sticks to, but for the last byte of the file (see _BAD_BYTE).
_NUMBER_TOKEN = re.compile(
    rf"{_t.PATTERNS[_NUMBER]}(?![0-9a-z]|[A-Z_.:/%$@{{<?~!^&|\\\x80-\xff-](?!\Z))"
)
_NUMBER_AND_UNIT = re.compile(r"[0-9]+[ \t]+[kmgtKMGT](?:i?[bB]|bytes?)?(?=[ \t\r]*(?:[;#\n]|\Z))")
#: Bytes that begin no token: a single one ending the file goes unnoticed in libxlutil.
_BAD_BYTE = re.compile(r"[^a-z0-9=;\[\],\n \t]")

_NAME = _t.PATTERNS[_IDENT]
_HEAD = re.compile(rf"({_NAME})[ \t]*+(\+?=)(?!=)")
_BAD_HEAD = re.compile(r"([^\s=;#'\"\[\](){},]+?)[ \t]*+([-+:?*/.|&^%!<>]?=|==)(?!=)")
_QUOTED_HEAD = re.compile(r"('[^'\n]*+'|\"[^\"\n]*+\")[ \t]*+(\+?=|:)")
_WORDS_HEAD = re.compile(r"([A-Za-z_][\w.-]*+(?:[ \t]++[A-Za-z_][\w.-]*+)++)[ \t]*+(\+?=)", re.ASCII)
_COLON_HEAD = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+:(?=[ \t\r\n'\"\[0-9]|\Z)", re.ASCII)
_NAKED_NAME = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+", re.ASCII)
_NAME_AND_TEXT = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]++(\S[^\n#;]*)", re.ASCII)
_SHELL = frozenset(("const", "declare", "export", "let", "local", "set", "var"))

_TYPOGRAPHIC = (
    "\xe2\x80[\x98-\x9f\xb2\xb3\xb5\xb6\xb9\xba]|\xc2[\xab\xbb\xb4]|\xef\xbc[\x82\x87]|[\x84\x91-\x94`]"
)
_OPENING = re.compile(_TYPOGRAPHIC)
_DOUBLE = "\xe2\x80[\x9c-\x9f\xb3\xb6]|\xc2[\xab\xbb]|\xef\xbc\x82|[\x84\x93\x94]"
_CLOSES_DOUBLE = re.compile(f'{_DOUBLE}|"')
_CLOSES_SINGLE = re.compile("\xe2\x80[\x98-\x9b\xb2\xb5\xb9\xba]|\xc2\xb4|\xef\xbc\x87|[\x91\x92`']")
_IS_DOUBLE = re.compile(_DOUBLE)

#: Something that is plainly a value.
_PLAIN_VALUE = re.compile(
    rf"['\"\[]|[0-9][0-9a-fx]*(?=[ \t]*(?:[\r\n;#]|\Z))|{_TYPOGRAPHIC}"
)
_FOLLOWS_STRING = re.compile(r"[ \t]*+(?:[\r\n,;#\[\](){}:=]|\Z)")
_PREFIXED = re.compile(r"[uUbBrRfF]{1,2}(?=['\"])")
#: The rest of a setting, quotes respected: up to `;`, a comment or the end of the line.
_REST = re.compile(r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\$\{#|[^\n;#'\"]|['\"])*+")
#: The rest of an item of a list.
_ITEM_REST = re.compile(r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\([^()\n]*+\)|[^\n;#'\",\[\](){}]|[{(]|['\"])*+")
_BARE_ITEM = re.compile(r"[ \t]*+,[ \t]*+([A-Za-z/_][^\n;#'\",\[\](){}]*+)(?=[,\]\r\n)])")

_PYTHON_STATEMENT = re.compile(
    r"import[ \t]+[\w.]|from[ \t]+[\w.]+[ \t]+import\b"
    r"|(?:def|class)[ \t]+\w|(?:if|elif|for|while|with)\b[^\n]*:|(?:else|try|finally|except)\b[^\n:]*:"
    r"|(?:print|exec|return|raise|assert|global|del|pass|break|continue)(?![\w.]|[ \t]*\+?=)"
    r"|@[A-Za-z_][\w.]*+(?!@)"
    r"|[A-Za-z_][\w.]*+[ \t]*+\(|[A-Za-z_][\w.]*+\[[^\]\n]*+\][ \t]*+\+?="
    r"|[A-Za-z_]\w*+(?:[ \t]*+,[ \t]*+[A-Za-z_]\w*+)++[ \t]*+=",
    re.ASCII,
)
_PYTHON_BRANCH = re.compile(r"(?:elif|else|except|finally)\b")
_PYTHON_OPERAND = re.compile(
    r"(?:\+|\*\*?|%|-|/|\.)[ \t]*+[\w'\"(]|(?:if|else|and|or|in|not|for|is)\b", re.ASCII
)
_SECTION = re.compile(r"\[[^\]\n'\"]*+\][ \t]*+(?=[\r\n#]|\Z)")
_FOREIGN_COMMENT = re.compile(r"//|/\*|--(?!\w)|<!--|(?:REM|rem)[ \t]|!")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_UNDERSCORED_BREAK = re.compile(r"\\[ \t]*+\r*+\n")
_CLOSERS = re.compile(r"[\])}](?:[ \t]*+[\])}])*+")
_COMMAS = re.compile(r",(?:[ \t]*+,)*+")
_ESCAPE = re.compile(r"\\([\s\S])")
_LEGAL_ESCAPES = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip

_PAIRS = {"[": "]", "(": ")", "{": "}"}
_BOM = "\xef\xbb\xbf"

#: How many lines a quote left open is looked for its partner in.
_STRING_LINES = 20


def recover(text: str, stop: Exception) -> Document:
    """The document of a refused text: its problems and the settings that could be understood.

    `stop` is what the fast reader raised.  Never raises; there is always at least one problem.
    """
    reader = Reader(text)
    reader.document.aborts = isinstance(stop, Aborts)
    if not reader.sniff():
        reader.read()
    reader.finish(getattr(stop, "offset", 0), str(getattr(stop, "reason", "")))
    return reader.document


class Reader:
    """One forgiving pass over `text`; `steps` counts tokens and repairs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)
        self.document = Document()
        self.steps = 0
        self.pos = 0
        self.line = 1
        self.states = [_t.START]
        self.values: list[Any] = [None]
        self.queue: deque[Token] = deque()
        self.latest: dict[str, Setting] = {}
        # The setting just read, until its line turns out to end well.
        self.pending: Setting | None = None
        # Nobody can tell the value of the setting being read.
        self.unknown = False
        # That its value is missing has been said.
        self.value_excused = False
        # The brackets open now: (character, offset, line).
        self.open: list[tuple[str, int, int]] = []
        self.trailing_comma = False
        # Where the last token ended, and the line that was on.
        self.last_start = 0
        self.last_end = 0
        self.last_line = 1
        self.name = ""
        self.name_start = 0
        # A list was closed for its writer, whose own bracket may still come.
        self.closed_early = False
        self._eol = -1
        self._no_partner = {"'": -1, '"': -1}
        self._no_triple = {"'": False, '"': False}
        self._said: set[str] = set()

    # -- problems ---------------------------------------------------------------------------------

    def problem(
        self, code: str, message: str, cure: str, start: int, end: int, opened: int | None = None
    ) -> None:
        self.document.problems.append(Problem(code, message, cure, start, end, opened))

    def once(self, code: str, message: str, cure: str, start: int, end: int) -> None:
        """A problem said only once per file."""
        if code not in self._said:
            self._said.add(code)
            self.problem(code, message, cure, start, end)

    def advise(self, advice: mistakes.Advice, start: int, end: int) -> None:
        self.problem(advice.code, advice.message, advice.help, start, end)

    def finish(self, offset: int, reason: str) -> None:
        """Sorts the problems, and makes sure that there is one where libxlutil stopped, or before.

        `offset` and `reason` are those of the fast reader's refusal.
        """
        problems = self.document.problems
        problems.sort(key=lambda p: (p.start, p.end))
        kept: list[Problem] = []
        for problem in problems:
            problem.start = min(problem.start, self.size)
            problem.end = max(problem.start, min(problem.end, self.size))
            if not kept or kept[-1].start != problem.start:
                kept.append(problem)
        if not kept or kept[0].start > offset:
            start = min(offset, self.size)
            kept.insert(0, self._refusal(start, reason))
        self.document.problems = kept

    def _refusal(self, start: int, reason: str) -> Problem:
        end = min(start + 1, self.size)
        if reason == "depth":
            return Problem("XL019", _TOO_DEEP, _TOO_DEEP_HELP, start, end)
        found = f"xl cannot read {show(self.text[start:end])} here" if start < end else _ENDS
        return Problem("XL001", found, "write one `name = value` on each line", start, end)

    # -- what kind of file it is ------------------------------------------------------------------

    def sniff(self) -> bool:
        """Whether the text is no config at all, which is then its one problem."""
        text = self.text
        if text.startswith(("\xff\xfe", "\xfe\xff")) or re.match(
            r"(?:[^\0]\0){2,}|(?:\0[^\0]){2,}", text
        ):
            self.problem(
                "XL003",
                "The file is UTF-16, which xl cannot read",
                "save it as UTF-8 without byte order mark: `iconv -f UTF-16 -t UTF-8`",
                0,
                min(2, self.size),
            )
            return True
        bad = _CONTROL.search(text)
        if bad is not None:
            head = text[:4096]
            many = len(_CONTROL.findall(head))
            if text.startswith(("\x7fELF", "\x1f\x8b", "PK\x03\x04", "\x89PNG")) or (
                many >= 8 and many * 10 > len(head)
            ):
                self.problem(
                    "XL021",
                    "This is a binary file, not a guest config",
                    "name the text file that has the settings",
                    bad.start(),
                    bad.end(),
                )
                return True
        start = re.match(r"(?:\xef\xbb\xbf)?\s*", text)
        at = start.end() if start else 0
        if re.compile(r"<(?:\?xml|!DOCTYPE|domain\b)").match(text, at):
            self.problem(
                "XL001",
                "This is XML, not an xl guest config",
                "convert a libvirt domain with `virsh domxml-to-native xen-xl FILE`",
                at,
                at + 1,
            )
            return True
        if re.compile(r"\{\s*(?:\"[^\"\n]*\"\s*:|\}\s*\Z)").match(text, at):
            self.problem(
                "XL001",
                "This is JSON, not an xl guest config",
                "write one `name = value` on each line, without the braces around all",
                at,
                at + 1,
            )
            return True
        return False

    # -- the parser -------------------------------------------------------------------------------

    def read(self) -> None:
        """Reads the whole text."""
        if self.text.startswith(_BOM):
            self.problem(
                "XL003",
                "The file begins with a byte order mark, which xl cannot read",
                "save it as UTF-8 without BOM: `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`",
                0,
                len(_BOM),
            )
            self.pos = len(_BOM)
        while True:
            self.reduce_defaults()
            token, value, start, end = self.next(_MODES[self.states[-1]])
            self.steps += 1
            if not self.shift(token, value, start, end):
                if token == _END:
                    break
                # The lexer gives only what the tables want, so this is a net, not a road.
                self.problem("XL001", *_unexpected(self.text[start:end]), start, end)
                self.skip_line()
                self.drop()
        self.store()

    def reduce_defaults(self) -> None:
        while (rule := _t.DEFAULTS[self.states[-1]]) >= 0:
            self.reduce(rule, self.pos)

    def shift(self, token: int, value: Any, start: int, end: int) -> bool:
        """Feeds one token to the tables; False at the end of the text, or where none is."""
        states = self.states
        while True:
            state = states[-1]
            rule = _t.DEFAULTS[state]
            if rule < 0:
                action = _t.ACTIONS[state][token]
                if action >= 0:
                    break
                rule = -1 - action
            self.reduce(rule, start)
        if action == 0:
            return False
        states.append(action)
        self.values.append(end if value is None else value)
        if len(states) >= STACK_LIMIT:
            self.once("XL019", _TOO_DEEP, _TOO_DEEP_HELP, start, end)
        if token == _NEWLINE:
            if end - start > 1 and self.text[start] == "#":
                self.document.comments.append((start, end - 1))
            self.line += 1
        elif end > start:
            self.last_start, self.last_end, self.last_line = start, end, self.line
        if action and _MODES[action] == _KEY and token in (_NEWLINE, _SEMICOLON):
            self.store()
        return True

    def reduce(self, rule: int, start: int) -> None:
        target, length, name = _t.RULES[rule]
        values = self.values
        result: Any = None
        if not name:
            if length == 1:
                result = values[-1]
        elif name == "assign" or name == "append":
            self.assign(values[-1], "=" if name == "assign" else "+=", values[-3])
        elif name == "first_item":
            result = [values[-2]]
        elif name == "next_item":
            result = values[-5]
            result.append(values[-2])
        elif name == "close_list":
            result = self.close_list(*values[-4:])
        elif name == "trailing_comma":
            result = values[-3]
            self.trailing_comma = True
        if length:
            del self.states[-length:]
            del values[-length:]
        elif len(self.states) >= STACK_LIMIT - 1:
            self.once("XL019", _TOO_DEEP, _TOO_DEEP_HELP, start, min(start + 1, self.size))
        self.states.append(_t.GOTOS[self.states[-1]][target])
        values.append(result)

    def assign(self, value: Any, op: str, name: tuple[str, int, int]) -> None:
        if self.unknown:
            return
        line = value.open_line if value.is_list else value.line
        end = max(value.end, name[2])
        self.pending = Setting(name[0], op, value, name[1], name[2], end, line)

    def close_list(self, begin: tuple[int, int], _: Any, items: Any, end: int) -> Any:
        bracket = self.open.pop()[0] if self.open else "["
        trailing, self.trailing_comma = self.trailing_comma, False
        if bracket == "(" and items and len(items) == 1 and not trailing:
            # (x) is x in Python; only (x,) is a tuple.
            return items[0]
        start, open_line = begin
        if not items:
            return ListValue([], start, end, self.line, open_line)
        first = items[0]
        line = first.open_line if first.is_list else first.line
        return ListValue(items, start, end, line, open_line)

    def store(self) -> None:
        """The line of a setting has ended."""
        setting, self.pending = self.pending, None
        self.unknown = self.value_excused = False
        if setting is None:
            return
        before = self.latest.get(setting.name)
        if store(self.document, self.latest, setting):
            return
        assert before is not None
        kinds = ("a list", "a single value") if before.value.is_list else ("a single value", "a list")
        cure = f"make both lists or both strings, or use `=` to replace the value of line {before.line}"
        self.problem(
            "XL020",
            f"`+=` cannot join {kinds[1]} to `{setting.name}`, which is {kinds[0]}",
            cure,
            setting.start,
            setting.end,
        )

    def drop(self) -> None:
        """Panic: forgets the setting being read."""
        while _MODES[self.states[-1]] != _KEY and len(self.states) > 1:
            self.states.pop()
            self.values.pop()
        self.queue.clear()
        self.open.clear()
        self.pending = None
        self.unknown = self.value_excused = False

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
                elif mode == _KEY:
                    token = self.key()
                elif mode == _SETTING_END:
                    token = self.setting_end(char)
                elif mode == _ITEM_END:
                    token = self.item_end(char)
                else:
                    token = self.value(mode, char)
            if token is not None:
                return token

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
        if mode == _ITEM or mode == _ITEM_END:
            self.unclosed("")
            return None
        if mode == _VALUE:
            return self.no_value()
        return _END, None, self.size, self.size

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
        return _STRING, Atom("", start, end, self.line, True), start, end

    def atom(self, text: str, start: int, end: int, quotes: bool) -> Token:
        kind = _STRING if quotes else _NUMBER
        return kind, Atom(text, start, end, self.line, quotes), start, end

    def newline(self, mode: int) -> Token | None:
        text, pos = self.text, self.pos
        if text[pos] == "#":
            end = text.find("\n", pos)
            if end < 0:
                self.document.comments.append((pos, self.size))
                self.problem(
                    "XL008",
                    "The file ends in a comment without a newline, which xl refuses",
                    "end the last line with a newline",
                    pos,
                    self.size,
                )
                self.pos = self.size
                return None
        else:
            end = pos
        if mode == _VALUE:
            following = re.compile(r"\s*").match(text, end + 1) if not self.value_excused else None
            # Somebody may have put the value on a line of its own.
            at = following.end() if following else self.size
            if following is not None and at < self.size and text[at] in "'\"[" and at - end < 400:
                self.problem(
                    "XL010",
                    f"The value of {show(self.name)} is not on its line",
                    "write name, `=` and the beginning of the value on one line",
                    self.name_start,
                    self.last_end,
                )
                self.line += text.count("\n", pos, at)
                self.pos = at
                return None
            return self.no_value()
        self.pos = end + 1
        return _NEWLINE, None, pos, end + 1

    def common(self, mode: int, char: str) -> Token | None:
        """Bytes that mean the same wherever they stand."""
        text, pos = self.text, self.pos
        if char == "\\":
            fold = _UNDERSCORED_BREAK.match(text, pos)
            if fold is None:
                return self.junk(mode)
            self.problem(
                "XL010",
                "xl has no line continuation",
                "write it all on one line; inside `[ ]` leave out the `\\`",
                pos,
                pos + 1,
            )
            self.line += 1
            self.pos = fold.end()
            if mode == _SETTING_END:
                # What the next line adds to the value goes the way of this line.
                rest = _BLANKS.match(text, self.pos)
                at = rest.end() if rest else self.pos
                if at < self.size and text[at] in "'\"+,%":
                    self.take(self.rest())
                    self.unknown, self.pending = True, None
            return None
        end = pos + 1
        while end < self.size and text[end] == char:
            end += 1
        self.pos = end
        if char == "\r":
            if end < self.size and text[end] == "\n":
                self.once(
                    "XL002",
                    "The lines end in CR LF, as on Windows, which xl cannot read",
                    "convert the file: `sed -i 's/\\r$//' FILE` or `dos2unix FILE`",
                    pos,
                    end,
                )
                return None
            self.once(
                "XL002",
                "A CR byte stands where xl expects a newline",
                "end lines with LF alone: `tr '\\r' '\\n' < FILE`",
                pos,
                end,
            )
            if mode in (_KEY, _SETTING_END):
                return _SEMICOLON, None, end, end
        elif char == "\0":
            self.problem("XL015", "There is a NUL byte in the file", "delete it", pos, end)
        elif char == "\xa0" or char == "\xc2":
            if char == "\xc2" and text[end : end + 1] != "\xa0":
                self.pos = pos
                return self.other(mode)
            if char == "\xc2":
                self.pos = end = end + 1
            self.problem(
                "XL001", "There is a no-break space, which xl cannot read", "write a plain blank",
                pos, end,
            )  # fmt: skip
        else:
            self.problem(
                "XL001",
                f"There is a control character {show(char)}, which xl cannot read",
                "delete it or write a plain blank",
                pos,
                end,
            )
        return None

    def other(self, mode: int) -> Token | None:
        """`next` without the bytes of `common`."""
        char = self.text[self.pos]
        if mode == _KEY:
            return self.key()
        if mode == _SETTING_END:
            return self.setting_end(char)
        if mode == _ITEM_END:
            return self.item_end(char)
        return self.value(mode, char)

    def junk(self, mode: int) -> Token | None:
        """Nothing known: says so and passes over the rest of the item, setting or line."""
        start, found = self.take(self.rest(mode))
        if not found:
            self.pos = start + 1
            found = self.text[start]
        self.problem("XL001", *_unexpected(found), start, start + len(found))
        if mode == _VALUE or mode == _ITEM:
            return self.dummy(start, self.pos)
        if mode == _ITEM_END:
            self.unknown = True
        return None

    def rest(self, mode: int = _SETTING_END) -> int:
        """Where what begins at `pos` ends: an item in a list, else a setting, or a whole line."""
        if mode == _KEY:
            return self.eol()
        pattern = _ITEM_REST if mode == _ITEM or mode == _ITEM_END else _REST
        match = pattern.match(self.text, self.pos)
        return match.end() if match else self.pos

    # -- values -----------------------------------------------------------------------------------

    def value(self, mode: int, char: str) -> Token | None:
        text, pos = self.text, self.pos
        if mode == _ITEM:
            if char == "]" or char == ")" or char == "}":
                return self.closer(char)
            if char == "," or char == ";":
                return self.empty_slot(char)
            if self.left_open():
                return None
        if char == "[":
            return self.opener(char)
        if char == "'" or char == '"':
            return self.string(mode)
        if char in "0123456789":
            match = _NUMBER_TOKEN.match(text, pos)
            if match is not None and not _NUMBER_AND_UNIT.match(text, pos):
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
            self.problem("XL017", "There is one `=` too many", "write a single `=`", pos, pos + 1)
            return None
        if char in "]),}":
            return self.junk(mode)
        return self.bare(mode)

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
        return _OPEN, (pos, self.line), pos, pos + 1

    def closer(self, char: str) -> Token:
        pos = self.pos
        mine = self.open[-1][0] if self.open else "["
        if char != "]" and _PAIRS[mine] != char:
            self.problem(
                "XL018",
                f"`{char}` does not close `{mine}`",
                f"write `{_PAIRS[mine]}`" if mine == "[" else "write `[ ... ]`",
                pos,
                pos + 1,
            )
        self.pos = pos + 1
        return _CLOSE, None, pos, pos + 1

    def empty_slot(self, char: str) -> None:
        pos = self.pos
        match = _COMMAS.match(self.text, pos)
        self.pos = match.end() if match else pos + 1
        if char == ";":
            self.problem(
                "XL016", "`;` cannot stand in a list", "separate items by `,`", pos, self.pos
            )
        else:
            self.problem(
                "XL016", "A list item is missing before this comma", "delete the comma", pos, self.pos
            )

    def left_open(self) -> bool:
        """Whether a setting begins here, inside a list: closes the list then."""
        text, pos = self.text, self.pos
        if text[pos] not in _SMALL:
            return False
        head = _HEAD.match(text, pos)
        if head is None:
            return False
        at = _BLANKS.match(text, head.end())
        plain = _PLAIN_VALUE.match(text, at.end() if at else head.end()) is not None
        margin = pos == 0 or text[pos - 1] == "\n"
        known = mistakes.is_known(head[1])
        if not ((known and (plain or margin)) or (margin and plain)):
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
            message += f", nor are {count - 1} brackets inside it"
        self.problem(
            "XL006", message, f"write `{closing * min(count, 8)}` {where}{before}",
            offset, offset + 1, offset,
        )  # fmt: skip
        close: Token = (_CLOSE, self.last_end, self.last_end, self.last_end)
        self.queue.extend([close] * count)
        if following:
            self.queue.append((_SEMICOLON, None, self.pos, self.pos))
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
                cure = "xl drops such numbers even where it accepts them; write the character itself"
            elif bad.kind == "hex":
                what = "`\\x` is not an escape xl can read"
                cure = "write the character itself"
            elif char in " \t":
                what = "A backslash cannot stand before a blank"
                cure = "delete the backslash"
            else:
                what = f"{show(chr(92) + char)} is not an escape xl can read"
                cure = f"write {show(chr(92) * 2 + char)} for a backslash"
            cure += "; escapes are \\\\ \\' \\\" \\a \\b \\f \\n \\r \\t \\v"
            self.problem("XL014", what, cure, at, min(at + 2, start + len(raw)))
        except Aborts as bad:
            at = start + bad.offset
            what = "There is a NUL byte in this string"
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
        if mode == _ITEM:
            body = raw.rstrip(" \t")
            if body.endswith(","):
                # 'a, 'b': the quote behind a is missing
                cut = pos + len(body)
                self.pos = cut
                body = body[:-1]
                self.problem(
                    "XL007",
                    "The closing quote of this string is missing",
                    f"write {show(quote + body + quote)}",
                    pos,
                    cut,
                    pos,
                )
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
            f"The string ends at this {quote}, but its text goes on",
            cure,
            end - 1,
            end,
            pos,
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
        self.problem(
            "XL009",
            "xl has no strings in three quotes",
            "write one quote on each side, and all on one line",
            pos,
            min(stop, self.eol()),
        )
        token = self.atom(_plain(text[pos + 3 : end]), pos, stop, True)
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
            self.problem(
                "XL010",
                "A string cannot go on in the next line",
                "write it all on one line",
                stop - 1,
                stop,
                pos,
            )
            raw = text[pos : folded.end()]
            token = self.atom(_plain(raw[1:-1]), pos, folded.end(), True)
            self.line += raw.count("\n")
            self.pos = folded.end()
            return token
        match = _OPENING.search(text, pos + 1, stop)
        if match is not None and match[0] != "`" and (mode == _VALUE or match.end() == stop
                                 or text[match.end()] in " \t,])"):  # fmt: skip
            body = text[pos + 1 : match.start()]
            self.typographic_problem(pos, match.end(), body)
            self.pos = match.end()
            return self.atom(_plain(body), pos, self.pos, True)
        last = self.closing_line(quote, stop)
        if last:
            self.problem(
                "XL007",
                "This string goes on in the next line, which xl cannot read",
                "write it all on one line",
                pos,
                stop,
                pos,
            )
            token = self.atom(_plain(text[pos + 1 : last]), pos, last + 1, True)
            self.line += text.count("\n", pos, last)
            self.pos = last + 1
            return token
        end = self.tail(pos + 1, stop, mode)
        found = text[pos + 1 : end]
        self.problem(
            "XL007",
            "This string is never closed",
            f"write {show(quote + found + quote)}" if found else "delete the quote",
            pos,
            end,
            pos,
        )
        self.pos = end
        return self.atom(_plain(found), pos, end, True)

    def tail(self, start: int, stop: int, mode: int) -> int:
        """Where a string without closing quote ends: before the brackets or comma of its list."""
        text = self.text
        found = text[start:stop].rstrip(" \t")
        if mode == _ITEM or mode == _ITEM_END:
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
        )

    def bare(self, mode: int) -> Token | None:
        """Text without quotes in place of a value."""
        text, pos = self.text, self.pos
        prefix = _PREFIXED.match(text, pos)
        if prefix is not None and _STRING_TOKEN.match(text, prefix.end()):
            self.problem(
                "XL009",
                f"A Python prefix {show(prefix[0])} cannot stand before a string",
                "write the string alone",
                pos,
                prefix.end(),
            )
            self.pos = prefix.end()
            return None
        start, found = self.take(self.rest(mode))
        if not found:
            self.pos = start
            return self.junk(mode)
        if found[-1] in "'\"" and found.count(found[-1]) == 1 and found[-2:-1] not in ("=", ""):
            body = found[:-1]
            self.pos = end = start + len(found)
            self.problem(
                "XL007",
                "The opening quote of this string is missing",
                f"write {show(found[-1] + found)}",
                start,
                end,
            )
            return self.atom(_plain(body), start, end, True)
        if mode == _ITEM:
            while more := _BARE_ITEM.match(text, self.pos):
                self.pos = more.end()
                found = text[start : self.pos].rstrip(" \t\r")
        end = start + len(found)
        name = self.name if mode == _VALUE else ""
        odd = found[0] in "[](){}=,;" or _FOREIGN_COMMENT.match(found)
        if odd and not mistakes.PLACEHOLDER.match(found):
            self.problem("XL001", *_unexpected(found), start, end)
            return self.dummy(start, end)
        advice = mistakes.bare(found, name)
        self.advise(advice, start, end)
        if advice.value is None:
            return self.dummy(start, end)
        return self.atom(advice.value, start, end, advice.code == "XL005")

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
            return _SEMICOLON, None, pos, pos + 1
        if char in "])}":
            match = _CLOSERS.match(text, pos)
            self.pos = match.end() if match else pos + 1
            self.stray_closer(pos)
            return None
        if _HEAD.match(text, pos):
            self.problem(
                "XL024",
                "A new setting begins in the middle of a line",
                "begin a new line, or write `;` before it",
                pos,
                pos + 1,
            )
            return _SEMICOLON, None, pos, pos
        if char == ",":
            return self.tuple_tail()
        if char == "'" or char == '"' or _OPENING.match(text, pos):
            return self.second_string(_SETTING_END)
        if _FOREIGN_COMMENT.match(text, pos):
            self.problem("XL001", *_FOREIGN, pos, self.eol())
            self.skip_line()
            return None
        if _PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest())
            self.advise(mistakes.python(found), start, start + len(found))
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
        self.problem("XL018", f"{show(found)} closes nothing", "delete it", start, self.pos)

    def tuple_tail(self) -> None:
        """A comma behind the value of a setting."""
        text = self.text
        start, found = self.take(self.rest())
        if not found.strip(", \t"):
            at = _AFTER_LINE.match(text, self.pos)
            if at is None or text[at.end() : at.end() + 1] not in ("'", '"'):
                self.problem(
                    "XL016", "A comma cannot end a setting", "delete it", start, start + len(found)
                )
                return
        begin = self.last_start
        self.problem(
            "XL022",
            f"{show(self.name)} has several values without brackets",
            "write a list as `[ ... ]`, or one string in quotes with the commas inside",
            begin,
            max(start + len(found), begin),
        )
        self.spoil()
        while found.endswith(","):
            at = _AFTER_LINE.match(text, self.pos)
            if at is None or text[at.end() : at.end() + 1] not in ("'", '"'):
                return
            self.line += 1
            self.pos = at.end()
            _, found = self.take(self.rest())

    def second_string(self, mode: int) -> Token | None:
        """A string behind a value with no comma between."""
        text, pos = self.text, self.pos
        if text[pos] in "'\"" and pos == self.last_end and not _STRING_TOKEN.match(text, pos):
            self.pos = pos + 1
            self.problem(
                "XL007",
                "This quote opens a string that is never closed",
                "delete it: the string before it is complete",
                pos,
                pos + 1,
                pos,
            )
            if mode == _SETTING_END:
                self.take(self.rest())
            return None
        if mode == _ITEM_END:
            self.problem(
                "XL016",
                "A comma is missing behind this item",
                "write `,` between the items of a list",
                self.last_start,
                self.last_end,
            )
            return _COMMA, None, pos, pos
        start, found = self.take(self.rest())
        self.problem(
            "XL016",
            "Two strings cannot stand side by side",
            "write them as one string, or as a list `[ ..., ... ]`",
            start,
            start + len(found),
        )
        self.spoil()
        return None

    def item_end(self, char: str) -> Token | None:
        """Behind an item of a list."""
        text, pos = self.text, self.pos
        if char == ",":
            self.pos = pos + 1
            return _COMMA, None, pos, pos + 1
        if char == "]" or char == ")" or char == "}":
            return self.closer(char)
        if self.left_open():
            return None
        if char == ":" and self.open[-1][0] == "{":
            self.pos = pos + 1
            return _COMMA, None, pos, pos + 1
        if char == ";":
            at = _BLANKS.match(text, pos + 1)
            head = _HEAD.match(text, at.end() if at else pos + 1)
            if head is not None:
                self.pos = pos + 1
                self.unclosed(head[1])
                return None
            self.pos = pos + 1
            self.problem("XL016", "`;` cannot stand in a list", "separate items by `,`", pos, pos + 1)
            return _COMMA, None, pos, pos + 1
        if _PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest(_ITEM_END))
            self.advise(mistakes.python(found or char), start, start + max(len(found), 1))
            self.pos = max(self.pos, start + 1)
            self.spoil()
            return None
        if char in "'\"[({" or _OPENING.match(text, pos):
            return self.second_string(_ITEM_END)
        if char in _WORD and (pos > self.last_end or char in "0123456789"):
            return self.second_string(_ITEM_END)
        start, found = self.take(self.rest(_ITEM_END))
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
        kind = _PLUS_EQUAL if op == "+=" else _EQUAL
        self.queue.append((kind, None, op_start, op_end))
        return _IDENT, (name, start, end), start, end

    def misnamed(self, found: str, start: int, end: int) -> str:
        """The name meant by an illegal one, after saying so."""
        name = mistakes.legal_name(found.strip("'\""))
        cure = f"write `{name}`" if name else "a name is a small letter, then small letters, digits, _ ."
        self.problem("XL011", mistakes.name_fault(found), cure, start, end)
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
            return _SEMICOLON, None, pos, pos + 1
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
            self.problem(
                "XL001", "xl has no sections", "delete the line", start, start + len(found)
            )
            return None
        return self.bad_head(pos)

    def bad_head(self, pos: int) -> Token | None:
        text = self.text
        match = _WORDS_HEAD.match(text, pos)
        if match is not None:
            first = match[1].split(None, 1)[0]
            if first in _SHELL:
                end = pos + len(first)
                self.problem("XL011", f"`{first}` cannot stand before a name", "delete it", pos, end)
                self.pos = end
                return None
            name = self.misnamed(match[1], pos, match.end(1))
            return self.setting(name, pos, match.end(1), match[2], match.start(2), match.end())
        match = _BAD_HEAD.match(text, pos)
        if match is not None and not (match[2] == ":=" and False):
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
                )  # fmt: skip
            return self.setting(name, pos, end, op, match.start(2), match.end())
        match = _COLON_HEAD.match(text, pos)
        if match is not None:
            name = self.colon_name(match[1], pos, match.end(1), match.end() - 1)
            return self.setting(name, pos, match.end(1), "=", match.end() - 1, match.end())
        return self.no_operator(pos)

    def colon_name(self, found: str, start: int, end: int, colon: int) -> str:
        self.value_excused = True
        name = found if re.fullmatch(_NAME, found) else mistakes.legal_name(found)
        self.problem(
            "XL017",
            "A setting's value follows `=`, not `:`",
            f"write {show((name or found) + ' = ...')}",
            colon if self.text[colon - 1] not in "'\"" and name == found else start,
            colon + 1,
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
            if name is not None and _PLAIN_VALUE.match(text, naked.end()):
                self.problem(
                    "XL017",
                    f"There is no `=` between {show(found)} and its value",
                    f"write {show(name + ' = ')} before the value",
                    pos,
                    naked.end(1),
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
            if words is not None and name is not None and mistakes.is_known(name):
                value = words[2].strip(" \t")
                shown = value if value.isdigit() else quoted(value)[1:-1]
                self.problem(
                    "XL017",
                    f"There is no `=` between {show(found)} and its value",
                    f"write {show(name + ' = ' + shown)}",
                    start,
                    end,
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
                name = self.colon_name(head[1].strip("'\""), pos, head.end(1), head.end() - 1)
            else:
                name = self.misnamed(head[1], pos, head.end(1))
            return self.setting(name, pos, head.end(1), head[2], head.start(2), head.end())
        start, found = self.take(self.eol())
        self.problem(
            "XL010",
            "A value cannot go on in the next line",
            "write it on the line of its setting; only a list `[ ... ]` spans lines",
            start,
            start + len(found),
        )
        return None

    def foreign_comment(self) -> None:
        text, pos = self.text, self.pos
        self.problem("XL001", *_FOREIGN, pos, self.eol())
        self.skip_line()
        closing = "*/" if text.startswith("/*", pos) else "-->" if text.startswith("<!--", pos) else ""
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
            elif body and first - at > margin:
                pass
            elif body and first - at == margin and _PYTHON_BRANCH.match(line):
                pass
            else:
                break
            self.line += 1
            self.pos = stop
            if line and line[0] != "#":
                end = first + len(line)
            self.steps += 1
        if text[self.pos - 1 : self.pos] == "\r":
            self.pos -= 1
        self.problem(
            "XL009",
            "This is Python code, which xl does not run",
            "write the settings it would give, each as `name = value`",
            start,
            end,
        )


_TOO_DEEP = "Lists are nested too deep for xl"
_TOO_DEEP_HELP = "xl reads about 2000 levels, or 4996 when each list is the first item of its list"
_ENDS = "The file ends too early"
_FOREIGN = ("This is no comment to xl", "begin a comment with `#`")
_COMMON = frozenset("\\\r\0\x0b\x0c\xa0\xc2" + "".join(map(chr, (*range(1, 9), *range(14, 32), 127))))
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/<$@%")
_PARTNER_FOLLOWS = re.compile(r"[ \t\r]*+(?:[\n,;#\])}]|\Z)")
_AFTER_LINE = re.compile(r"[ \t\r]*+(?:#[^\n]*+)?\n[ \t]*+")


def _unexpected(found: str) -> tuple[str, str]:
    return f"xl cannot read {show(found)} here", "delete it, or put text in quotes"


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
