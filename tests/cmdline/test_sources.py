"""Where command lines come from: the files of boot loaders, and device trees.

`files/<name>` has its lines in `files/<name>.expected`: label, architecture and text, then each
word that had to be left out.
"""

from __future__ import annotations

import struct
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xlcfg.core.source import Source
from xlcfg.source.boot import KINDS, FoundLine, lines_from, sniff

FILES = Path(__file__).parent / "files"
CASES = {
    "board.dts": "dts",
    "default-grub": "grub-default",
    "extlinux.conf": "syslinux",
    "fallback.dts": "dts",
    "grub.cfg": "grub-cfg",
    "menu.lst": "grub-legacy",
    "systemd-boot.conf": "systemd-boot",
    "xen.cfg": "xen-cfg",
}


def source(name: str) -> Source:
    return Source(name, (FILES / name).read_bytes())


def text_source(text: str, path: str = "file") -> Source:
    return Source(path, text.encode("latin-1"))


def described(file: Source, lines: list[FoundLine]) -> str:
    out = []
    for line in lines:
        out.append(f"[{line.label}] {line.arch or 'any'}: {line.text.rstrip()}\n")
        out += [f"  left out: {file.text[a:b]}\n" for a, b in line.unexpanded]
    return "".join(out)


@pytest.mark.parametrize("name", CASES)
def test_files(name: str) -> None:
    file = source(name)
    assert sniff(file) == CASES[name]
    expected = (FILES / f"{name}.expected").read_text(encoding="utf-8")
    assert described(file, lines_from(file)) == expected


@pytest.mark.parametrize("name", CASES)
def test_places_point_into_the_file(name: str) -> None:
    file = source(name)
    for line in lines_from(file):
        at = 0
        for word in line.text.split():
            at = line.text.index(word, at)
            start, end = line.span(at, at + len(word))
            assert 0 <= start < end <= len(file.text)
            if not set('"$').intersection(word) and "crashkernel" not in word:
                assert file.text[start:end] == word
            at += len(word)


def test_a_value_from_a_variable_points_at_both_places() -> None:
    file = source("default-grub")
    (line,) = lines_from(file)
    at = line.text.index("crashkernel=2G")
    assert file.text[slice(*line.span(at, at + 14))] == "crashkernel="
    assert file.text[slice(*line.span(at + 12, at + 14))] == "2G"


def test_plain_lines() -> None:
    file = text_source("sync_console  noreboot\r\n\n  ats\n")
    lines = lines_from(file)
    assert [line.text for line in lines] == ["sync_console  noreboot", "  ats"]
    assert lines[1].span(2, 5) == (27, 30)
    assert sniff(file) is None
    assert lines_from(text_source("")) == []
    (line,) = lines_from(text_source("# of web1\nats # b\n"))
    assert line.text == "ats # b"


def test_shell_words() -> None:
    text = """GRUB_CMDLINE_XEN=a\\ b'$x'"\\$y \\"z\\" \\w"`date` # c
GRUB_CMDLINE_XEN_DEFAULT=; GRUB_CMDLINE_XEN_DEFAULT+='ats' && true"""
    (line,) = lines_from(text_source(text), "grub-default")
    # What `date` prints cannot be known, nor GRUB's $x and $y; GRUB takes the inner quotes away.
    assert line.text == "a z ats"
    assert [text[a:b] for a, b in line.unexpanded] == ["b'$x'\"\\$y", 'w"`date`']


def test_variables_cannot_blow_a_line_up() -> None:
    doubling = "A=xxxxxxxxxxxxxxxx\n" + 'A="$A$A"\n' * 60 + 'GRUB_CMDLINE_XEN="$A"\n'
    (line,) = lines_from(text_source(doubling), "grub-default")
    assert len(line.text) <= 1 << 16
    many = "A=" + "x" * 60000 + "\n" + 'multiboot /xen.gz "$A"\n' * 5000
    start = time.monotonic()
    assert len(lines_from(text_source(many), "grub-cfg")) == 5000
    assert time.monotonic() - start < 20


def test_the_default_section_of_xen_cfg_is_marked() -> None:
    labels = [line.label for line in lines_from(source("xen.cfg"))]
    assert labels == ["normal (default)", "tabbed"]


# Flattened device trees.


def blob(nodes: list[tuple[str, dict[str, bytes], list]], size: int | None = None) -> bytes:  # type: ignore[type-arg]
    strings = b""
    offsets: dict[str, int] = {}

    def structure(name: str, properties: dict[str, bytes], children: list) -> bytes:  # type: ignore[type-arg]
        nonlocal strings
        out = struct.pack(">I", 1) + padded(name.encode() + b"\0")
        for key, value in properties.items():
            if key not in offsets:
                offsets[key] = len(strings)
                strings += key.encode() + b"\0"
            out += struct.pack(">III", 3, len(value), offsets[key]) + padded(value)
        for child in children:
            out += structure(*child)
        return out + struct.pack(">I", 2)

    body = b"".join(structure(*node) for node in nodes) + struct.pack(">I", 9)
    at = 40
    total = at + len(body) + len(strings) if size is None else size
    header = struct.pack(
        ">10I", 0xD00DFEED, total, at, at + len(body), 40, 17, 16, 0, len(strings), len(body)
    )
    return header + body + strings


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


KERNEL = ("kernel", {"compatible": b"x\0multiboot,kernel\0", "bootargs": b"console=hvc0\0"}, [])
CHOSEN = {"bootargs": b"dom0_mem=1G\0"}


@pytest.mark.parametrize(
    ("chosen", "children", "text", "name"),
    [
        ({"xen,xen-bootargs": b"ats\0junk\0", **CHOSEN}, [], "ats", "xen,xen-bootargs"),
        ({"xen,xen-bootargs": b"\0", **CHOSEN}, [KERNEL], "", "xen,xen-bootargs"),
        (CHOSEN, [KERNEL], "dom0_mem=1G", "bootargs"),
        ({"xen,dom0-bootargs": b"\0", **CHOSEN}, [], "dom0_mem=1G", "bootargs"),
        (CHOSEN, [("kernel", {"compatible": b"multiboot,kernel\0"}, [])], None, ""),
        (CHOSEN, [], None, ""),
        ({}, [KERNEL], None, ""),
    ],
)
def test_which_property_xen_takes(
    chosen: dict[str, bytes],
    children: list,  # type: ignore[type-arg]
    text: str | None,
    name: str,
) -> None:
    tree = [("", {"compatible": b"board\0"}, [("chosen", chosen, children)])]
    file = Source("board.dtb", blob(tree))
    assert sniff(file) == "dtb"
    lines = lines_from(file)
    if text is None:
        assert lines == []
        return
    (line,) = lines
    assert (line.text, line.label) == (text, f"/chosen/{name}")
    start, end = line.span(0, len(text))
    assert file.data[start:end] == text.encode()


def test_a_damaged_tree_gives_what_can_be_read() -> None:
    whole = blob([("", {}, [("chosen", {"xen,xen-bootargs": b"ats\0"}, [])])])
    for size in range(len(whole)):
        lines = lines_from(Source("x.dtb", whole[:size]), "dtb")
        assert [line.text for line in lines] in ([], ["ats"])


def test_offsets_of_a_tree_may_point_anywhere() -> None:
    whole = bytearray(blob([("", {}, [("chosen", {"xen,xen-bootargs": b"ats\0"}, [])])]))
    for at in range(4, len(whole) - 4, 4):
        for value in (0, 3, 0x7FFFFFFF, 0xFFFFFFFF, len(whole)):
            damaged = bytes(whole[:at]) + struct.pack(">I", value) + bytes(whole[at + 4 :])
            lines_from(Source("x.dtb", damaged), "dtb")


def test_deep_and_wide_trees_take_time_in_proportion() -> None:
    node = struct.pack(">I", 1) + padded(b"chosen\0")
    header = struct.pack(">10I", 0xD00DFEED, 1 << 30, 40, 40, 40, 17, 16, 0, 0, 0)
    start = time.monotonic()
    assert lines_from(Source("x", header + node * 100000), "dtb") == []
    lines_from(text_source('chosen { bootargs = "x"; ' * 20000, "x.dts"))
    lines_from(text_source('chosen { bootargs = "x"; }; ' * 20000, "x.dts"))
    assert time.monotonic() - start < 20


# Anything at all.

WORDS = [
    *(
        "GRUB_CMDLINE_XEN=",
        "GRUB_CMDLINE_XEN+=",
        "multiboot2 ",
        "xen ",
        "menuentry ",
        "kernel xen ",
    ),
    *("[a]\n", "options=", "append ", "---", "efi xen\n", "options ", "-- ", "chosen", "bootargs"),
    *(
        "=",
        '"',
        "'",
        "\\",
        "$",
        "${",
        "$(",
        "`",
        "{",
        "}",
        "\n",
        ";",
        "#",
        "<",
        ">",
        "/*",
        "*/",
        "&",
    ),
]
SCRAPS = st.one_of(st.sampled_from(WORDS), st.text(st.characters(max_codepoint=255), max_size=5))


@settings(max_examples=300, deadline=None)
@given(st.lists(SCRAPS, max_size=20).map("".join))
def test_any_text_of_any_kind_is_read(text: str) -> None:
    for kind in (None, *KINDS):
        for line in lines_from(text_source(text), kind):
            assert max(line.text, default="") <= "\xff"
            for place in range(len(line.text)):
                start, end = line.span(place, place + 1)
                assert 0 <= start < end <= len(text) + 1
            for start, end in line.unexpanded:
                assert 0 <= start < end <= len(text)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_tree_to_the_reader(data: bytes) -> None:
    lines_from(Source("x", b"\xd0\x0d\xfe\xed" + data))


def test_a_kind_nobody_knows_raises() -> None:
    with pytest.raises(ValueError, match="lilo"):
        lines_from(text_source("x"), "lilo")
