"""Scripts of U-Boot: what its shell makes of the words, and what is left of the device tree."""

from __future__ import annotations

import time

import pytest

from xlcfg.core.source import Source
from xlcfg.source.boot.devicetree import chosen_lines
from xlcfg.source.devicetree import Node
from xlcfg.source.kinds import recognise
from xlcfg.source.uboot import is_script, outcome
from xlcfg.source.uboot.hush import DEEPEST
from xlcfg.source.uboot.machine import MOST_WAYS
from xlcfg.source.uboot.tests import decide
from xlcfg.source.uboot.trees import Outcome

GUEST = """fdt addr ${fdt_addr_r}
fdt mknod /chosen domU0
fdt set /chosen/domU0 compatible "xen,domain"
"""


def ran(text: str, board: str | None = None) -> Outcome:
    base = None if board is None else Source("board.dts", board.encode())
    return outcome(Source("boot.cmd", text.encode()), base)


def lines(text: str) -> list[str]:
    return [line.text for tree in ran(text).trees for line in chosen_lines(tree.root, "uboot")]


def noted(text: str, board: str | None = None) -> list[str]:
    return [note.kind for note in ran(text, board).notes]


def node(text: str, path: str, board: str | None = None) -> Node:
    (tree,) = ran(text, board).trees
    return dict(tree.root.walk())[path]


def test_words_are_made_in_two_passes() -> None:
    # the escaped quotes keep the value of a variable together
    assert lines(
        "setenv line 'console=dtuart dom0_mem=1G'\n"
        "fdt addr 1\n"
        'fdt set /chosen xen,xen-bootargs \\"$line\\"\n'
    ) == ["console=dtuart dom0_mem=1G"]
    # without them it falls apart, and Xen reads the first piece
    text = "setenv line 'a=1 b=2'\nfdt addr 1\nfdt set /chosen xen,xen-bootargs $line\n"
    assert lines(text) == ["a=1"]
    assert noted(text) == ["split-line"]


def test_an_escaped_hash_is_a_comment_in_the_second_pass() -> None:
    assert node("fdt addr 1\nfdt set /chosen \\#size-cells <1>\n", "/chosen").properties
    text = "fdt addr 1\nfdt set /chosen \\#size-cells <${cells}>\n"
    assert not node(text, "/chosen").properties
    assert noted(text) == ["usage"]
    assert node("fdt addr 1\nfdt set /chosen '#size-cells' <${c}>\n", "/chosen").properties


def test_values() -> None:
    made = node(
        GUEST
        + "fdt set /chosen/domU0 \\cpus <2>\n"
        + "fdt set /chosen/domU0 memory < 0x0 0x80000 010 >\n"
        + "fdt set /chosen/domU0 bytes [0a 1F]\n"
        + "fdt set /chosen/domU0 vpl011\n"
        + "fdt set /chosen/domU0 reg <0x0 ${addr} 0x0 0x${filesize}>\n",
        "/chosen/domU0",
    )
    assert made.properties["cpus"].cells() == [2]
    assert made.properties["memory"].cells() == [0, 0x80000, 8]
    assert made.properties["bytes"].parts[0].data == b"\x0a\x1f"
    assert made.properties["vpl011"].parts == []
    assert made.properties["reg"].cells() is None  # a variable may hold several


def test_what_cannot_be_converted_is_not_set() -> None:
    text = GUEST + "fdt set /chosen/domU0 memory <0x0 512M>\n"
    assert noted(text) == ["no-number"]
    assert "memory" not in node(text, "/chosen/domU0").properties


def test_templates_leave_values_open() -> None:
    text = GUEST + "fdt set /chosen/domU0 memory <0x0 @@KIB@@>\n"
    assert noted(text) == []
    (line,) = lines('fdt addr 1\nfdt set /chosen xen,xen-bootargs "@@XEN_BOOTARGS@@"\n')
    assert line == ""


def test_places_are_those_of_the_script() -> None:
    text = "setenv guest 'fdt mknod /chosen domU7'\nfdt addr 1\nrun guest\n"
    made = node(text, "/chosen/domU7")
    assert text[made.start : made.name_end] == "domU7"


def test_a_value_with_a_part_of_another_line_lies_where_it_is_set() -> None:
    text = f"setenv size 0x40000\n{GUEST}fdt set /chosen/domU0 memory  more$size\n"
    found = node(text, "/chosen/domU0").properties["memory"]
    (part,) = found.parts
    assert text[found.start : found.end] == "memory  more"
    assert text[part.start : part.end] == "more"
    found = node(text.replace("more", ""), "/chosen/domU0").properties["memory"]
    (part,) = found.parts
    assert text[found.start : found.end] == text[part.start : part.end] == "memory"


def test_variables_run_and_loops_turn() -> None:
    text = (
        "setenv one 'fdt mknod /chosen d${n}; fdt set /chosen/d${n} cpus <${n}>'\n"
        "fdt addr 1\n"
        "for n in 1 2; do\n  run one\ndone\n"
    )
    assert node(text, "/chosen/d1").properties["cpus"].cells() is not None
    assert set(node(text, "/chosen").children) == {"d1", "d2"}


def test_conditions_go_both_ways_unless_they_can_be_decided() -> None:
    both = (
        'if test "${mode}" = "big"; then setenv m 2G; else setenv m 1G; fi\n'
        'fdt addr 1\nfdt set /chosen xen,xen-bootargs "dom0_mem=${m}"\n'
    )
    assert sorted(lines(both)) == ["dom0_mem=1G", "dom0_mem=2G"]
    assert lines("setenv mode small\n" + both) == ["dom0_mem=1G"]
    # whatever the board loads over its environment is not known any more
    assert len(lines("setenv mode small\nenv import -t ${a}\n" + both)) == 2


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("test a = a", True),
        ("test a != a", False),
        ("test 0x10 -eq 16", True),
        ("test -n x -a 1 -lt 2", True),
        ("test ! -n x", False),
        ("test -e mmc 0:1 xen", None),
        ("test -z \ue000\ue000", None),
        ("test -z \ue000\ue000 -a 1 -eq 2", False),
        ("test -n", False),
    ],
)
def test_test(words: str, holds: bool | None) -> None:
    assert decide(words.split(" ")) is holds


def test_what_is_booted_tells_which_tree_counts() -> None:
    text = (
        "fdt addr 0x1000\nfdt set /chosen xen,xen-bootargs one\n"
        "fdt addr 0x2000\nfdt set /chosen xen,xen-bootargs two\n"
    )
    assert lines(text) == ["one", "two"]
    assert lines(text + "booti 0x1 - 1000\n") == ["one", "two"]  # what comes after a failure
    assert len(ran(text + "booti 0x1 - 1000\n").trees) == 2


def test_bootargs_is_xens_line_beside_one_of_dom0() -> None:
    text = (
        'setenv bootargs "dom0_mem=1G"\nfdt addr 1\nfdt set /chosen xen,dom0-bootargs "root=x"\n'
        "booti 2 - 1\n"
    )
    assert lines(text) == ["dom0_mem=1G"]
    assert lines(text.replace("xen,dom0-bootargs", "other")) == []


def test_nodes_that_nothing_has_made() -> None:
    missing = GUEST + "fdt set /chosen/domU0/module@0 reg <0 1 0 1>\n"
    assert noted(missing) == ["no-node"]
    # the tree of the board may have it
    assert noted("fdt addr 1\nfdt set /chosen/dom0 reg <0 1>\n") == []
    board = "/dts-v1/; / { chosen { dom0 { }; }; };"
    assert noted("fdt addr 1\nfdt set /chosen/dom0 reg <0 1>\n", board) == []
    assert noted("fdt addr 1\nfdt set /chosen/dom1 reg <0 1>\n", board) == ["no-node"]
    # an overlay may bring it
    assert noted("fdt addr 1\nfdt apply 2\nfdt set /chosen/dom1 reg <0 1>\n", board) == []


def test_a_board_gives_what_the_script_does_not_touch() -> None:
    board = '/dts-v1/; / { chosen { xen,xen-bootargs = "dom0_mem=1G"; old { }; }; };'
    text = "fdt addr 1\nfdt rm /chosen/old\nfdt set /chosen x <1>\n"
    made = node(text, "/chosen", board)
    assert set(made.children) == set()
    assert made.properties["xen,xen-bootargs"].start < len(text)  # at a place of the script


def test_an_image_is_read_like_its_text() -> None:
    text = b'fdt addr 1\nfdt set /chosen xen,xen-bootargs "dom0_mem=1G"\n'
    header = b"\x27\x05\x19\x56" + bytes(26) + b"\x06" + bytes(33)
    data = header + len(text).to_bytes(4, "big") + bytes(4) + text
    source = Source("boot.scr", data)
    assert recognise("boot.scr", data) == "uboot"
    (tree,) = outcome(source).trees
    (line,) = chosen_lines(tree.root, "uboot")
    start, end = line.span(0, len(line.text))
    assert data[start:end] == b"dom0_mem=1G"
    assert recognise("kernel.img", data[:30] + b"\x02" + data[31:]) == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("setenv a b\nbooti 1 - 2\n", True),
        ("if true; then fdt addr 1; fi\n", True),
        ("name = 'a'\nkernel = '/k'\n", False),
        ("#!/bin/sh\nsetenv a\nboot now\n", False),
        ("fdtput -t s a.dtb /chosen bootargs x\n", False),
        ("setenv PATH /bin\n", False),
        ("To boot it:\n\nfdt addr 1\nbooti 1 - 2\n", False),
    ],
)
def test_recognition(text: str, is_one: bool) -> None:
    assert is_script(text.encode(), text) is is_one


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('setenv a "x\n', "syntax"),
        ("if true; then echo a\n", "syntax"),
        ("fi\n", "syntax"),
        ("echo a & echo b\n", "syntax"),
        ("setenv r 'run r'\nrun r\n", "deep"),
        ('while true; do setenv a "${a}x"; done\n', "long"),
        ('setenv a x\nwhile true; do setenv a "${a}${a}"; done\n', "syntax"),
        ("if true; then\n" * (DEEPEST + 5), "syntax"),
        ("".join(f"if test $v{i}; then fdt rm /c{i}; fi\n" for i in range(40)), "ways"),
        (
            "for a in " + "x " * 300 + "; do for b in " + "y " * 300 + "; do echo; done; done\n",
            "long",
        ),
        ("x" * (1 << 20) + "y", "size"),
    ],
)
def test_no_script_takes_long(text: str, kind: str) -> None:
    started = time.process_time()
    assert kind in noted("fdt addr 1\n" + text)
    assert time.process_time() - started < 20


def test_variables_that_tell_nothing_lead_nowhere() -> None:
    others = "".join(f'if test -n "${{v{i}}}"; then setenv s{i} 1; fi\n' for i in range(40))
    text = (
        others
        + 'test -n "${args}" || setenv args "dom0_mem=1G"\n'
        + others
        + 'fdt addr 1\nfdt set /chosen xen,xen-bootargs "${args}"\n'
    )
    assert noted(text) == []
    assert sorted(lines(text)) == ["", "dom0_mem=1G"]


def test_ways_are_bounded() -> None:
    text = "".join(f'if test -n "${{v{i}}}"; then fdt mknod /chosen d{i}; fi\n' for i in range(40))
    assert len(ran("fdt addr 1\n" + text).trees) <= MOST_WAYS
