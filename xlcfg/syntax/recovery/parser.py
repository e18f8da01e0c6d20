"""Finds every mistake of a config that libxlutil refuses, each at its true place.

The same tables as the fast reader (`xlcfg.syntax.guest`), fed by the recovering lexer of
`xlcfg.syntax.recovery.lexer`. What cannot be understood is passed over to the end of its item or
line, and the setting it belongs to is left out of the document.
"""

from __future__ import annotations

import re

from xlcfg.syntax.recovery.advice import shown
from xlcfg.syntax.recovery.fixes import fix_utf16, make_fix
from xlcfg.syntax.recovery.lexer import Lexer
from xlcfg.syntax.recovery.patterns import END, KEY, MODES, NEWLINE, SEMICOLON
from xlcfg.syntax.tables import xl_cfg as _t
from xlcfg.syntax.tree import (
    STACK_LIMIT,
    Aborts,
    Document,
    ListValue,
    Mistake,
    Problem,
    Setting,
    store,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ACTIONS = _t.ACTIONS
_DEFAULTS = _t.DEFAULTS
_GOTOS = _t.GOTOS
_RULES = _t.RULES

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_UTF16 = re.compile(r"(?:[^\0]\0){2,}|(?:\0[^\0]){2,}")
_XML = re.compile(r"(?:\xef\xbb\xbf)?\s*+<(?:\?xml|!DOCTYPE|domain\b)")
_JSON = re.compile(r"(?:\xef\xbb\xbf)?\s*+\{\s*+(?:\"[^\"\n]*\"\s*:|\}\s*\Z)")
_MAGIC = ("\x7fELF", "\x1f\x8b", "PK\x03\x04", "\x89PNG")
_BOM = "\xef\xbb\xbf"


def recover(text: str, stop: Exception) -> Document:
    """The document of a refused text: its problems and the settings that could be understood.

    `stop` is what the fast reader raised.  Never raises; there is always at least one problem.
    """
    parser = Parser(text)
    parser.document.aborts = isinstance(stop, Aborts)
    if not parser.sniff():
        parser.read()
    parser.finish(getattr(stop, "offset", 0), str(getattr(stop, "reason", "")))
    return parser.document


class Parser(Lexer):
    """One recovering pass over a text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.states = [_t.START]
        self.values: list[Any] = [None]
        self.latest: dict[str, Setting] = {}
        self.trailing_comma = False

    def finish(self, offset: int, reason: str) -> None:
        """Sorts the problems, and makes sure that there is one where libxlutil stopped, or before.

        `offset` and `reason` are those of the fast reader's refusal.
        """
        problems = self.document.problems
        problems.sort(key=lambda p: (p.start, p.end))
        kept: list[Mistake | Problem] = []
        for problem in problems:
            problem.start = min(problem.start, self.size)
            problem.end = max(problem.start, min(problem.end, self.size))
            if not kept or kept[-1].start != problem.start:
                kept.append(problem)
        if not kept or kept[0].start > offset:
            start = min(offset, self.size)
            kept.insert(0, self._refusal(start, reason))
        self.document.problems = kept

    def _refusal(self, start: int, reason: str) -> Mistake:
        end = min(start + 1, self.size)
        if reason == "depth":
            return Mistake("XL019", "depth.lists", {}, start, end)
        if start == end:
            return Mistake("XL001", "syntax.ends-early", {}, start, end)
        facts: dict[str, object] = {"found": shown(self.text[start:end])}
        return Mistake("XL001", "syntax.refused", facts, start, end)

    # -- what kind of file it is ------------------------------------------------------------------

    def sniff(self) -> bool:
        """Whether the text is no config at all, which is then its one problem."""
        text = self.text
        if text.startswith(("\xff\xfe", "\xfe\xff")) or _UTF16.match(text):
            self.problem("XL003", "mark.utf-16", 0, min(2, self.size), fix=fix_utf16(text))
            return True
        bad = _CONTROL.search(text)
        if bad is not None:
            head = text[:4096]
            many = len(_CONTROL.findall(head))
            if text.startswith(_MAGIC) or (many >= 8 and many * 10 > len(head)):
                self.problem("XL021", "file.binary", bad.start(), bad.end())
                return True
        for pattern, kind in ((_XML, "syntax.xml"), (_JSON, "syntax.json")):
            match = pattern.match(text)
            if match is not None:
                at = text.index(match[0].lstrip(_BOM + " \t\r\n\v\f")[0])
                self.problem("XL001", kind, at, at + 1)
                return True
        return False

    # -- the parser -------------------------------------------------------------------------------

    def read(self) -> None:
        """Reads the whole text."""
        if self.text.startswith(_BOM):
            fix = make_fix("delete the mark", True, (0, len(_BOM), ""))
            self.problem("XL003", "mark.utf-8", 0, len(_BOM), fix=fix)
            self.pos = len(_BOM)
        while True:
            self.reduce_defaults()
            token, value, start, end = self.next(MODES[self.states[-1]])
            self.steps += 1
            if not self.shift(token, value, start, end):
                if token == END:
                    break
                # The lexer gives only what the tables want, so this should never be needed.
                self.unexpected(self.text[start:end], start)
                self.skip_line()
                self.drop()
        self.store()

    def reduce_defaults(self) -> None:
        """Reduces where no look at the next token is needed, as bison does."""
        while (rule := _DEFAULTS[self.states[-1]]) >= 0:
            self.reduce(rule, self.pos)

    def shift(self, token: int, value: Any, start: int, end: int) -> bool:
        """Feeds one token to the tables; False at the end of the text, or where none is."""
        states = self.states
        while True:
            state = states[-1]
            rule = _DEFAULTS[state]
            if rule < 0:
                action = _ACTIONS[state][token]
                if action >= 0:
                    break
                rule = -1 - action
            self.reduce(rule, start)
        if action == 0:
            return False
        states.append(action)
        self.values.append(end if value is None else value)
        if len(states) >= STACK_LIMIT:
            self.once("XL019", "depth.lists", start, end)
        if token == NEWLINE:
            if end - start > 1 and self.text[start] == "#":
                self.document.comments.append((start, end - 1))
            self.line += 1
        elif end > start:
            self.last_start, self.last_end, self.last_line = start, end, self.line
        if action and MODES[action] == KEY and token in (NEWLINE, SEMICOLON):
            self.store()
        return True

    def reduce(self, rule: int, start: int) -> None:
        """Reduces by a rule; `start` is where the next token begins."""
        target, length, name = _RULES[rule]
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
            self.once("XL019", "depth.lists", start, min(start + 1, self.size))
        self.states.append(_GOTOS[self.states[-1]][target])
        values.append(result)

    def assign(self, value: Any, op: str, name: tuple[str, int, int]) -> None:
        """Notes a setting; it is stored when its line turns out to end well."""
        if self.unknown:
            return
        line = value.open_line if value.is_list else value.line
        end = max(value.end, name[2])
        self.pending = Setting(name[0], op, value, name[1], name[2], end, line)

    def close_list(self, begin: tuple[int, int], _: Any, items: Any, end: int) -> Any:
        """The list that ends at `end`; brackets around one item are none."""
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
        if not store(self.document, self.latest, setting):
            self.mixed(setting)

    def spoil(self) -> None:
        """As in the lexer, but a `+=` that cannot join is still reported."""
        if self.pending is not None:
            before = self.latest.get(self.pending.name) if self.pending.op == "+=" else None
            if before is not None and before.value.is_list != self.pending.value.is_list:
                self.mixed(self.pending)
        super().spoil()

    def mixed(self, setting: Setting) -> None:
        """Reports that `+=` joins a list and a single value."""
        before = self.latest[setting.name]
        kind = "append.to-list" if before.value.is_list else "append.to-value"
        self.problem("XL020", kind, setting.start, setting.end, name=setting.name, line=before.line)

    def drop(self) -> None:
        """Forgets the setting being read."""
        while MODES[self.states[-1]] != KEY and len(self.states) > 1:
            self.states.pop()
            self.values.pop()
        self.queue.clear()
        self.open.clear()
        self.pending = None
        self.unknown = self.value_excused = False
