"""Strings and text without quotes, as the recovering lexer reads them.

What a string without its other quote, with typographic quotes or with none at all is meant to be.
"""

from __future__ import annotations

from xlcfg.syntax.recovery import advice as advisor
from xlcfg.syntax.recovery.advice import in_quotes, shown
from xlcfg.syntax.recovery.fixes import fix_string, make_fix
from xlcfg.syntax.recovery.patterns import (
    BARE_ITEM,
    CLOSES_DOUBLE,
    CLOSES_SINGLE,
    COMMA,
    ESCAPE,
    FOLDED_STRING,
    FOLLOWS_STRING,
    FOREIGN_COMMENT,
    HALF_STRING,
    HEAD,
    IS_DOUBLE,
    ITEM,
    ITEM_END,
    LEGAL_ESCAPES,
    OPENING,
    PARAMETERS,
    PARTNER_FOLLOWS,
    PREFIXED,
    PYTHON_OPERAND,
    STRING_LINES,
    STRING_TOKEN,
    VALUE,
)
from xlcfg.syntax.recovery.state import LexerState
from xlcfg.syntax.strings import EscapeError, unquote
from xlcfg.syntax.tree import Aborts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.syntax.recovery.patterns import Token


class StringLexer(LexerState):
    """Reads strings, whatever their quotes."""

    def string(self, mode: int) -> Token | None:
        """A string that begins with a plain quote."""
        text, pos = self.text, self.pos
        quote = text[pos]
        if text.startswith(quote * 3, pos):
            return self.triple(quote)
        match = STRING_TOKEN.match(text, pos)
        if match is None:
            return self.open_string(mode, quote)
        end = match.end()
        if not FOLLOWS_STRING.match(text, end):
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
            kind = f"escape.{bad.kind}"
            fix = None
            if bad.kind == "unknown":
                if char in " \t":
                    kind = "escape.blank"
                else:
                    fix = make_fix("write a second backslash", False, (at, at, "\\"))
            self.problem(
                "XL014", kind, at, min(at + 2, start + len(raw)), fix=fix,
                escape=shown("\\" + char), doubled=shown("\\\\" + char),
            )  # fmt: skip
        except Aborts as bad:
            at = start + bad.offset
            crashes = self.document.aborts and not self.document.problems
            kind = "nul.crash" if crashes else "nul.in-string"
            self.problem("XL015", kind, at, min(at + 1, self.size))
        return _plain(raw[1:-1])

    def glued(self, mode: int, quote: str, end: int) -> Token | None:
        """A string is followed by what cannot follow one: perhaps its quotes are not its quotes."""
        text, pos = self.text, self.pos
        following = text[end]
        if following in " \t" or PYTHON_OPERAND.match(text, end):
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
                body = self.half_closed(pos, cut, body[:-1], "string.closing-quote-missing")
                return self.atom(self.decode(quote + body + quote, pos), pos, cut, True)
        if end <= self.no_partner[quote]:
            return None
        stop = self.eol()
        at = text.find(quote, end, stop)
        while at >= 0 and not PARTNER_FOLLOWS.match(text, at + 1):
            at = text.find(quote, at + 1, stop)
        if at < 0:
            self.no_partner[quote] = stop
            return None
        inner = text[pos + 1 : at]
        other = '"' if quote == "'" else "'"
        kind = "inner-quote.both" if '"' in inner and "'" in inner else "inner-quote.one"
        self.problem(
            "XL023", kind, end - 1, end,
            opened=pos, fix=fix_string(_plain(inner), False, pos, at + 1), quote=quote, other=other,
        )  # fmt: skip
        self.pos = at + 1
        return self.atom(self.decode(text[pos : at + 1], pos), pos, at + 1, True)

    def triple(self, quote: str) -> Token:
        """A Python string in three quotes."""
        text, pos = self.text, self.pos
        end = -1 if self.no_triple[quote] else text.find(quote * 3, pos + 3)
        if end < 0:
            self.no_triple[quote] = True
            end = stop = self.eol()
        else:
            stop = end + 3
        body = text[pos + 3 : end]
        fix = None
        if stop > end and "\n" not in body:
            fix = fix_string(_plain(body), True, pos, stop)
        self.problem("XL009", "python.triple-quotes", pos, min(stop, self.eol()), fix=fix)
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
        if text[stop - 1] == "\\" and (folded := FOLDED_STRING.match(text, pos)):
            self.problem("XL010", "continuation.string", pos, stop, opened=pos)
            raw = text[pos : folded.end()]
            token = self.atom(_plain(raw[1:-1]), pos, folded.end(), True)
            self.line += raw.count("\n")
            self.pos = folded.end()
            return token
        match = OPENING.search(text, pos + 1, stop)
        if match is not None and match[0] != "`" and (mode == VALUE or match.end() == stop
                                 or text[match.end()] in " \t,])"):  # fmt: skip
            body = text[pos + 1 : match.start()]
            self.typographic_problem(pos, match.end(), body)
            self.pos = match.end()
            return self.atom(_plain(body), pos, self.pos, True)
        last = self.closing_line(quote, stop)
        if last:
            self.problem("XL007", "string.over-lines", pos, stop, opened=pos)
            token = self.atom(_plain(text[pos + 1 : last]), pos, last + 1, True)
            self.line += text.count("\n", pos, last)
            self.pos = last + 1
            return token
        end = self.tail(pos + 1, stop, mode)
        self.pos = end
        body = self.half_closed(pos, end, text[pos + 1 : end], "string.unclosed")
        return self.atom(_plain(body), pos, end, True)

    def half_closed(self, start: int, end: int, body: str, kind: str) -> str:
        """The text meant by a string without its closing quote, which is reported as `kind`."""
        quote = self.text[start]
        other = "'" if quote == '"' else '"'
        if body.endswith(other) and body.count(other) == 1:
            kind = "string.quotes-differ"
            body = body[:-1]
        else:
            for mark in OPENING.finditer(body[-3:]):
                if mark.end() == len(body[-3:]) and mark[0] != "`":
                    body = body[: len(body) - len(mark[0])]
                    self.typographic_problem(start, end, body)
                    return body
        fix = fix_string(_plain(body), False, start, end) if body else None
        self.problem(
            "XL007", kind if body else f"{kind}.empty", start, end,
            opened=start, fix=fix, string=shown(quote + body + quote), quote=quote, other=other,
        )  # fmt: skip
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
        for _ in range(STRING_LINES):
            if not 0 < at < self.size:
                return 0
            end = text.find("\n", at)
            end = self.size if end < 0 else end
            line = text[at:end].lstrip(" \t")
            if not line or line[0] in "#'\"[]" or HEAD.match(line):
                return 0
            if quote in line:
                found = text.index(quote, at)
                return found if PARTNER_FOLLOWS.match(text, found + 1) else 0
            at = end + 1
        return 0

    def typographic(self, mode: int) -> Token:
        """A string in typographic quotes."""
        text, pos = self.text, self.pos
        stop = self.eol()
        opening = OPENING.match(text, pos)
        begin = opening.end() if opening else pos + 1
        closing = CLOSES_DOUBLE if IS_DOUBLE.match(text, pos) else CLOSES_SINGLE
        match = closing.search(text, begin, stop)
        if match is not None:
            body, self.pos = text[begin : match.start()], match.end()
        else:
            self.pos = self.tail(begin, stop, mode)
            body = text[begin : self.pos]
        self.typographic_problem(pos, self.pos, body)
        return self.atom(_plain(body), pos, self.pos, True)

    def typographic_problem(self, start: int, end: int, body: str) -> None:
        """Reports typographic quotes around `body`."""
        self.problem(
            "XL004", "quotes.typographic", start, end,
            fix=fix_string(_plain(body), True, start, end), string=shown(in_quotes(body)),
        )  # fmt: skip

    def bare(self, mode: int) -> Token | None:
        """Text without quotes in place of a value."""
        text, pos = self.text, self.pos
        half = HALF_STRING.match(text, pos)
        if half is not None and half[1][-1] != "=":
            self.pos = half.end()
            self.problem(
                "XL007", "string.unopened", pos, self.pos,
                fix=fix_string(_plain(half[1]), False, pos, self.pos),
                string=shown(half[2] + half[0]),
            )  # fmt: skip
            return self.atom(_plain(half[1]), pos, self.pos, True)
        prefix = PREFIXED.match(text, pos)
        if prefix is not None and STRING_TOKEN.match(text, prefix.end()):
            sure = prefix[0] in "uUbB"
            fix = make_fix("delete it", sure, (pos, prefix.end(), ""))
            self.problem(
                "XL009", "python.prefix", pos, prefix.end(), fix=fix, prefix=shown(prefix[0])
            )
            self.pos = prefix.end()
            return None
        start, found = self.take(self.rest(mode))
        if not found:
            self.pos = start
            return self.junk(mode)
        if mode == ITEM:
            while more := BARE_ITEM.match(text, self.pos):
                self.pos = more.end()
                found = text[start : self.pos].rstrip(" \t\r")
            if "," in found and not PARAMETERS.search(found):
                return self.bare_words(start, found)
        end = start + len(found)
        name = self.name if mode == VALUE else ""
        odd = found[0] in "[](){}=,;" or FOREIGN_COMMENT.match(found)
        if odd and not advisor.PLACEHOLDER.match(found):
            self.unexpected(found, start)
            return self.dummy(start, end)
        advice = advisor.bare(found, name)
        self.advise(advice, start, end)
        if advice.value is None:
            return self.dummy(start, end)
        return self.atom(advice.value, start, end, advice.code == "XL005")

    def bare_words(self, start: int, found: str) -> Token:
        """Items without quotes that are single words."""
        end = start + len(found)
        words = ", ".join(in_quotes(w.strip()) for w in found.split(","))
        fix = make_fix("put each word in quotes", True, (start, end, words))
        self.problem(
            "XL005", "text.unquoted", start, end, fix=fix, found=shown(found), string=shown(words)
        )
        at = start
        for word in found.split(","):
            self.queue.append(self.atom(word.strip(), at, at + len(word), True))
            at += len(word)
            self.queue.append((COMMA, None, at, at + 1))
            at += 1
        self.queue.pop()
        return self.queue.popleft()


def _plain(body: str) -> str:
    """The text of a faulty string, as far as it is known: legal escapes undone, up to a NUL."""
    nul = body.find("\0")
    if nul >= 0:
        body = body[:nul]
    if "\\" not in body:
        return body
    return ESCAPE.sub(lambda m: LEGAL_ESCAPES.get(m[1], "" if m[1] == "\n" else m[0]), body)
