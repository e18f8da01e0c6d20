"""Positions and what is being written, on plain texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlcfg.lsp.cursor import cursor_at
from xlcfg.lsp.lines import Lines

TEXTS = st.text(alphabet=st.sampled_from('aä€😀\n\r" =[#;\\'), max_size=40)


@given(TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_positions_are_what_the_encoding_says(text: str, encoding: str) -> None:
    lines = Lines(text.encode(), encoding)
    rows = text.replace("\r\n", "\n\0").replace("\r", "\n").split("\n")
    width = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding]
    codec = encoding if encoding == "utf-8" else f"{encoding}-le"
    offset = 0
    for row, content in enumerate(rows):
        content = content.removeprefix("\0")
        if row:
            offset = lines.starts[row]
        for end in range(len(content) + 1):
            column = len(content[:end].encode(codec)) // width
            at = offset + len(content[:end].encode())
            assert lines.position(at) == (row, column)
            assert lines.offset(row, column) == at


@given(TEXTS)
def test_any_position_has_an_offset(text: str) -> None:
    data = text.encode()
    lines = Lines(data)
    for row in range(-1, len(lines.starts) + 1):
        for column in (-1, 0, 1, 2, 99):
            offset = lines.offset(row, column)
            assert 0 <= offset <= len(data)
            data[:offset].decode()  # never within a character
    for offset in range(-1, len(data) + 2):
        row, column = lines.position(offset)
        assert row >= 0
        assert column >= 0


@given(TEXTS)
def test_any_place_has_a_cursor(text: str) -> None:
    shown = text.encode().decode("latin-1")
    for offset in range(len(shown) + 1):
        cursor = cursor_at(shown, offset)
        assert 0 <= cursor.start <= offset
        assert shown[cursor.start : offset] == cursor.text


@pytest.mark.parametrize(
    ("text", "kind", "key", "word"),
    [
        ("", "key", "", ""),
        ("vc", "key", "", "vc"),
        ("a = 1\nvc", "key", "", "vc"),
        ("a = ", "value", "a", ""),
        ("a = b", "value", "a", "b"),
        ('a = "b', "string", "a", "b"),
        ("a = [ 'b', 'c", "string", "a", "c"),
        ('a = [\n  "x,y=1",\n  "z', "string", "a", "z"),
        ('a = [\n  "x" ]\n', "key", "", ""),
        ('a = [ "x"\nb = "c', "string", "b", "c"),
        ('a = 1; b = "c', "string", "b", "c"),
        ("a = 1; b", "key", "", "b"),
        ("# a = 1", "comment", "", "# a = 1"),
        ("a = 1 # b", "comment", "a", "# b"),
        ('a = [ "#x', "string", "a", "#x"),
        ('a = "x\\"y', "string", "a", 'x\\"y'),
        ('a += [ "b', "string", "a", "b"),
    ],
)
def test_what_is_being_written(text: str, kind: str, key: str, word: str) -> None:
    cursor = cursor_at(text, len(text))
    assert (cursor.kind, cursor.key, cursor.text) == (kind, key, word)


def test_a_long_list_is_looked_through_quickly() -> None:
    text = "a = [\n" + '  "x",\n' * 100_000
    assert cursor_at(text, len(text)).kind in ("key", "value")


def test_many_settings_on_a_line() -> None:
    text = "a = 1; " * 5000
    assert cursor_at(text + 'b = "x', 35_006)[:4] == ("string", "b", 35_005, "x")


def test_an_equals_sign_behind_the_word_is_seen() -> None:
    assert cursor_at("vc = 1", 2).assigned
    assert not cursor_at("vc", 2).assigned
