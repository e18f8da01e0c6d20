"""One parse of a guest config in the canonical form of the oracle (tests/oracle/xlu_fast.c).

    "ok\\n" | "rej\\n" | "abort\\n"
    on ok, per setting in file order: name ("=" | "+=") lineno " " value "\\n"
    value: "s" length ":" bytes "@" line | "l" count "[" value... "]" "@" line

The differential fuzzer (tests/oracle/fuzz.py) drives `canon`.
"""

from __future__ import annotations

from xlcfg.core.source import Source
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.tree import Atom, Document, ListValue, Setting, Value


def canon(data: bytes, flags: int = 0) -> bytes:
    """The canonical bytes of one parse, without the report part whatever `flags` says."""
    document = read_guest(Source("x.cfg", data).text)
    if document.aborts:
        return b"abort\n"
    if document.refused:
        return b"rej\n"
    return b"ok\n" + dump(document).encode("latin-1")


def dump(document: Document) -> str:
    """The settings of an accepted document, one line each."""
    out: list[str] = []
    joined: dict[str, tuple[Setting, list[Value] | str]] = {}
    lines: list[tuple[Setting, Value, str | None, list[Value] | None]] = []
    for setting in document.settings:
        value = setting.value
        before = joined.get(setting.name) if setting.op == "+=" else None
        if isinstance(value, ListValue):
            items = list(value.items)
            if before is not None:
                assert isinstance(before[1], list)
                items[:0] = before[1]
                # libxlutil moves the items of the earlier list over and leaves it empty
                before[1].clear()
            lines.append((setting, value, None, items))
            joined[setting.name] = (setting, items)
        else:
            text = value.text
            if before is not None:
                assert isinstance(before[1], str)
                text = before[1] + text
            lines.append((setting, value, text, None))
            joined[setting.name] = (setting, text)
    for setting, value, text, items in lines:
        out.append(f"{setting.name}{setting.op}{setting.line} ")
        if items is None:
            out.append(f"s{len(text or '')}:{text}@{value.line}")
        else:
            _list(items, value.line, out)
        out.append("\n")
    return "".join(out)


def _list(items: list[Value], line: int, out: list[str]) -> None:
    # Lists nest thousands deep in accepted files, so no recursion.
    todo: list[Value | str] = [f"]@{line}", *reversed(items), f"l{len(items)}["]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            out.append(item)
        elif isinstance(item, Atom):
            out.append(f"s{len(item.text)}:{item.text}@{item.line}")
        else:
            todo.append(f"]@{item.line}")
            todo.extend(reversed(item.items))
            todo.append(f"l{len(item.items)}[")
