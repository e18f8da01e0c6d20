"""Configs of ImageBuilder: words of a shell, guests, the boot line, and what contradicts."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import xlcfg_imagebuilder
from plugins.toolstacks import codes, guests, linter, quoted

from xlcfg.checks.file import check_any
from xlcfg.checks.report import Report
from xlcfg.core.source import Source
from xlcfg.source.found import HOLE
from xlcfg.source.imagebuilder import is_config, read_config, tree_of
from xlcfg.source.kinds import recognise

HOME = Path(xlcfg_imagebuilder.__file__).parent
HEAD = """MEMORY_START=0x40000000
MEMORY_END=0x80000000
DEVICE_TREE="board.dtb"
XEN="xen"
XEN_CMD="console=dtuart dom0_mem=768M"
DOM0_KERNEL="Image"
"""
TWO = HEAD + 'NUM_DOMUS=2\nDOMU_KERNEL[0]="rtos.bin"\nDOMU_KERNEL[1]="linux.Image"\n'


def checked(text: str, release: str = "4.22") -> list[Report]:
    source = Source("config", text.encode())
    source.kind = recognise("config", source.data)
    assert source.kind == "imagebuilder"
    return check_any(source, linter(release=release))


def found(text: str) -> list[str]:
    return sorted(code for report in checked(text) for code in codes(report))


def values(text: str) -> dict[tuple[str, int | None], str]:
    read = read_config(Source("c", text.encode()))
    return {(s.name, s.index): str(s.value).replace(HOLE, "?") for s in read.settings}


def test_the_settings_are_of_their_schema() -> None:
    data = json.loads((HOME / "settings.json").read_text())
    jsonschema.validate(data, json.loads((HOME / "settings.schema.json").read_text()))
    names = [one["name"] for one in data["settings"]]
    assert len(names) == len(set(names))
    assert {one["counted_by"] for one in data["settings"] if "counted_by" in one} <= set(names)


def test_words_of_a_shell() -> None:
    assert values(
        "A=1 B='two words'  # a comment\n"
        'export C="$A ${B} \\"q\\" \\\n more"\n'
        "D[0]=x D[ 1 ]=y; D[1]+=z\n"
        "E=(a [4]=b c)\n"
        "F=$(date) G=`id` H=${A:-x} I=$((1 + (2)))\n"
        "J=$UNKNOWN K=a$A'b'\n"
    ) == {
        ("A", None): "1", ("B", None): "two words", ("C", None): '1 two words "q"  more',
        ("D", 0): "x", ("D", 1): "yz", ("E", 0): "a", ("E", 4): "b", ("E", 5): "c",
        ("F", None): "??", ("G", None): "??", ("H", None): "??", ("I", None): "??",
        ("J", None): "??", ("K", None): "a1b",
    }  # fmt: skip


def test_guests_and_their_line_at_their_places() -> None:
    text = TWO.replace("768M", "768M tpyo=1") + "DOMU_MEM[1]=256\nDOMU_VCPUS[1]=0\n"
    file, first, second = checked(text)
    assert codes(file) == ["BL101"]
    assert quoted(file, "BL101") == "tpyo"
    assert codes(first) == []
    assert quoted(second, "DT109") == "DOMU_VCPUS[1]=0"
    assert (first.part, second.part) == ("domU0", "domU1")


def test_a_guest_is_what_imagebuilder_writes() -> None:
    text = TWO + (
        'DOMU_CMD[1]="console=ttyAMA0"\nDOMU_RAMDISK[1]=rd.cpio\nDOMU_MEM[1]=256\n'
        'DOMU_VCPUS[1]=2\nDOMU_VCPU_HARD_AFFINITY[1,0]="1-2"\nDOMU_GRANT_VER[1]=1\n'
    )
    plain, made = guests(text)
    assert plain.settings.string("kernel") == "rtos.bin"
    assert plain.settings.string("memory") == "512"
    assert {name: made.settings.string(name) for name in ("memory", "vcpus", "cmdline")} == {
        "memory": "256", "vcpus": "2", "cmdline": "console=ttyAMA0",
    }  # fmt: skip
    assert made.settings.string("ramdisk") == "rd.cpio"
    assert made.settings.string("max_grant_version") == "1"
    node = tree_of(Source("c", text.encode())).root.children["chosen"].children["domU1"]
    assert node.strings("xen,enhanced") == ["enabled"]
    assert node.children["vcpu@0"].strings("hard-affinity") == ["1-2"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("DOMU_VCPU[0]=2\n", ["IB101"]),
        ("DOMU_KERNAL[0]=x\n", ["IB101"]),
        ("MY_OWN=2\n", []),
        ("DOMU_BASE=a\nDOMU_CMD[0]=$DOMU_BASE\n", []),
        ("DOMU_KERNEL[2]=x\nDOMU_MEM[2]=5\n", ["IB102"]),
        ("NUM_DT_OVERLAY=1\nDT_OVERLAY[0]=a\nDT_OVERLAY[1]=b\n", ["IB102"]),
        ("NUM_DOMUS=3\n", ["IB103", "IB106"]),
        ("DOMU_MEM[0]=512M\n", ["IB105"]),
        ("NUM_DT_OVERLAY=some\n", ["IB105"]),
        ("DOMU_MEM[0]=$((4 * 128))\n", []),
        ("DOM0_MEM=1024\n", ["IB106"]),
        ("DOMU_DIRECT_MAP[0]=1\n", ["IB106"]),
        ("DOMU_MEM[0]=512\nDOMU_MEM[0]=256\n", ["IB106"]),
        ("DOMU_CAPS[0]='control|all'\n", ["IB110"]),
        ("DOMU_STATIC_MEM[0]='0x50000000 0x20000000'\n", []),
        ("DOMU_STATIC_MEM[0]='0x50000000 0x10000000'\n", ["DT114"]),
        ("DOMU_VCPU_HARD_AFFINITY[0,3]=1\n", ["DT113"]),
        ("DOMU_GRANT_VER[0]=3\n", ["DT110"]),
        ("DOMU_VCPUS[0]=129\n", ["DT109"]),
        ("DOMU_NOBOOT[0]=y\n", []),
        ("source ./more\nNUM_DOMUS=9\n", []),
        ("if test $BIG; then NUM_DOMUS=9; fi\n", []),
        ("DOMU_CMD[0]='open\n", ["IB108"]),
        ("DOMU_KERNEL=(a b\n", ["IB108"]),
    ],
)
def test_what_contradicts(more: str, expected: list[str]) -> None:
    assert found(TWO + more) == expected


def test_nothing_to_start() -> None:
    text = TWO.replace('DOM0_KERNEL="Image"\n', "").replace("NUM_DOMUS=2", "NUM_DOMUS=0")
    assert "IB104" in found(text)
    assert "IB104" not in found(TWO.replace("NUM_DOMUS=2", "NUM_DOMUS=0"))
    assert found(HEAD.replace('XEN="xen"\n', "")) == ["IB107"]


def test_without_a_dom0_words_about_it_do_not_count() -> None:
    text = TWO.replace('DOM0_KERNEL="Image"\n', "").replace("768M", "768X")
    assert found(text) == []
    assert found(TWO.replace("768M", "768X")) == ["BL201"]


def test_the_line_says_which_policy_holds() -> None:
    file, *guests_ = checked(TWO.replace("768M", "768M runstate-translation=update"))
    assert [report.policy.policy for report in guests_ if report.policy] == ["update"] * 2
    assert len(file.boots) == 1


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TWO, True),
        ("NUM_DOMUS=1\nDOMU_KERNEL[0]=a\n", True),
        ("#!/bin/bash\n" + TWO, False),
        ("XEN_CMD=a\n", False),
        ("GRUB_CMDLINE_XEN=a\n", False),
    ],
)
def test_recognition(text: str, is_one: bool) -> None:
    assert is_config(text) is is_one


def test_a_guest_that_nobody_can_count() -> None:
    text = HEAD + "NUM_DOMUS=99999999999\nDOMU_KERNEL[0]=a\n"
    assert len(found(text)) < 40


@pytest.mark.parametrize("more", ['DOMU_MEM[0]=2"$Q"\n', 'DOMU_CAPS[0]="all|$Q"\n'])
def test_a_value_with_a_part_from_elsewhere_is_told_at_its_name(more: str) -> None:
    text = f"Q=x\n{TWO}{more}"
    places = [(d.start, d.end) for report in checked(text) for d in report.diagnostics]
    assert [text[start:end] for start, end in places] == [more.partition("=")[0]]
