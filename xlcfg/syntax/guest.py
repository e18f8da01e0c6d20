"""Reads guest configs: the LALR tables of `grammars/xl_cfg.lark` driven over one compiled lexer.

`read_guest` is what most of a run over many files is spent in. It follows libxlutil token by token
(which reductions come before the next token is looked at included, because that decides what an
unfinished file dies of) and stops at the first thing libxlutil would refuse. What is wrong, where,
and everything after it is then the work of `xlcfg.syntax.recovery`, which is imported only for such
files.
"""

from __future__ import annotations

import re

from xlcfg.syntax.tables import xl_cfg as _t
from xlcfg.syntax.tree import (
    STACK_LIMIT,
    Aborts,
    Atom,
    Document,
    ListValue,
    Refused,
    Setting,
    store,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_END = 0
_IDENT = _t.TERMINALS.index("IDENT")
_NUMBER = _t.TERMINALS.index("NUMBER")
_STRING = _t.TERMINALS.index("STRING")
_NEWLINE = _t.TERMINALS.index("NEWLINE")
_OPEN = _t.LABELS.index("[")
#: Before a line end that ends a statement the stack has the file's beginning, the statements so far
#: and an assignment; within a list it has more.
_OUTSIDE = 3
_BAD = len(_t.TERMINALS)

# Blanks are taken along behind each token: one match object for both.
_BLANKS = f"(?:{'|'.join(_t.IGNORED)})*+"
SCANNER = re.compile(f"(?:{'|'.join(f'({p})' for p in _t.PATTERNS[1:])}|([\\s\\S])){_BLANKS}")
_LEADING = re.compile(_BLANKS)


class _Lines:
    """Whole lines of the usual kind, by one match each: a setting that is no list, a comment, none.

    Most lines are such. The tables would read them in the same way, a token at a time.
    """

    __slots__ = ("pattern", "texts")

    def __init__(self) -> None:
        self.texts = 0
        self.pattern: re.Pattern[str] | None = None

    def wanted(self) -> re.Pattern[str] | None:
        """The pattern of a line; None for the first text, for which to compile it does not pay."""
        if self.pattern is None:
            self.texts += 1
            if self.texts > 1:
                name, number, string = (_t.PATTERNS[n] for n in (_IDENT, _NUMBER, _STRING))
                self.pattern = re.compile(
                    f"(?:({name}(?![._0-9a-z])){_BLANKS}(\\+?=){_BLANKS}"
                    f"((?>{number}|{string})){_BLANKS})?(#[^\n]*+)?\n{_BLANKS}"
                )
        return self.pattern


_lines = _Lines()

_ACTIONS = _t.ACTIONS
_GOTOS = _t.GOTOS
_RULES = _t.RULES
_DEFAULTS = _t.DEFAULTS


def read_guest(text: str) -> Document:
    """Parse a guest config; `text` has one character per byte (`Source.text`).

    Never raises: what libxlutil refuses is in the document's `problems`.
    """
    document = Document()
    try:
        _parse(text, document)
    except (Refused, Aborts) as stop:
        from xlcfg.syntax.recovery.parser import recover

        return recover(text, stop)
    return document


def _decoded(raw: str, start: int) -> str:
    """A string with escapes or a NUL in it, which few have; `start` is its place."""
    from xlcfg.syntax.strings import EscapeError, unquote

    try:
        return unquote(raw)
    except EscapeError as bad:
        raise Refused(start + bad.at, "escape") from None
    except Aborts as stop:
        raise Aborts(start + stop.offset) from None


def _read_lines(
    pattern: re.Pattern[str],
    text: str,
    at: int,
    line: int,
    document: Document,
    latest: dict[str, Setting],
) -> tuple[int, int]:
    """Read usual lines from `at` on, where a statement may begin, as far as there are some: where
    that is, and its line.
    """
    while True:
        match = pattern.match(text, at)
        if match is None:
            return at, line
        name, op, raw, comment = match.groups()
        if name is not None:
            begin, name_end = match.span(1)
            start, stop = match.span(3)
            if raw[0] not in "\"'":
                value = Atom(raw, start, stop, line, False)
            elif "\\" in raw or "\0" in raw:
                value = Atom(_decoded(raw, start), start, stop, line, True)
            else:
                value = Atom(raw[1:-1], start, stop, line, True)
            setting = Setting(name, op, value, begin, name_end, stop, line)
            if not store(document, latest, setting):
                raise Refused(begin, "mixed")
        if comment is not None:
            document.comments.append(match.span(4))
        line += 1
        at = match.end()


def _parse(text: str, document: Document) -> None:
    # Kept in one function, and its tables in locals: the loop below is most of what a run over
    # many files costs.
    actions, gotos, rules, defaults = _ACTIONS, _GOTOS, _RULES, _DEFAULTS
    comments = document.comments
    latest: dict[str, Setting] = {}
    state = _t.START
    states = [state]
    values: list[Any] = [None]
    line = 1
    size = len(text)
    leading = _LEADING.match(text)
    at = leading.end() if leading else 0
    lines = _lines.wanted()
    if lines is not None:
        at, line = _read_lines(lines, text, at, line, document, latest)
    tokens = SCANNER.finditer(text, at)
    match: re.Match[str] | None = None
    while True:
        # One token, or the end of the text.
        match = next(tokens, None)
        value: Any = None
        if match is None:
            token, start, stop = _END, size, size
        else:
            token = match.lastindex  # type: ignore[assignment]
            start = match.start()
            stop = match.end(token)
            if token == _STRING:
                raw = text[start:stop]
                if "\\" in raw or "\0" in raw:
                    value = Atom(_decoded(raw, start), start, stop, line, True)
                else:
                    value = Atom(raw[1:-1], start, stop, line, True)
            elif token == _NUMBER:
                value = Atom(text[start:stop], start, stop, line, False)
            elif token == _IDENT:
                value = (start, stop)
            elif token == _OPEN:
                value = (start, line)
            elif token == _BAD:
                if start != size - 1:
                    raise Refused(start, "byte")
                # A lone bad byte that is the very last of the file goes unnoticed in libxlutil.
                token, stop = _END, size
        # Reduce until the token can be shifted.
        while True:
            rule = defaults[state]
            if rule < 0:
                action = actions[state][token]
                if action >= 0:
                    break
                rule = -1 - action
            target, length, name = rules[rule]
            result: Any = None
            if not name:
                if length == 1:
                    result = values[-1]
            elif name == "assign" or name == "append":
                result = values[-1]
                begin, name_end = values[-3]
                setting = Setting(
                    text[begin:name_end],
                    "=" if name == "assign" else "+=",
                    result,
                    begin,
                    name_end,
                    result.end,
                    result.open_line if result.is_list else result.line,
                )
                if not store(document, latest, setting):
                    raise Refused(begin, "mixed")
            elif name == "first_item":
                result = [values[-2]]
            elif name == "next_item":
                result = values[-5]
                result.append(values[-2])
            elif name == "close_list":
                begin, open_line = values[-4]
                items = values[-2]
                if items:
                    first = items[0]
                    at = first.open_line if first.is_list else first.line
                    result = ListValue(items, begin, values[-1], at, open_line)
                else:
                    result = ListValue([], begin, values[-1], line, open_line)
            elif name == "trailing_comma":
                result = values[-3]
            if length:
                del states[-length:]
                del values[-length:]
            elif len(states) >= STACK_LIMIT - 1:
                raise Refused(start, "depth")
            state = gotos[states[-1]][target]
            states.append(state)
            values.append(result)
        if action == 0:
            if token == _END and state == _t.END:
                return
            raise Refused(start, "syntax")
        state = action
        if token == _NEWLINE:
            if stop - start > 1:
                comments.append((start, stop - 1))
            line += 1
            if lines is not None and len(states) <= _OUTSIDE and match is not None:
                # A statement has ended: what its reductions come to is where a file begins.
                at, line = _read_lines(lines, text, match.end(), line, document, latest)
                tokens = SCANNER.finditer(text, at)
                state = _t.START
                states = [state]
                values = [None]
                continue
        states.append(state)
        # A closing bracket's value is where it ends; nothing else asks.
        values.append(stop if value is None else value)
        if len(states) >= STACK_LIMIT:
            raise Refused(start, "depth")
