"""Writes a document back as a config that reads to the same settings and values."""

from __future__ import annotations

import re

from xlcfg.syntax.tables import xl_cfg as _t

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.syntax.tree import Atom, Document, ListValue, Value

#: A list that makes a line longer than this gets a line for each item.
WIDTH = 100

_NUMBER = re.compile(_t.PATTERNS[_t.LABELS.index("NUMBER")])
_SPECIAL = re.compile(r'[\\"\a\b\f\n\r\t\v]')
_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
    "\t": "\\t", "\v": "\\v",
}  # fmt: skip


def print_document(document: Document) -> str:
    """The settings of `document`, one after the other; one character per byte, as it was read.

    Comments and the layout are not kept.  A NUL byte, which no value that xl read can have, ends
    its string, as it would in xl.
    """
    out: list[str] = []
    for setting in document.settings:
        line = f"{setting.name} {setting.op} {print_value(setting.value)}"
        if len(line) > WIDTH and setting.value.is_list and len(setting.value.items) > 1:
            items = ",\n".join(f"    {print_value(item)}" for item in setting.value.items)
            line = f"{setting.name} {setting.op} [\n{items}\n]"
        out.append(f"{line}\n")
    return "".join(out)


def print_value(value: Value) -> str:
    """One value, on one line."""
    return join(value, _print_atom, lambda _: ("[", "]"))


def join(
    value: Value, atom: Callable[[Atom], str], ends: Callable[[ListValue], tuple[str, str]]
) -> str:
    """A value whose atoms `atom` writes, with a list's items, comma separated, in its `ends`."""
    out: list[str] = []
    # Lists nest thousands deep in configs that xl reads, so no recursion.
    todo: list[Value | str] = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
        elif item.is_list:
            opening, closing = ends(item)
            out.append(opening)
            todo.append(closing)
            for i in range(len(item.items) - 1, -1, -1):
                todo.append(item.items[i])
                if i:
                    todo.append(", ")
        else:
            out.append(atom(item))
    return "".join(out)


def _print_atom(atom: Atom) -> str:
    text = atom.text
    if not atom.quoted and _NUMBER.fullmatch(text):
        return text
    return print_string(text)


def print_string(text: str) -> str:
    """A string that reads to `text`: one character per byte, up to a NUL if there is one."""
    text = text.partition("\0")[0]
    return '"' + _SPECIAL.sub(lambda m: _ESCAPES[m[0]], text) + '"'
