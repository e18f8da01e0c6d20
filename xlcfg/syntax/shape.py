"""What a document holds, without its places: what fixes and layouts must keep."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.syntax.tree import Document, Value


def shape(document: Document) -> list[tuple[object, ...]]:
    """The settings of a document without their places."""
    return [(s.name, s.op, *words(s.value)) for s in document.settings]


def words(value: Value) -> Iterator[str | bool]:
    """A value as a row of texts, each list between True and False; deep ones take no recursion."""
    todo: list[Value | None] = [value]
    while todo:
        item = todo.pop()
        if item is None:
            yield False
        elif item.is_list:
            yield True
            todo += [None, *reversed(item.items)]
        else:
            yield item.text
