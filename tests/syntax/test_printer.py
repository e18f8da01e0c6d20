"""A printed document reads back as what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz import Generator
from hypothesis import given, settings
from hypothesis import strategies as st

from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.printer import WIDTH, print_document
from xlcfg.syntax.tree import Document, Setting, Value

DATA = Path(__file__).parent / "data"


def shape(document: Document) -> list[object]:
    """Names, operators and values, without places; no recursion, for deep lists."""
    out: list[object] = []
    for setting in document.settings:
        out.append((setting.name, setting.op))
        todo: list[Value | None] = [setting.value]
        while todo:
            value = todo.pop()
            if value is None:
                out.append("]")
            elif value.is_list:
                out.append("[")
                todo += [None, *reversed(value.items)]
            else:
                out.append((value.text, value.quoted))
    return out


def round_trip(data: bytes) -> None:
    document = read_guest(data.decode("latin-1"))
    if document.refused:
        return
    printed = print_document(document)
    again = read_guest(printed)
    assert not again.refused
    assert shape(again) == shape(document)
    # Printing what was printed changes nothing more.
    assert print_document(again) == printed


@pytest.mark.parametrize("path", sorted(DATA.glob("*.cfg")), ids=lambda path: path.stem)
def test_examples_come_back(path: Path) -> None:
    round_trip(path.read_bytes())


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32))
def test_any_config_comes_back(seed: int) -> None:
    generator = Generator(seed)
    for _ in range(20):
        round_trip(generator.one())


@settings(deadline=None)
@given(st.binary())
def test_any_string_comes_back(body: bytes) -> None:
    body = body.replace(b"\0", b"")
    document = read_guest("a=''\n")
    value = document.settings[0].value
    assert not value.is_list
    value.text = body.decode("latin-1")
    again = read_guest(print_document(document)).settings[0].value
    assert not again.is_list
    assert again.bytes() == body


def test_libxlutil_reads_the_same_bytes(libxlutil: Callable[[bytes], bytes]) -> None:
    body = bytes(range(1, 256)).decode("latin-1")
    document = read_guest("a=''\n")
    value = document.settings[0].value
    assert not value.is_list
    value.text = body
    printed = print_document(document).encode("latin-1")
    assert libxlutil(printed) == b"ok\na=1 s255:" + bytes(range(1, 256)) + b"@1\n"


def test_deep_lists_are_printed() -> None:
    round_trip(b"a=" + b"[" * 4990 + b"]" * 4990 + b"\n")


def test_long_lists_get_a_line_for_each_item() -> None:
    items = ", ".join(f'"{i:030}"' for i in range(5))
    printed = print_document(read_guest(f"a = [ {items} ]\nb = [ 1, 2 ]\n"))
    lines = printed.splitlines()
    assert lines[0] == "a = ["
    assert lines[1] == f'    "{0:030}",'
    assert lines[-2:] == ["]", "b = [1, 2]"]
    assert all(len(line) <= WIDTH for line in lines)


def test_a_setting_keeps_its_operator() -> None:
    document = read_guest("a='x'\na+='y'\n")
    assert [type(s) for s in document.settings] == [Setting, Setting]
    assert print_document(document) == 'a = "x"\na += "y"\n'
