"""Inputs beyond what is read: each is refused, with what the limit is, before it costs anything.

Long files have holes instead of text, so that they take no room.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support import ZYGOTE, Cli, make_linter
from xlcfg.checks.file import check_any
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.source.devicetree import DEEPEST, MOST
from zygote import checkout_env

MIB = 1 << 20


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(256 * MIB + 1)
    return path


@pytest.mark.parametrize(
    "command",
    [
        "check {}", "check --kind grub {}", "check --kind xl.conf {}", "check --kind dts {}",
        "check {config} --host {}", "check --files-from {}", "check {config} --baseline {}",
        "merge {}", "parse {}", "policy {}", "convert --to xl {}", "fmt {}",
        "upgrade --from 4.14 {}",
    ],
)  # fmt: skip
def test_a_file_that_is_too_large(tmp_path: Path, large: Path, command: str) -> None:
    config = tmp_path / "g.cfg"
    config.write_text('name = "a"\nkernel = "/k"\n')
    words = [word.format(large, config=config) for word in command.split()]
    done = ZYGOTE.run([*words], checkout_env(os.environ), tmp_path)
    assert done.returncode == 2
    assert b"256 MiB" in done.stdout + done.stderr
    assert ZYGOTE.cpu < 5


def test_a_file_of_just_that_size_is_read(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "list"
    with path.open("wb") as file:
        file.truncate(MIB)
    assert "256 MiB" not in cli("merge", path).stderr


def _problems(name: str, data: bytes) -> list[str]:
    linter = make_linter("4.20", "arm64", Hooks(plugins=False))
    source = Source(name, data)
    return [d.message for report in check_any(source, linter) for d in report.diagnostics]


def _records(depth: int) -> bytes:
    return b'{"VCPUs_max": 1, "x": ' + b"[" * depth + b"]" * depth + b"}"


def test_a_device_tree_of_too_many_nodes() -> None:
    head = b'/dts-v1/; / { chosen { a { compatible = "xen,domain"; '
    assert "is too large" in " ".join(_problems("g.dts", head + b"b;" * (MOST + 1)))
    assert "is too large" not in " ".join(_problems("g.dts", head + b"b;" * 1000))


def test_a_device_tree_that_nests_too_deep() -> None:
    for depth, refused in ((DEEPEST - 4, False), (DEEPEST + 4, True)):
        tree = b'/dts-v1/; / { x = "xen,domain"; ' + b"a {" * depth + b"};" * depth + b"};"
        assert ("deep" in " ".join(_problems("g.dts", tree))) == refused


def test_records_that_nest_too_deep() -> None:
    assert any("deep" in text for text in _problems("g.json", _records(40)))
    assert not any("deep" in text for text in _problems("g.json", _records(20)))


def test_records_that_are_too_large() -> None:
    padding = b" " * (32 * MIB)
    assert any("larger than" in t for t in _problems("g.json", _records(1) + padding))
    assert not any("larger than" in t for t in _problems("g.json", _records(1) + padding[:MIB]))


#: Documents that mean harm, or are just wrong; a few of them are fine.
XML = [
    b"<", b"<>", b"<domain", b"<domain>", b"</domain>", b"<domain/><domain/>", b"<domain//>",
    b"<domain type>", b"<domain type=xen/>", b"<domain type='xen' type='xen'/>", b"<domain 1='x'/>",
    b"<domain type='xen'>\xff\xfe</domain>",
    b"<domain type='xen'><name>\xed\xa0\x80</name></domain>",
    b"<domain type='xen'><name>&#0;</name></domain>",
    b"<domain type='xen'><name>&#x110000;</name></domain>",
    b"<domain type='xen'><name>&#99999999999999999999;</name></domain>",
    b"<domain type='xen'><name>&amp</name></domain>", b"<domain type='xen'>&;</domain>",
    b"<domain type='xen'><![CDATA[</domain>", b"<domain type='xen'><![CDATA[]]]]></domain>",
    b"<domain type='xen'><!-- -- --></domain>", b"<domain type='xen'><!--</domain>",
    b"<domain type='xen'><?php ?></domain>", b"<domain type='xen'><?xml version='1.0'?></domain>",
    b"<?xml?><domain type='xen'/>", b"<?xml version='9'?><domain type='xen'/>",
    b"<?xml version='1.0' standalone='maybe'?><domain type='xen'/>",
    b"<?xml version='1.0' encoding=''?><domain type='xen'/>",
    b"<?xml version='1.0' encoding='../../etc/passwd'?><domain type='xen'/>",
    b"<?xml version='1.0' encoding='UTF-32'?><domain type='xen'/>",
    b"<!DOCTYPE domain><domain type='xen'/>", b"<!DOCTYPE domain [<!ELEMENT a (b+)>]><domain/>",
    b"<!DOCTYPE domain PUBLIC 'a' 'http://127.0.0.1:9/'><domain type='xen'/>",
    b"<!DOCTYPE d [<!ENTITY a '&#38;a;'>]><domain type='xen'><name>&a;</name></domain>",
    b"<!DOCTYPE d [<!ATTLIST domain type CDATA 'xen'>]><domain/>",
    b"<a:domain type='xen'/>", b"<domain xmlns='x' type='xen'/>",
    b"<domain xmlns:a='' type='xen'/>",
    b"<domain type='xen' xmlns:xml='x'/>", b"<DOMAIN TYPE='xen'/>",
    b"\xef\xbb\xbf<domain type='xen'/>",
    b"\xff\xfe<\0d\0", b"\xfe\xff\0<\0d", b" \n\t<domain type='xen'/>\0",
    b"<domain type='xen'/>" + b"\n" * 1000 + b"x", b"<domains><domain type='xen'/></domains>",
    b"<domain type='xen'><os><type arch='x86_64\x1b'>hvm</type></os></domain>",
    b"<domain type='xen'><os><type arch='ppc64'>hvm</type></os></domain>",
    b"<domain type='xen'><vcpu>99999999999999999999999</vcpu></domain>",
    b"<domain type='xen'><vcpu>-1</vcpu><memory unit='YiB'>1</memory></domain>",
    b"<domain type='xen'><memory unit='EiB'>99999999999999999999</memory></domain>",
    b"<domain type='xen'><devices><disk/><interface/><hostdev/><controller/></devices></domain>",
    b"<domain type='xen'>" + b"<devices/>" * 500 + b"</domain>",
    b"<domain type='kvm'/>", b"<network><name>x</name></network>", b"<domain type=''/>",
]  # fmt: skip


def test_there_are_enough_of_these() -> None:
    assert len(XML) >= 50


@pytest.mark.parametrize("number", range(len(XML)))
def test_hostile_xml(cli: Cli, tmp_path: Path, number: int) -> None:
    path = tmp_path / "g.xml"
    path.write_bytes(XML[number])
    done = cli("check", "--no-cache", "--format", "json", path)
    found = json.loads(done.stdout)["diagnostics"]
    assert done.returncode in (0, 1, 2)
    assert (done.returncode == 0) == all(one["severity"] == "info" for one in found)
    assert "\x1b" not in done.stdout + done.stderr
    assert cli("convert", path, "--to", "xl").returncode in (0, 1, 2)
