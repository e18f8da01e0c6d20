"""The settings of a guest config as xl's readers see them: the last assignment of a name wins.

A `+=` shows as one setting with op `+=` whose value is already joined with what came before it.

xl reads every value through one of libxlutil's readers: a string, a number (C `strtol`, base 0,
on the text), a boolean (a number, 0 or not) or a list.  `Settings` gives the value the
reader hands to xl, `read_number` also why it hands over none.
"""

from __future__ import annotations

from xlcfg.syntax.tree import Atom, ListValue, Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.syntax.tree import Document, Value

LONG_MIN = -(2**63)
LONG_MAX = 2**63 - 1


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
    """The winning setting of each name, and libxlutil's readers over them."""

    __slots__ = ("by_name", "document")

    def __init__(self, document: Document) -> None:
        self.document = document
        by_name = {s.name: s for s in document.settings}
        for name, chain in document.chains.items():
            by_name[name] = _join(chain)
        self.by_name: dict[str, Setting] = by_name

    def get(self, name: str) -> Setting | None:
        """The winning setting, or None when the name is not set."""
        return self.by_name.get(name)

    def string(self, name: str) -> str | None:
        """What `xlu_cfg_get_string` gives: None when not set, or set to a list."""
        setting = self.by_name.get(name)
        if setting is None or setting.value.is_list:
            return None
        return setting.value.text

    def items(self, name: str) -> list[Value] | None:
        """What `xlu_cfg_get_list` gives: None when not set, or set to a single value."""
        setting = self.by_name.get(name)
        if setting is None or not setting.value.is_list:
            return None
        return setting.value.items

    def number(self, name: str) -> tuple[int | None, str] | None:
        """What `xlu_cfg_get_long` gives; None when the name is not set."""
        setting = self.by_name.get(name)
        return None if setting is None else read_number(setting)


def _join(chain: list[Setting]) -> Setting:
    """One setting for a value built with `+=`: the place of the last, the value of them all."""
    last = chain[-1]
    values = [setting.value for setting in chain]
    value: Value
    if isinstance(last.value, ListValue):
        items = [item for v in values if isinstance(v, ListValue) for item in v.items]
        value = ListValue(
            items, last.value.start, last.value.end, last.value.line, last.value.open_line
        )
    else:
        text = "".join(v.text for v in values if isinstance(v, Atom))
        value = Atom(text, last.value.start, last.value.end, last.value.line, True)
    return Setting(last.name, last.op, value, last.start, last.name_end, last.end, last.line)


def read_number(setting: Setting) -> tuple[int | None, str]:
    """`xlu_cfg_get_long` on one winning setting: the number, or None and the problem.

    The problem is "" or "list", "plus" (a value built with `+=`), "out-of-range", "not-a-number".
    """
    value = setting.value
    if isinstance(value, ListValue):
        return (None, "list")
    if setting.op == "+=":
        return (None, "plus")
    number, end = strtol(value.text)
    # ERANGE is looked at before what follows the digits, as libxlutil does.
    if not LONG_MIN <= number <= LONG_MAX:
        return (None, "out-of-range")
    if end == 0 or end != len(value.text):
        return (None, "not-a-number")
    return (number, "")
