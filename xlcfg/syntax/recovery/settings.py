"""Where a setting begins and ends, as the recovering lexer reads it.

Names that xl cannot read, other signs than `=`, lines of other languages, and what stands behind a
complete value.
"""

from __future__ import annotations

import re

from xlcfg.syntax.recovery import advice as advisor
from xlcfg.syntax.recovery.advice import in_quotes, shown
from xlcfg.syntax.recovery.fixes import make_fix
from xlcfg.syntax.recovery.lists import ListLexer
from xlcfg.syntax.recovery.patterns import (
    BAD_HEAD,
    BLANKS,
    CLOSERS,
    COLON_HEAD,
    EQUAL,
    FOREIGN_COMMENT,
    HEAD,
    IDENT,
    NAKED_NAME,
    NAME,
    NAME_AND_TEXT,
    OPENING,
    PLAIN_VALUE,
    PLUS_EQUAL,
    PYTHON_BRANCH,
    PYTHON_OPERAND,
    PYTHON_STATEMENT,
    QUOTED_HEAD,
    SECTION,
    SEMICOLON,
    SETTING_END,
    SHELL,
    WORDS_HEAD,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import LazyFix
    from xlcfg.syntax.recovery.patterns import Token


class SettingLexer(ListLexer):
    """Reads the beginning and the end of settings."""

    def setting_end(self, char: str) -> Token | None:
        """Behind the value of a setting."""
        text, pos = self.text, self.pos
        if char == ";":
            self.pos = pos + 1
            return SEMICOLON, None, pos, pos + 1
        if char in "])}":
            match = CLOSERS.match(text, pos)
            self.pos = match.end() if match else pos + 1
            self.stray_closer(pos)
            return None
        if HEAD.match(text, pos):
            head = HEAD.match(text, pos)
            sure = head is not None and advisor.is_known(head[1])
            fix = make_fix("begin a new line", sure, (self.last_end, pos, "\n"))
            self.problem("XL024", "setting.second", pos, pos + 1, fix=fix)
            return SEMICOLON, None, pos, pos
        if char == ",":
            self.tuple_tail()
            return None
        if char == "'" or char == '"' or OPENING.match(text, pos):
            return self.second_string(SETTING_END)
        if FOREIGN_COMMENT.match(text, pos):
            self.problem(
                "XL001", "syntax.foreign-comment", pos, self.eol(), fix=self.as_comment(pos)
            )
            self.skip_line()
            return None
        if PYTHON_OPERAND.match(text, pos):
            start, found = self.take(self.rest())
            end = start + len(found)
            start = self.last_start
            self.advise(advisor.python(text[start:end]), start, end)
            self.spoil()
            return None
        if char == "[" or char == "(":
            self.spoil()
        start, found = self.take(self.rest())
        if not found:
            self.pos = start + 1
            found = char
        self.problem("XL001", "syntax.after-value", start, start + len(found), found=shown(found))
        return None

    def tuple_tail(self) -> None:
        """A comma behind the value of a setting."""
        start, found = self.take(self.rest())
        end = start + len(found)
        if not found.strip(", \t") and not self.string_follows():
            fix = make_fix("delete the comma", True, (start, end, ""))
            self.problem("XL016", "comma.stray", start, end, fix=fix)
            return
        begin = self.last_start
        self.problem("XL022", "tuple.commas", begin, max(end, begin), name=shown(self.name))
        self.spoil()
        while found.endswith(",") and (at := self.string_follows()):
            self.line += 1
            self.pos = at
            _, found = self.take(self.rest())

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
        """The name meant by an illegal one, which is reported."""
        name = advisor.legal_name(found.strip("'\""))
        kind = f"name.{advisor.name_fault(found)}"
        fix = None
        if name is not None:
            kind += ".known"
            fix = make_fix(f"write `{name}`", advisor.is_known(name), (start, end, name))
        self.problem("XL011", kind, start, end, fix=fix, found=shown(found), name=name)
        if name is None:
            self.unknown = True
            return found
        return name

    def key(self) -> Token | None:
        """Where a setting may begin."""
        text, pos = self.text, self.pos
        head = HEAD.match(text, pos)
        if head is not None:
            return self.setting(head[1], pos, head.end(1), head[2], head.start(2), head.end())
        char = text[pos]
        if char == ";":
            self.pos = pos + 1
            return SEMICOLON, None, pos, pos + 1
        if char in "])}":
            match = CLOSERS.match(text, pos)
            self.pos = match.end() if match else pos + 1
            self.stray_closer(pos)
            return None
        if char == "'" or char == '"':
            return self.string_line(char)
        if PYTHON_STATEMENT.match(text, pos):
            self.block()
            return None
        if FOREIGN_COMMENT.match(text, pos):
            self.foreign_comment()
            return None
        if char in "@<${%_.?\xe2" and advisor.PLACEHOLDER.match(text, pos):
            start, found = self.take(self.eol())
            self.advise(advisor.placeholder(found), start, start + len(found))
            return None
        if char == "[" and SECTION.match(text, pos):
            start, found = self.take(self.eol())
            self.problem("XL001", "syntax.section", start, start + len(found))
            return None
        return self.bad_head(pos)

    def bad_head(self, pos: int) -> Token | None:
        """Where a setting begins with a name or a sign that xl cannot read."""
        text = self.text
        match = WORDS_HEAD.match(text, pos)
        if match is not None:
            first = match[1].split(None, 1)[0]
            if first in SHELL:
                end = pos + len(first)
                blanks = BLANKS.match(text, end)
                fix = make_fix("delete it", True, (pos, blanks.end() if blanks else end, ""))
                self.problem("XL011", "name.declared", pos, end, fix=fix, found=first)
                self.pos = end
                return None
            name = self.misnamed(match[1], pos, match.end(1))
            return self.setting(name, pos, match.end(1), match[2], match.start(2), match.end())
        match = BAD_HEAD.match(text, pos)
        if match is not None:
            found, op = match[1], match[2]
            end = match.end(1)
            if advisor.PLACEHOLDER.search(found):
                self.advise(advisor.placeholder(found), pos, end)
                self.unknown = True
                name = found
            elif re.fullmatch(NAME, found):
                name = found
            else:
                name = self.misnamed(found, pos, end)
            if op not in ("=", "+="):
                at, behind = match.span(2)
                fix = make_fix("write `=`", op in ("==", ":="), (at, behind, "="))
                self.problem("XL017", "value.operator", at, behind, fix=fix, found=shown(op))
            return self.setting(name, pos, end, op, match.start(2), match.end())
        match = COLON_HEAD.match(text, pos)
        if match is not None:
            name = self.colon_name(match[1], pos, match.end() - 1)
            return self.setting(name, pos, match.end(1), "=", match.end() - 1, match.end())
        return self.no_operator(pos)

    def colon_name(self, found: str, start: int, colon: int) -> str:
        """The name of a setting whose value follows a colon, which is reported."""
        self.value_excused = True
        name = found if re.fullmatch(NAME, found) else advisor.legal_name(found)
        fix = None
        if name is not None:
            edit = (start, colon + 1, f"{name} =")
            fix = make_fix(f"write `{name} =`", advisor.is_known(name), edit)
        at = start if name != found or self.text[start] in "'\"" else colon
        self.problem(
            "XL017", "value.colon", at, colon + 1, fix=fix, setting=shown(f"{name or found} = ...")
        )
        if name is None:
            self.unknown = True
            return found
        return name

    def no_operator(self, pos: int) -> Token | None:
        """A line that gives no setting a value."""
        text = self.text
        naked = NAKED_NAME.match(text, pos)
        if naked is not None:
            found = naked[1]
            name = advisor.legal_name(found)
            known = name is not None and advisor.is_known(name)
            if name is not None and PLAIN_VALUE.match(text, naked.end()):
                fix = make_fix(f"write `{name} =`", known, (pos, naked.end(), f"{name} = "))
                self.problem(
                    "XL017", "value.without-equal", pos, naked.end(1),
                    fix=fix, found=shown(found), setting=shown(f"{name} = "),
                )  # fmt: skip
                return self.setting(name, pos, naked.end(1), "=", naked.end(1), naked.end(1))
            start, line = self.take(self.eol())
            line = line.split("#", 1)[0].rstrip(" \t\r")
            end = start + len(line)
            words = NAME_AND_TEXT.fullmatch(line)
            if line == found:
                self.problem(
                    "XL017", "value.of-bare-name", start, end,
                    name=shown(found), setting=shown(f"{name or found} = ..."),
                )  # fmt: skip
                return None
            if words is not None and name is not None and known:
                value = words[2].strip(" \t")
                if not value.isdigit():
                    value = in_quotes(value)
                setting = f"{name} = {value}"
                self.problem(
                    "XL017", "value.unquoted-without-equal", start, end,
                    fix=make_fix("write it as a setting", False, (start, end, setting)),
                    found=shown(found), setting=shown(setting),
                )  # fmt: skip
                return None
        else:
            start, line = self.take(self.eol())
            end = start + max(len(line), 1)
            line = line or text[start]
        self.pos = max(self.pos, start + 1)
        self.problem("XL001", "syntax.not-a-setting", start, end, found=shown(line))
        return None

    def string_line(self, quote: str) -> Token | None:
        """A string where a setting should begin."""
        text, pos = self.text, self.pos
        if text.startswith(quote * 3, pos):
            self.triple(quote)
            self.unknown = False
            self.skip_line()
            return None
        head = QUOTED_HEAD.match(text, pos)
        if head is not None:
            if head[2] == ":":
                name = self.colon_name(head[1].strip("'\""), pos, head.end() - 1)
            else:
                name = self.misnamed(head[1], pos, head.end(1))
            return self.setting(name, pos, head.end(1), head[2], head.start(2), head.end())
        start, found = self.take(self.eol())
        self.problem("XL010", "continuation.value", start, start + len(found))
        return None

    def as_comment(self, pos: int) -> LazyFix:
        """The fix of another language's comment; of those that span lines there is none."""
        if self.text.startswith(("/*", "<!"), pos):
            return None
        if self.text.startswith("//", pos):
            return make_fix("begin the comment with `#`", True, (pos, pos + 2, "#"))
        return make_fix("begin the comment with `#`", True, (pos, pos, "# "))

    def foreign_comment(self) -> None:
        """A comment of another language, to the sign that ends it or the end of the line."""
        text, pos = self.text, self.pos
        self.problem("XL001", "syntax.foreign-comment", pos, self.eol(), fix=self.as_comment(pos))
        self.skip_line()
        closing = {"/*": "*/", "<!": "-->"}.get(text[pos : pos + 2], "")
        if closing and closing not in self.reported:
            end = text.find(closing, pos)
            if end < 0:
                self.reported.add(closing)
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
            blanks = BLANKS.match(text, at)
            first = blanks.end() if blanks else at
            stop = text.find("\n", first)
            stop = self.size if stop < 0 else stop
            line = text[first:stop].rstrip(" \t\r")
            if depth > 0:
                if first == at and HEAD.match(line):
                    break
                depth += _depth(line)
            elif not line or line[0] == "#":
                if not body or first - at <= margin:
                    break
            elif not body or first - at < margin + (PYTHON_BRANCH.match(line) is None):
                break
            self.line += 1
            self.pos = stop
            if line and line[0] != "#":
                end = first + len(line)
            self.steps += 1
        if text[self.pos - 1 : self.pos] == "\r":
            self.pos -= 1
        self.problem("XL009", "python.statement", start, end)


def _depth(line: str) -> int:
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
