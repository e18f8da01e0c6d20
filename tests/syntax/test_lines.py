"""Usual lines are read by one match each; the tables read them in the same way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xlcfg.syntax import guest
from xlcfg.syntax.tree import Document, Value

PIECES = (
    *("a", "b", "x.y_z", "A", "=", "+=", " = ", "= ", "\t", "1", "0x1f", "12z", "'s'", '"q"'),
    *("'\\x41'", '"\\q"', '"a\0b"', "\n", "#c", "#c\n", " # d\n", ";", "[", "]", ",", "[1,2]"),
    *("[ 'a',\n'b' ]", "\r", "\xff", '"open', "'", "a=1\n", "b='x' # c\n", "a+=1\n", "a+=[1]\n"),
    *("a=[1]\n", "a=[\n1,\n]\n", "\\"),
)


def as_values(value: Value) -> tuple[Any, ...]:
    if value.is_list:
        place = (value.start, value.end, value.line, value.open_line)
        return ([as_values(item) for item in value.items], *place)
    return value.text, value.start, value.end, value.line, value.quoted


def seen(document: Document) -> tuple[Any, ...]:
    return (
        [
            (s.name, s.op, as_values(s.value), s.start, s.name_end, s.end, s.line)
            for s in document.settings
        ],
        {name: [s.start for s in chain] for name, chain in document.chains.items()},
        document.comments,
        [(p.code, p.start, p.end) for p in document.problems],
        document.aborts,
    )


def by_tables(text: str) -> Document:
    """Read as the first text of a process is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guest, "_lines", guest._Lines())
        assert guest._lines.wanted() is None
        guest._lines.texts = 0
        return guest.read_guest(text)


def by_lines(text: str) -> Document:
    assert guest._lines.wanted() or guest._lines.wanted()
    return guest.read_guest(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@example("a = 1\n\n# c\nb += 'x' # d\nc = [ 1 ]\nd = 2\n")
@example("a = 1\na += [ 1 ]\n")
@example("a = [\n1\n")
@example(";;a=1;\n\n;b=2")
def test_lines_are_read_as_the_tables_read_them(text: str) -> None:
    assert seen(by_lines(text)) == seen(by_tables(text))


def test_a_line_of_a_list_is_none_of_its_own() -> None:
    document = by_lines("a = [ 1,\n# b = 2\n3 ]\nc = 4\n")
    assert [setting.name for setting in document.settings] == ["a", "c"]
    assert document.comments == [(9, 16)]
