"""Guest configs as text and tree at once: from Python values, and from what libxlutil parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from xlcfg.syntax.tree import Atom, Document, ListValue, Setting

if TYPE_CHECKING:
    from xlcfg.syntax.tree import Value

#: a string, a number, or a list of these
Plain: TypeAlias = "str | int | list[Plain]"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def render(pairs: list[tuple[str, Plain]]) -> tuple[bytes, Document]:
    """The text of `name=value` lines and its tree."""
    out: list[str] = []
    settings = []
    at = 0
    for line, (name, plain) in enumerate(pairs, 1):
        start = at
        out.append(name + "=")
        at += len(name) + 1
        value, at = _value(plain, at, line, out)
        settings.append(Setting(name, "=", value, start, start + len(name), at, line))
        out.append("\n")
        at += 1
    return "".join(out).encode("latin-1"), Document(settings, [], [], False)


def _value(plain: Plain, at: int, line: int, out: list[str]) -> tuple[Value, int]:
    start = at
    if isinstance(plain, int):
        text = str(plain)
        out.append(text)
        return Atom(text, start, at + len(text), line, False), at + len(text)
    if isinstance(plain, str):
        text = '"' + "".join(_ESCAPES.get(c, c) for c in plain) + '"'
        out.append(text)
        return Atom(plain, start, at + len(text), line, True), at + len(text)
    out.append("[")
    at += 1
    items = []
    for item in plain:
        value, at = _value(item, at, line, out)
        items.append(value)
        out.append(",")
        at += 1
    out.append("]")
    return ListValue(items, start, at + 1, line), at + 1


def from_canon(canon: bytes) -> Document | None:
    """The tree of `xlu_helper`'s answer to a parse; None when libxlutil refused the text.

    Places are not in the answer: every offset is 0.
    """
    if not canon.startswith(b"ok\n"):
        return None
    settings: list[Setting] = []
    at = 3
    while not canon.startswith(b"report ", at) or canon.find(b"=", at, canon.find(b"\n", at)) >= 0:
        equals = canon.index(b"=", at)
        plus = canon[equals - 1 : equals] == b"+"
        name = canon[at : equals - plus].decode("latin-1")
        space = canon.index(b" ", equals)
        line = int(canon[equals + 1 : space])
        value, end = _parsed(canon, space + 1)
        settings.append(Setting(name, "+=" if plus else "=", value, 0, 0, 0, line))
        at = end + 1
    return Document(settings, [], [], False)


def _parsed(canon: bytes, at: int) -> tuple[Value, int]:
    items: list[Value] = []
    if canon[at : at + 1] == b"s":
        colon = canon.index(b":", at)
        end = colon + 1 + int(canon[at + 1 : colon])
        text = canon[colon + 1 : end].decode("latin-1")
        at = end
    else:
        bracket = canon.index(b"[", at)
        at, count = bracket + 1, int(canon[at + 1 : bracket])
        for _ in range(count):
            value, at = _parsed(canon, at)
            items.append(value)
        at += 1
        text = None
    end = at + 1
    while canon[end : end + 1].isdigit():
        end += 1
    line = int(canon[at + 1 : end])
    if text is None:
        return ListValue(items, 0, 0, line), end
    return Atom(text, 0, 0, line, True), end
