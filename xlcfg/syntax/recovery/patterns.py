"""The tokens of guest configs, what a parser waits for, and patterns of what people write instead.

All text has one character per byte, as in `Source.text`.
"""

from __future__ import annotations

import re

from xlcfg.syntax.tables import xl_cfg as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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

BLANKS = re.compile(r"[ \t]*+")
STRING_TOKEN = re.compile(_t.PATTERNS[STRING])
#: The same, but a backslash also takes a newline along.
FOLDED_STRING = re.compile(
    r"'[^'\\\n]*+(?:\\[\s\S][^'\\\n]*+)*+'|\"[^\"\\\n]*+(?:\\[\s\S][^\"\\\n]*+)*+\""
)
#: A number that nothing sticks to, but for the last byte of the file (see BAD_BYTE).
NUMBER_TOKEN = re.compile(
    rf"{_t.PATTERNS[NUMBER]}(?![0-9a-z]|[A-Z_.:/%$@{{<?~!^&|\\\x80-\xff-](?!\Z))"
)
NUMBER_AND_UNIT = re.compile(r"[0-9]+[ \t]+([kmgtKMGT](?:i?[bB]|bytes?)?)(?=[ \t\r]*(?:[;#\n]|\Z))")
#: Bytes that begin no token: a single one ending the file goes unnoticed in libxlutil.
BAD_BYTE = re.compile(r"[^a-z0-9=;\[\],\n \t]")

NAME = _t.PATTERNS[IDENT]
HEAD = re.compile(rf"({NAME})[ \t]*+(\+?=)(?!=)")
BAD_HEAD = re.compile(r"([^\s=;#'\"\[\](){},]+?)[ \t]*+([-+:?*/.|&^%!<>]?=|==)(?!=)")
QUOTED_HEAD = re.compile(r"('[^'\n]*+'|\"[^\"\n]*+\")[ \t]*+(\+?=|:)")
WORDS_HEAD = re.compile(
    r"([A-Za-z_][\w.-]*+[ \t]++[A-Za-z_][\w.-]*+(?:[ \t]++[A-Za-z_][\w.-]*+|)*+)[ \t]*+(\+?=)",
    re.ASCII,
)
COLON_HEAD = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+:(?=[ \t\r\n'\"\[0-9]|\Z)", re.ASCII)
NAKED_NAME = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]*+", re.ASCII)
NAME_AND_TEXT = re.compile(r"([A-Za-z_][\w.-]*+)[ \t]++(\S[^\n#;]*)", re.ASCII)
SHELL = frozenset(("const", "declare", "export", "let", "local", "set", "var"))

# UTF-8, full width included, or Windows-1252; backticks count as such too.
TYPOGRAPHIC = (
    "\xe2\x80[\x98-\x9f\xb2\xb3\xb5\xb6\xb9\xba]|\xc2[\xab\xbb\xb4]"
    "|\xef\xbc[\x82\x87]|[\x84\x91-\x94`]"
)
OPENING = re.compile(TYPOGRAPHIC)
DOUBLE = "\xe2\x80[\x9c-\x9f\xb3\xb6]|\xc2[\xab\xbb]|\xef\xbc\x82|[\x84\x93\x94]"
CLOSES_DOUBLE = re.compile(f'{DOUBLE}|"')
CLOSES_SINGLE = re.compile("\xe2\x80[\x98-\x9b\xb2\xb5\xb9\xba]|\xc2\xb4|\xef\xbc\x87|[\x91\x92`']")
IS_DOUBLE = re.compile(DOUBLE)

#: Something that is plainly a value.
PLAIN_VALUE = re.compile(rf"['\"\[]|[0-9][0-9a-fx]*(?=[ \t]*(?:[\r\n;#]|\Z))|{TYPOGRAPHIC}")
FOLLOWS_STRING = re.compile(r"[ \t]*+(?:[\r\n,;#\[\](){}:=]|\Z)")
PREFIXED = re.compile(r"[uUbBrRfF]{1,2}(?=['\"])")
#: A string whose opening quote was forgotten.
HALF_STRING = re.compile(r"([^\n'\"\[\](){}#;]{1,300})(['\"])(?=[ \t]*+(?:[,\])\r\n]|\Z))")
#: The rest of a setting, quotes respected: up to `;`, a comment or the end of the line.
REST = re.compile(r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\$\{#|[^\n;#'\"]|['\"]|)*+")
#: The rest of an item of a list.
ITEM_REST = re.compile(
    r"(?:'[^'\n]*+'|\"[^\"\n]*+\"|\([^()\n]*+\)|[^\n;#'\",\[\](){}]|[{(]|['\"]|)*+"
)
PARAMETERS = re.compile(r"[=:/<$@{%]")
BARE_ITEM = re.compile(r"[ \t]*+,[ \t]*+([A-Za-z/_][^\n;#'\",\[\](){}]*+)(?=[,\]\r\n)])")

_MORE = r"[ \t]*+,[ \t]*+[A-Za-z_]\w*+"
PYTHON_STATEMENT = re.compile(
    r"import[ \t]+[\w.]|from[ \t]+[\w.]+[ \t]+import\b"
    r"|(?:def|class)[ \t]+\w|(?:if|elif|for|while|with)\b[^\n]{0,300}:"
    r"|(?:else|try|finally|except)\b[^\n:]{0,300}:"
    r"|(?:print|exec|return|raise|assert|global|del|pass|break|continue)(?![\w.]|[ \t]*\+?=)"
    r"|@[A-Za-z_][\w.]*+(?!@)"
    r"|[A-Za-z_][\w.]*+[ \t]*+\(|[A-Za-z_][\w.]*+\[[^\]\n]{0,300}+\][ \t]*+\+?="
    rf"|[A-Za-z_]\w*+{_MORE}(?:{_MORE}|)*+[ \t]*+=",
    re.ASCII,
)
PYTHON_BRANCH = re.compile(r"(?:elif|else|except|finally)\b")
PYTHON_OPERAND = re.compile(
    r"(?:\+|\*\*?|%|-|/|\.)[ \t]*+[\w'\"(]|(?:if|else|and|or|in|not|for|is)\b", re.ASCII
)
SECTION = re.compile(r"\[[^\]\n'\"]*+\][ \t]*+(?=[\r\n#]|\Z)")
FOREIGN_COMMENT = re.compile(r"//|/\*|--(?!\w)|<!--|(?:REM|rem)[ \t]|!")
FOLD = re.compile(r"\\[ \t]*+\r*+\n")
CLOSERS = re.compile(r"[\])}](?:[ \t]*+[\])}]|)*+")
#: what belongs to a placeholder before it in a list
GLUED = re.compile(r"[^,;\[\](){}\n#'\"]++")
COMMAS = re.compile(r",(?:[ \t]*+,|)*+")
ESCAPE = re.compile(r"\\([\s\S])")
LEGAL_ESCAPES = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip

PAIRS = {"[": "]", "(": ")", "{": "}"}

PARTNER_FOLLOWS = re.compile(r"[ \t\r]*+(?:[\n,;#\])}]|\Z)")
AFTER_LINE = re.compile(r"[ \t\r]*+(?:#[^\n]*+)?\n[ \t]*+")
SPACE = re.compile(r"\s*+")

#: Bytes that mean the same wherever they stand.
COMMON = frozenset("\\\r\x0b\x0c\x7f\xa0\xc2").union(map(chr, (*range(9), *range(14, 32))))
SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/<$@%")

#: How many lines a quote left open is looked for its partner in.
STRING_LINES = 20
