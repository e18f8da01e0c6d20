"""Lines and columns, whatever the order they are asked for in."""

from __future__ import annotations

import random

import pytest

from xlcfg.core.screen import excerpt
from xlcfg.core.source import Source

DATA = (
    b"a=1\nb=2\n",
    "ä=1; 漢字=😀\nx".encode(),
    b"\xff\xfe x \xc3\xa4\n\xe6\xbc\n\x80\x80y",
    b"\r\n\r\nx",
    b"\n",
    b"",
)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("seed", range(5))
def test_a_place_does_not_depend_on_the_one_before(data: bytes, seed: int) -> None:
    offsets = list(range(len(data) + 1)) * 3
    if seed:
        random.Random(seed).shuffle(offsets)
    source = Source("x", data)
    for offset in offsets:
        line = data.count(b"\n", 0, offset) + 1
        start = data.rfind(b"\n", 0, offset) + 1
        column = len(data[start:offset].decode("utf-8", "surrogateescape")) + 1
        assert source.position(offset) == (line, column), offset


def test_an_excerpt_of_a_long_line_is_short() -> None:
    source = Source("x", b"first\n" + b"ab " * 100_000 + b"\r\nlast\n")
    for start in (6, 9, 150_000, 300_003):
        shown = excerpt(source, start, start + 2)
        assert shown is not None
        line, text, carets = shown
        assert line == 2
        assert len(text) <= 90
        assert text[len(carets) - 2 : len(carets)].strip() in ("ab", "b", "a", "")
        assert "\\r" not in text
        assert "first" not in text
        assert "last" not in text
