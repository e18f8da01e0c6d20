"""The fixes of what the reader cannot read.

Each leaves the settings that the reader made out as they are. All text is one character per byte.
"""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import Fix
from xlcfg.syntax.printer import print_string
from xlcfg.syntax.recovery.advice import in_quotes, shown
from xlcfg.syntax.tables import xl_cfg as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.diagnostics import LazyFix

_NUMBER = re.compile(_t.PATTERNS[_t.LABELS.index("NUMBER")])
_LINE_END = re.compile(r"\r+(?=\n)")
_UTF16_MARKS = {"\xff\xfe": "utf-16-le", "\xfe\xff": "utf-16-be"}


def make_fix(title: str, safe: bool, *edits: tuple[int, int, str]) -> Fix:
    """A fix of these edits."""
    return Fix(title, safe, [(start, end, text.encode("latin-1")) for start, end, text in edits])


def fix_value(value: str, start: int, end: int) -> LazyFix:
    """Writes the value meant, a number or a text."""
    if "\0" in value:
        return None
    text = value if _NUMBER.fullmatch(value) else in_quotes(value)
    return make_fix(f"write `{shown(text)}`", True, (start, end, text))


def fix_string(value: str, safe: bool, start: int, end: int) -> LazyFix:
    """Writes a string that reads to `value`."""
    if "\0" in value:
        return None
    text = print_string(value)
    if "\\" not in text and "'" not in text:
        return make_fix(f"write `{shown(text)}`", safe, (start, end, text))
    return make_fix("write it as one string in plain quotes", safe, (start, end, text))


def fix_line_ends(text: str) -> LazyFix:
    """Ends lines in LF alone, all over the file."""
    return lambda: _line_ends(text)


def _line_ends(text: str) -> Fix | None:
    if "\n" in text:
        ends = [(m.start(), m.end(), "") for m in _LINE_END.finditer(text)]
        return make_fix("end all lines in LF alone", True, *ends) if ends else None
    # Where no line ends in LF, CR ends lines; but one in a string need not.
    ends = [(m.start(), m.end(), "\n") for m in re.finditer("\r", text)]
    return make_fix("end all lines in LF", False, *ends)


def fix_utf16(text: str) -> LazyFix:
    """Writes the file as UTF-8, when it says which UTF-16 it is and is all of it."""
    coding = _UTF16_MARKS.get(text[:2])
    if coding is None:
        return None

    def fix() -> Fix | None:
        try:
            plain = text[2:].encode("latin-1").decode(coding)
        except UnicodeDecodeError:
            return None
        return Fix("write the file as UTF-8", True, [(0, len(text), plain.encode("utf-8"))])

    return fix
