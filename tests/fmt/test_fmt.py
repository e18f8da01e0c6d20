"""Formatted configs read as before, and stay as they are when formatted again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fuzz import Generator
from hypothesis import given, settings
from hypothesis import strategies as st

from xlcfg.core.source import Source
from xlcfg.fmt import WIDTH, format_source
from xlcfg.fmt.strings import simplest
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.strings import unquote
from xlcfg.syntax.tree import Document, Value

ROOT = Path(__file__).resolve().parents[2]

MESSY = b"""\


# head


name="web"   #the name \t
vcpus=2; memory += 512 # both

disk=[ # disks
 "/dev/vg/a,raw,xvda,rw" , # first

# second:
 'it\\'s' ,"b\\'c"

 # end

  ]
vif = [ "a", ]
several = [
 "a",
 [1,2,[3, # c
 ]],
   ]
e = [
]
f = [ # only
]
# tail
"""

CLEAN = b"""\
# head

name = "web"  #the name
vcpus = 2
memory += 512  # both

disk = [  # disks
    "/dev/vg/a,raw,xvda,rw",  # first

    # second:
    "it's",
    "b'c",

    # end
]
vif = [ "a" ]
several = [
    "a",
    [
        1,
        2,
        [
            3,  # c
        ],
    ],
]
e = []
f = [  # only
]
# tail
"""


def fmt(data: bytes) -> bytes | None:
    return format_source(Source("x.cfg", data))


def read(data: bytes) -> Document:
    return read_guest(data.decode("latin-1"))


def words(value: Value) -> list[object]:
    """A value without places; no recursion, for deep lists."""
    out: list[object] = []
    todo: list[Value | None] = [value]
    while todo:
        item = todo.pop()
        if item is None:
            out.append("]")
        elif item.is_list:
            out.append("[")
            todo += [None, *reversed(item.items)]
        else:
            out.append((item.text, item.quoted))
    return out


def says(data: bytes) -> tuple[object, ...]:
    """All that a config says: settings, operators, values, comments."""
    document = read(data)
    assert not document.refused
    comments = [data[start:end].rstrip(b" \t\r") for start, end in document.comments]
    return [(s.name, s.op, words(s.value)) for s in document.settings], comments


def holds(data: bytes) -> bytes | None:
    new = fmt(data)
    if new is None:
        assert read(data).refused
        return None
    assert says(new) == says(data), data
    assert fmt(new) == new, data
    return new


def test_the_style() -> None:
    assert fmt(MESSY) == CLEAN
    assert fmt(CLEAN) == CLEAN


def test_a_list_without_room_gets_a_line_for_each_item() -> None:
    item = b'"' + b"x" * 40 + b'"'
    assert fmt(b"a=[%s,%s]" % (item, item)) == b"a = [ %s, %s ]\n" % (item, item)
    new = holds(b"a=[%s,%s,%s]" % (item, item, item))
    assert new == b"a = [\n    %s,\n    %s,\n    %s,\n]\n" % (item, item, item)


def test_the_limit_counts_characters_and_the_comma() -> None:
    # `a = [ "..." ]`: 10 columns around the text
    for letter in ("x", "é"):
        fits = f'a = [ "{letter * (WIDTH - 10)}" ]\n'.encode()
        assert fmt(fits) == fits
        assert fmt(fits.replace(b' "', b' "y')) != fits.replace(b' "', b' "y')


def test_a_refused_file_is_none_of_its_business() -> None:
    assert fmt(b"name = web\n") is None


@pytest.mark.parametrize(
    ("raw", "simple"),
    [
        (r"'it\'s'", '''"it's"'''),
        (r'"it\'s"', '''"it's"'''),
        (r'"say \"no\""', """'say "no"'"""),
        (r'"it\'s \"no\""', r'''"it's \"no\""'''),
        (r"'a\\'", r"'a\\'"),
        (r"'a\\\'b'", r'''"a\\'b"'''),
        (r"'\n'", r"'\n'"),
        (r"'\\0\'1'", r'''"\\0'1"'''),
        (r"'\0121\''", r"'\0121\''"),
        ("'plain'", "'plain'"),
    ],
)
def test_needless_escapes_go(raw: str, simple: str) -> None:
    assert simplest(raw) == simple
    assert unquote(simple) == unquote(raw)


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2**32))
def test_any_config_says_the_same(seed: int) -> None:
    generator = Generator(seed)
    for _ in range(20):
        holds(generator.one())


BLANKS = st.sampled_from(["", " ", "\t", "\n", "\n\n\n", " # c\n", "#,]\n \n", "\n# 'x'\n\n"])
ATOMS = st.one_of(
    st.sampled_from(["0", "12", "0x1f", "''", '"]"', '","', '"#"', "'\\''"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\n\\'\"\0"), max_size=60).map(
        lambda text: f"'{text}'"
    ),
)


@st.composite
def lists(draw: st.DrawFn, depth: int = 3) -> str:
    item = ATOMS if depth == 0 else st.one_of(ATOMS, lists(depth=depth - 1))
    items = draw(st.lists(item, max_size=4))
    out = "[" + draw(BLANKS)
    for number, text in enumerate(items):
        last = number == len(items) - 1
        out += text + draw(BLANKS) + ("," if not last or draw(st.booleans()) else "") + draw(BLANKS)
    return out + "]"


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(lists(), st.sampled_from(["\n", ";", "#c\n", "\n\n\n", " ;;# x\n"]))))
def test_comments_in_lists_stay(rows: list[tuple[str, str]]) -> None:
    text = "".join(f"a={value}{end}" for value, end in rows)
    assert holds(text.encode()) is not None


def test_deep_lists() -> None:
    for depth in (50, 1900, 4990, 4995):
        data = b"a=" + b"[" * depth + b"]" * depth + b"\n"
        new = holds(data)
        assert new is not None
        assert len(new) < 100 * depth


def test_examples_stay_what_they_are() -> None:
    for path in (ROOT / "tests" / "syntax" / "data").glob("*.cfg"):
        holds(path.read_bytes())


def without_lines(canon: bytes) -> list[object]:
    """The oracle's words without line numbers."""
    out: list[object] = []
    at = canon.index(b"\n") + 1
    while at < len(canon):
        op = canon.index(b"=", at)
        end = canon.index(b" ", op)
        out.append(canon[at : op + 1])
        at, depth = end + 1, 0
        while True:
            kind = canon[at : at + 1]
            if kind == b"s":
                colon = canon.index(b":", at)
                size = int(canon[at + 1 : colon])
                out.append(canon[colon + 1 : colon + 1 + size])
                at = _past_line(canon, colon + 1 + size)
            elif kind == b"l":
                bracket = canon.index(b"[", at)
                out.append(int(canon[at + 1 : bracket]))
                depth += 1
                at = bracket + 1
            elif kind == b"]":
                depth -= 1
                at = _past_line(canon, at + 1)
            if depth == 0:
                break
        assert canon[at : at + 1] == b"\n"
        at += 1
    return out


def _past_line(canon: bytes, at: int) -> int:
    assert canon[at : at + 1] == b"@"
    at += 1
    while canon[at : at + 1].isdigit():
        at += 1
    return at


def test_libxlutil_reads_the_same(libxlutil: Callable[[list[bytes]], list[bytes]]) -> None:
    generator = Generator(4711)
    inputs = [data for data in (generator.one() for _ in range(4000)) if fmt(data) is not None]
    inputs += [MESSY, b"a=[%s]" % b",".join([b"'x'"] * 100)]
    outputs = [new for data in inputs if (new := fmt(data)) is not None]
    assert len(inputs) > 1000
    before, after = libxlutil(inputs), libxlutil(outputs)
    for data, old, new in zip(inputs, before, after, strict=True):
        assert old.startswith(b"ok\n")
        assert new.startswith(b"ok\n"), data
        assert without_lines(new) == without_lines(old), data
