"""What people write where a setting's name or value belongs, and what to write instead.

Pure text in, advice out: `xlcfg.syntax.recover` finds the places.  All text is one character per
byte, as in `Source.text`; what is shown to people is decoded again.
"""

from __future__ import annotations

import re

from xlcfg.syntax.tables import xl_cfg as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

#: Longest piece of a file that a message repeats.
SHOWN = 48

_NAME = re.compile(_t.PATTERNS[_t.TERMINALS.index("IDENT")])

# What is said of mistakes that are all alike: code, message, help.
FOREIGN_COMMENT = ("XL001", "this is no comment to xl", "begin a comment with `#`")
NO_BREAK_SPACE = ("XL001", "there is a no-break space, which xl cannot read", "write a plain blank")
SECTION = ("XL001", "xl has no sections", "delete the line")
CR = (
    "XL002",
    "A CR byte stands where xl expects a newline",
    "end lines with LF alone: `tr '\\r' '\\n' < FILE`",
)
CR_LF = (
    "XL002",
    "the lines end in CR LF, as on Windows, which xl cannot read",
    "convert the file: `sed -i 's/\\r$//' FILE` or `dos2unix FILE`",
)
BOM = (
    "XL003",
    "the file begins with a byte order mark, which xl cannot read",
    "save it as UTF-8 without BOM: `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`",
)
UTF16 = (
    "XL003",
    "the file is UTF-16, which xl cannot read",
    "save it as UTF-8 without byte order mark: `iconv -f UTF-16 -t UTF-8`",
)
STRAY_QUOTE = (
    "XL007",
    "this quote opens a string that is never closed",
    "delete it: the string before it is complete",
)
STRING_OVER_LINES = (
    "XL007",
    "this string goes on in the next line, which xl cannot read",
    "write it all on one line",
)
COMMENT_AT_END = (
    "XL008",
    "the file ends in a comment without a newline, which xl refuses",
    "end the last line with a newline",
)
PYTHON_CODE = (
    "XL009",
    "this is Python code, which xl does not run",
    "write the settings it would give, each as `name = value`",
)
FOLDED_STRING = ("XL010", "a string cannot go on in the next line", "write it all on one line")
LINE_CONTINUATION = (
    "XL010",
    "xl has no line continuation",
    "write it all on one line; inside `[ ]` leave out the `\\`",
)
VALUE_ON_NEXT_LINE = (
    "XL010",
    "a value cannot go on in the next line",
    "write it on the line of its setting; only a list `[ ... ]` spans lines",
)
NUL = ("XL015", "there is a NUL byte in the file", "delete it")
ADJACENT_STRINGS = (
    "XL016",
    "two strings cannot stand side by side",
    "write them as one string, or as a list `[ ..., ... ]`",
)
EMPTY_SLOT = ("XL016", "a list item is missing before this comma", "delete the comma")
MISSING_COMMA = (
    "XL016",
    "a comma is missing behind this item",
    "write `,` between the items of a list",
)
SEMICOLON_IN_LIST = ("XL016", "`;` cannot stand in a list", "separate items by `,`")
STRAY_COMMA = ("XL016", "a comma cannot end a setting", "delete it")
EQUAL_TWICE = ("XL017", "there is one `=` too many", "write a single `=`")
TOO_DEEP = (
    "XL019",
    "lists are nested too deep for xl",
    "xl reads about 2000 levels, or 4996 when each list is the first item of its list",
)
BINARY = (
    "XL021",
    "this is a binary file, not a guest config",
    "name the text file that has the settings",
)
SECOND_SETTING = (
    "XL024",
    "a new setting begins in the middle of a line",
    "begin a new line, or write `;` before it",
)

#: Text that some tool should have replaced.
PLACEHOLDER = re.compile(
    r"@@?[A-Za-z_][\w.:-]*+@@?"
    r"|<%[^%\n]*+%>|<[A-Za-z_?.][^<>\n]*+>"
    r"|\$\{[^{}\n]*+\}|\$\([^()\n]*+\)|\$\w++"
    r"|\{\{[^{}\n]*+\}\}|\{%[^%\n]*+%\}|\{[A-Za-z_][^{}:'\"\n]*+\}"
    r"|%\([^()\n]*+\)[a-z]|%[A-Za-z_]\w*+%|%[sd]\b"
    r"|__[A-Za-z][A-Za-z0-9]*+(?:_[A-Za-z0-9]++)*+__"
    r"|\.\.\.+|\xe2\x80\xa6|\?\?+",
    re.ASCII,
)

#: An expression: a call, a subscript, an operator between blanks, or one next to a string.
PYTHON = re.compile(
    r"(?<![\w.])[A-Za-z_][\w.]*+[(\[]|(?<=[ \t\w\"'])[+*%](?=[ \t\w\"'])"
    r"|\b(?:if|else|lambda|for|not|and|or)[ \t]",
    re.ASCII,
)

_SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?)[ \t]*([kmgtKMGT])(?:i?[bB]|bytes?)?")
_UNIT_IN_MIB = {"k": 1 / 1024, "m": 1, "g": 1024, "t": 1024 * 1024}
#: Settings that count MiB.
_IN_MIB = frozenset(("maxmem", "memory", "shadow_memory", "stubdomain_memory", "videoram"))
_TRUTH = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0"}
_NOTHING = frozenset(("none", "null", "nil", "undef"))


class Advice:
    """What is wrong with a value, and the text it stands for (`value`; None: nobody can tell)."""

    __slots__ = ("code", "help", "message", "value")

    def __init__(self, code: str, message: str, cure: str, value: str | None) -> None:
        self.code = code
        self.message = message
        self.help = cure
        self.value = value


def show(text: str) -> str:
    """`text` in backquotes for a message: decoded, on one line, not too long."""
    cut = text[: 4 * SHOWN].encode("latin-1").decode("utf-8", "replace")
    if len(text) > 4 * SHOWN or len(cut) > SHOWN:
        cut = cut[:SHOWN] + "..."
    return "`" + "".join(c if c.isprintable() else _escaped(c) for c in cut) + "`"


def _escaped(char: str) -> str:
    return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}.get(char, f"\\x{ord(char):02x}")


def in_quotes(text: str) -> str:
    """`text` as a string xl reads."""
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def quoted(text: str) -> str:
    """`text` as a string xl reads, for a message."""
    return show(in_quotes(text))


def known_names() -> Mapping[str, str]:
    """Every name xl reads, by its letters and digits alone: `oncrash` gives `on_crash`."""
    global _known
    if _known is None:
        import xlcfg.catalogue

        options: Any = getattr(xlcfg.catalogue, "guest_options", tuple)()
        _known = {_letters(option.name): option.name for option in options}
    return _known


_known: Mapping[str, str] | None = None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_known(name: str) -> bool:
    """Whether xl reads a setting of that name."""
    return known_names().get(_letters(name)) == name


def legal_name(name: str) -> str | None:
    """The setting somebody means by a name xl cannot read; None when nothing can be made of it."""
    if len(name) > 4 * SHOWN:
        return None
    known = known_names().get(_letters(name))
    if known is not None:
        return known
    name = re.sub(r"[-\s]+", "_", name.lower()).strip("_.")
    return name if _NAME.fullmatch(name) else None


def name_fault(name: str) -> str:
    """Why xl cannot read `name`."""
    if name[:1] in "'\"":
        return f"the name {show(name)} must stand without quotes"
    if re.search(r"[ \t]", name):
        return f"the name {show(name)} has a blank in it"
    if name != name.lower() and _NAME.fullmatch(name.lower()):
        return f"the name {show(name)} must be in small letters"
    if not re.match(r"[a-z]", name.lower()):
        return f"the name {show(name)} must begin with a small letter"
    return f"the name {show(name)} may only have small letters, digits, `_` and `.`"


def number(text: str, name: str) -> Advice | None:
    """A number xl cannot read, as value of `name`; None when `text` is no number at all."""
    what = f"{show(text)} is not a number xl can read"
    size = _SIZE.fullmatch(text)
    if size is not None:
        mib = float(size[1]) * _UNIT_IN_MIB[size[2].lower()]
        whole = str(int(mib)) if mib == int(mib) else None
        if name in _IN_MIB:
            cure = f"`{name}` is in MiB: write `{whole or int(mib) + 1}`"
        elif whole:
            cure = f"leave the unit off; where MiB are meant, write `{whole}`"
        else:
            cure = "leave the unit off and write the plain number"
            whole = None
        return Advice("XL012", what, cure, whole if name in _IN_MIB else None)
    if re.fullmatch(r"-[0-9][0-9a-fA-FxX]*", text):
        return Advice("XL012", what, f"put it in quotes: {show(chr(34) + text + chr(34))}", text)
    if re.fullmatch(r"\+[0-9][0-9a-fx]*", text):
        return Advice("XL012", what, f"write {show(text[1:])}", text[1:])
    if re.fullmatch(r"0[xX][0-9a-fA-F]+", text):
        small = text.lower()
        return Advice("XL012", what, f"write {show(small)}, all in small letters", small)
    if re.fullmatch(r"[0-9]+(?:_[0-9]+)+", text):
        plain = text.replace("_", "")
        return Advice("XL012", what, f"write {show(plain)}", plain)
    if re.fullmatch(r"0[oO][0-7]+", text):
        return Advice("XL012", what, f"write {show('0' + text[2:])}", "0" + text[2:])
    if re.fullmatch(r"0B[01]{1,64}", text):
        plain = str(int(text, 0))
        return Advice("XL012", what, f"write {show(plain)}", plain)
    if re.fullmatch(r"[0-9]+[lLuU]+", text):
        plain = text.rstrip("lLuU")
        return Advice("XL012", what, f"write {show(plain)}", plain)
    if re.fullmatch(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)", text):
        cure = f"write a whole number, or {quoted(text)} where a text is meant"
        return Advice("XL012", what, cure, None)
    return None


def bare(text: str, name: str) -> Advice:
    """Text without quotes as value of `name` (a name, or empty inside something unnamed)."""
    if PLACEHOLDER.search(text):
        return placeholder(text)
    if text[:1] in "0123456789+-.":
        advice = number(text, name)
        if advice is not None:
            return advice
    word = text.lower()
    if word in _TRUTH:
        cure = f"write `{_TRUTH[word]}`"
        return Advice("XL005", f"{show(text)} is not a value xl can read", cure, _TRUTH[word])
    if word in _NOTHING:
        cure = 'leave the setting out, or write `"none"` where that is one of its values'
        return Advice("XL005", f"{show(text)} is not a value xl can read", cure, None)
    if PYTHON.search(text):
        return python(text)
    return Advice("XL005", f"{show(text)} needs quotes", f"write {quoted(text)}", text)


def placeholder(text: str) -> Advice:
    """A value that somebody or some tool was to fill in."""
    if text.startswith((".", "?", "\xe2\x80\xa6")):
        cure = "write the value that belongs here"
    else:
        cure = "write the value, or run the tool that fills it in; check the file it makes"
    return Advice("XL013", f"{show(text)} was never filled in", cure, None)


def python(text: str) -> Advice:
    """An expression as value."""
    message = f"{show(text)} is Python code, which xl does not run"
    return Advice("XL009", message, "write the value that the code would give", None)
