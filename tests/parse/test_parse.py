"""`xlcfg parse`: its documents are what the schema says, and what the readers read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

import xlcfg
from support import ROOT, Cli, make_linter
from xlcfg.checks.report import Report
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.guest import Guest
from xlcfg.report import parse as parse_report
from xlcfg.report.columns import Places
from xlcfg.syntax.guest import read_guest

SCHEMAS = Path(xlcfg.__file__).parent / "report/schema"
SCHEMA = json.loads((SCHEMAS / "parse.schema.json").read_text())
REPORT = json.loads((SCHEMAS / "report.schema.json").read_text())
REGISTRY: Any = Registry().with_resource("report.schema.json", Resource.from_contents(REPORT))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, registry=REGISTRY)

CONFIG = b"""\
# d\xc3\xa4mo
name = "w\xff"; type = 'hvm'
memory = 512
memory = 0x400
vif = [ "bridge=xenbr0" ]
vif += [ 'mac=00:16:3e:00:00:01', ]
vcpu = 2 # not a key
odd = [ [ 1, "two" ], [], ]
"""


def parse(cli: Cli, *arguments: Any, stdin: bytes = b"", code: int = 0) -> dict[str, Any]:
    done = cli("parse", *arguments, stdin=stdin)
    assert done.returncode == code, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    VALIDATOR.validate(document)
    return document


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_settings_come_in_order_with_places_and_winners(cli: Cli) -> None:
    found = parse(cli, "-", "--xen", "4.17", stdin=CONFIG)
    assert (found["kind"], found["xen"], found["accepted"]) == ("guest", "4.17", True)
    seen = [(s["name"], s["op"], s["wins"], s["line"]) for s in found["settings"]]
    assert seen == [
        ("name", "=", True, 2),
        ("type", "=", True, 2),
        ("memory", "=", False, 3),
        ("memory", "=", True, 4),
        ("vif", "=", True, 5),
        ("vif", "+=", True, 6),
        ("vcpu", "=", True, 7),
        ("odd", "=", True, 8),
    ]
    for setting in found["settings"]:
        assert CONFIG[setting["start"] : setting["name_end"]["offset"]] == setting["name"].encode()
        assert setting["value"]["end"] == setting["end"]
    assert [c["text"] for c in found["comments"]] == ["# dämo", "# not a key"]


def test_values_nest_with_their_kinds(cli: Cli) -> None:
    found = parse(cli, "-", stdin=CONFIG)
    odd = found["settings"][-1]["value"]
    inner = odd["items"][0]
    assert [odd["kind"], inner["kind"], odd["items"][1]["items"]] == ["list", "list", []]
    assert [(i["kind"], i["text"]) for i in inner["items"]] == [("number", "1"), ("string", "two")]
    assert CONFIG[inner["start"] : inner["end"]] == b'[ 1, "two" ]'


def test_bytes_that_are_not_utf_8(cli: Cli) -> None:
    found = parse(cli, "-", stdin=CONFIG)
    name = found["settings"][0]["value"]
    assert (name["text"], name["hex"]) == ("w\ufffd", "77ff")
    assert found["values"]["name"] == {"text": "w\ufffd", "hex": "77ff"}
    assert name["end_column"] - name["column"] == 4


def test_the_typed_view_is_the_engine_s(cli: Cli) -> None:
    found = parse(cli, "-", stdin=CONFIG)
    assert found["guest_type"] == "hvm"
    assert found["values"]["memory"] == 1024 * 1024
    assert len(found["values"]["vif"]) == 2
    assert "vcpu" not in found["values"]


def test_a_refused_file(cli: Cli) -> None:
    found = parse(cli, "-", stdin=b'name = "a"\nmemory = = 5\n', code=1)
    assert found["accepted"] is False
    assert [(p["line"], p["severity"]) for p in found["problems"]] == [(2, "error")]
    assert found["settings"][0]["name"] == "name"
    assert (found["guest_type"], found["values"]) == (None, {})


def test_a_file_that_libxlutil_dies_of(cli: Cli) -> None:
    assert parse(cli, "-", stdin=b'name = "a\0"\n', code=1)["aborts"] is True


def test_xl_conf(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "xl.conf"
    path.write_text('claim_mode=0\nautoballoon="off"\nmax_grant_frames=64\nx=1\n')
    found = parse(cli, path)
    assert found["kind"] == "xl.conf"
    assert found["values"] == {"claim_mode": False, "autoballoon": "off", "max_grant_frames": 64}


def test_a_boot_line(cli: Cli) -> None:
    line = b"dom0_mem=4G,max:4G no-bootscrub iommu=no-intremap nonsense -- root=x"
    (found,) = parse(cli, "--kind", "boot-line", "-", stdin=line)["lines"]
    seen = [(w["name"], w["effect"], w["parameter"]) for w in found["words"]]
    assert seen[0] == ("dom0_mem", "used", "dom0_mem")
    assert seen[2:] == [
        ("iommu", "used", "iommu"),
        ("nonsense", "unknown", None),
        ("root", "dom0", None),
    ]
    assert found["messages"] == ['parameter "nonsense" unknown!']
    memory = found["words"][0]
    assert [(s["name"], s["mark"], s["value"]) for s in memory["suboptions"]] == [
        ("4G", "", None),
        ("max", ":", "4G"),
    ]
    assert memory["parts"] == {"": "4G", "max": "4G"}
    for word in found["words"]:
        assert line[word["start"] : word["end"]].decode() == word["text"]


FILES = ROOT / "tests/cmdline/files"


@pytest.mark.parametrize(
    "path", [p for p in sorted(FILES.iterdir()) if p.suffix != ".expected"], ids=lambda p: p.name
)
def test_files_of_boot_loaders(cli: Cli, path: Path) -> None:
    found = parse(cli, path)
    assert found["lines"]
    data = path.read_bytes()
    for line in found["lines"]:
        for word in line["words"]:
            if "\n" not in word["text"] and '"' not in word["text"]:
                assert data[word["start"] : word["end"]].startswith(word["text"][:1].encode())


def test_contributed_parameters_are_known(cli: Cli) -> None:
    line = b"runstate-translation=hypercall"
    (found,) = parse(cli, "--kind", "boot-line", "-", stdin=line)["lines"]
    assert found["words"][0]["effect"] == "used"


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xef\xbb\xbf", b"\x7fELF\0\xff" * 99, b"[" * 99999]
)
def test_odd_bytes(cli: Cli, content: bytes) -> None:
    done = cli("parse", "-", stdin=content)
    # 2: what is no guest config at all is told in one line
    assert done.returncode in (0, 1) or done.stderr.count("this is no guest config") == 1


def test_deep_nesting_is_written_without_recursion(cli: Cli) -> None:
    deep = 4000
    done = cli("parse", "-", stdin=b"disk = " + b"[" * deep + b"]" * deep + b"\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('"items"') == deep
    assert done.stdout.count("{") == done.stdout.count("}")


def test_what_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    done = cli("parse", tmp_path / "none.cfg")
    assert done.returncode == 2
    assert "none.cfg: cannot be read" in done.stderr
    assert cli("parse", tmp_path).returncode == 2
    assert cli("parse", "--format", "text", tmp_path).returncode == 2


@pytest.mark.parametrize(
    "data",
    [b"a=1\nb=2\n", "ä=1; 漢字=😀\nx".encode(), b"\xff\xfe x \xc3\xa4\n\xe6\xbc", b"", b"\n\n"],
)
def test_places_are_the_source_s(data: bytes) -> None:
    source = Source("x", data)
    places = Places(source)
    inside = [i for i in range(len(data)) if data[i] & 0xC0 == 0x80]
    for offset in range(len(data) + 1):
        if offset not in inside:
            assert places.position(offset) == tuple(source.position(offset)), offset


def test_several_guests_of_a_file() -> None:
    linter = make_linter("4.17", "x86_64", Hooks(plugins=False))
    source = Source("two", CONFIG)
    one = (Guest(source, read_guest(source.text), linter.target), Report(source))
    document = json.loads(parse_report.guests([one, one]))
    VALIDATOR.validate(document)
    assert document["guests"] == [json.loads(parse_report.guests([one]))] * 2
    assert "settings" not in document


def test_a_guest_of_another_toolstack(cli: Cli) -> None:
    xml = b"""<domain type="xen">
  <name>\xc3\xa4</name>
  <memory unit="MiB">64</memory>
  <os><type>hvm</type></os>
</domain>
"""
    found = parse(cli, "-", stdin=xml)
    assert found["toolstack"] == "libvirt"
    assert found["values"]["name"] == "ä"
