"""The settings of a guest config as xl's readers see them: the last assignment of a name wins.

A `+=` shows as one setting with op `+=` whose value is already joined with what came before it.

xl reads every value through one of libxlutil's readers: a string, a number (C `strtol`, base 0,
on the text), a boolean (a number, 0 or not) or a list.  `ReadNumber` and friends give the value
the reader hands to xl, or why it hands over none.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.syntax.tree import Document, Setting

LONG_MIN = -(2**63)
LONG_MAX = 2**63 - 1

#: `value`: the number, or None; `problem`: "" | "list" | "not-a-number" | "out-of-range" | "plus"
Number = namedtuple("Number", ("value", "problem"))


def strtol(text: str) -> tuple[int, int]:
    """C `strtol(text, &end, 0)` before clamping: `(value, end)`; `end` 0 means no digits."""
    n = len(text)
    i = 0
    while i < n and text[i] in " \t\n\v\f\r":
        i += 1
    sign = 1
    if i < n and text[i] in "+-":
        sign = -1 if text[i] == "-" else 1
        i += 1
    base = 10
    digits = "0123456789"
    if i < n and text[i] == "0":
        hexdigits = "0123456789abcdefABCDEF"
        if i + 2 < n and text[i + 1] in "xX" and text[i + 2] in hexdigits:
            base, digits, i = 16, hexdigits, i + 2
        else:
            base, digits = 8, "01234567"
    start = i
    while i < n and text[i] in digits:
        i += 1
    if i == start:
        return 0, 0
    # A number of a million digits is out of range whatever it says; int() would be quadratic.
    significant = text[start:i].lstrip("0")
    if len(significant) > 64:
        return sign * 2**64, i
    return sign * int(significant or "0", base), i


class Settings:
    """The winning setting of each name, and the readers of libxlutil 4.17 over them."""

    __slots__ = ("by_name", "document")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.by_name: dict[str, Setting] = {s.name: s for s in document.settings}

    def get(self, name: str) -> Setting | None:
        return self.by_name.get(name)

    def number(self, name: str) -> Number | None:
        """What `xlu_cfg_get_long` gives for `name`; None when the name is not set."""
        setting = self.by_name.get(name)
        if setting is None:
            return None
        return read_number(setting)


def read_number(setting: Setting) -> Number:
    """`xlu_cfg_get_long` on one winning setting."""
    value = setting.value
    if value.is_list:
        return Number(None, "list")
    if setting.op == "+=":
        return Number(None, "plus")
    number, end = strtol(value.text)
    # ERANGE is looked at before what follows the digits, as libxlutil does.
    if not LONG_MIN <= number <= LONG_MAX:
        return Number(None, "out-of-range")
    if end == 0 or end != len(value.text):
        return Number(None, "not-a-number")
    return Number(number, "")
