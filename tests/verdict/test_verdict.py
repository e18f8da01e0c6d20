"""`xlcfg verdict`: who breaks when a default flips."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from support import ROOT, Cli

KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"

HEADER = {
    "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
    "policy": None, "phys_area": False, "hypervisor": "made up", "va_bits": 48,
    "ram": [{"gpa": "0x1000", "pages": 4}], "runstate_size": 48,
}  # fmt: skip
MAP = {"ev": "map", "space": 0, "va": "0x8000", "gpa": "0x1000"}
REGISTER = {
    "ev": "vcpu_op", "vcpu": 0, "op": "register_runstate_memory_area", "target": 0,
    "addr": "0x8000",
}  # fmt: skip
SPACE = {"ev": "use_space", "vcpu": 0, "space": 0}
OUT = {"ev": "switch_out", "vcpu": 0, "state": "blocked"}
IN = {"ev": "switch_in", "vcpu": 0}


def trace(path: Path, *events: object, arch: str = "arm64") -> Path:
    lines = [{**HEADER, "arch": arch}, SPACE, *events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_a_guest_that_maps_later_loses_all_updates_under_hypercall(
    cli: Cli, tmp_path: Path
) -> None:
    trace(tmp_path / "late.jsonl", REGISTER, OUT, MAP, IN, OUT, IN)
    trace(tmp_path / "good.jsonl", MAP, REGISTER, OUT, IN)
    trace(tmp_path / "none.jsonl", MAP, OUT, IN)
    done = cli("verdict", tmp_path, "--format", "json")
    assert done.returncode == 0
    table = json.loads(done.stdout)
    states = {Path(t["path"]).stem: (t["update"], t["hypercall"]) for t in table["traces"]}
    assert states == {
        "good": ("safe", "safe"),
        "late": ("loses updates", "loses updates"),
        "none": ("no area", "no area"),
    }
    assert [Path(p).stem for p in table["breaks"]["arm64"]["hypercall"]] == ["late"]
    assert table["breaks"]["arm64"]["update"] == []
    assert table["totals"]["hypercall"] == {"no area": 1, "safe": 1, "loses updates": 1}


def test_the_summary_names_who_breaks_and_why(cli: Cli) -> None:
    done = cli("verdict", KPTI)
    assert done.returncode == 0
    assert "changing the default from hypercall to update breaks 1 of 1 recorded" in done.stdout
    assert "safe -> loses updates" in done.stdout
    assert "1206 of 5802 updates" in done.stdout
    assert "changing the default from update to hypercall breaks none of 1" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80 + len(str(KPTI))


def test_markdown_is_a_table(cli: Cli, tmp_path: Path) -> None:
    path = trace(tmp_path / "a|b<i>.jsonl", MAP, REGISTER, OUT, IN)
    lines = cli("verdict", path, "--format", "markdown").stdout.splitlines()
    assert lines[0] == "| trace | guest | update | hypercall |"
    assert lines[2].endswith("a\\|b<i>.jsonl` | arm64 pvh | safe | safe |")


def test_what_cannot_be_replayed_is_said_and_exits_2(cli: Cli, tmp_path: Path) -> None:
    good = trace(tmp_path / "good.jsonl", MAP, REGISTER, OUT, IN)
    done = cli("verdict", good, tmp_path / "missing.jsonl")
    assert done.returncode == 2
    assert "missing.jsonl: cannot be read: no such file or directory" in done.stdout
    assert "safe" in done.stdout


def test_secondary_time_areas_count(cli: Cli) -> None:
    abi = ROOT / "examples" / "abi"
    done = cli("verdict", abi / "time-area.jsonl", abi / "time-area-pv.jsonl", "--format", "json")
    document = json.loads(done.stdout)
    schema = ROOT / "xlcfg" / "report" / "schema" / "verdict.schema.json"
    jsonschema.validate(document, json.loads(schema.read_text()))
    hvm, pv = document["traces"]
    assert (hvm["update"], hvm["hypercall"]) == ("loses updates", "safe")
    # 8 updates of the runstate area and 4 of the time area, half of them under other tables
    (vcpu,) = hvm["vcpus"]
    assert (vcpu["update"]["arrived"], vcpu["update"]["lost"]) == (6, 6)
    assert (vcpu["hypercall"]["arrived"], vcpu["hypercall"]["lost"]) == (12, 0)
    assert (pv["update"], pv["hypercall"]) == ("safe", "safe"), "made up for at the toggle"
    assert document["effects"]["x86_64"]["hypercall"]["mends"] == [hvm["path"]]
