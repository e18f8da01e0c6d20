"""Traces written by hand, each for one sentence of a discussion or one rule: what is concluded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support import ROOT, Cli
from xlcfg.emulator import replay
from xlcfg.report.replay import render_text
from xlcfg.rules.replay import findings

DATA = Path(__file__).parent / "data"
ABI = ROOT / "examples" / "abi"
SCHEMA = json.loads((ROOT / "xlcfg" / "report" / "schema" / "verdict.schema.json").read_text())

#: Trace -> what becomes of it under update and under hypercall, and what a flip from update does.
_CONCLUDED = {
    "break-same-frame": ("loses updates", "safe", "mends"),
    "refused-again": ("loses updates", "loses updates", "broken_either_way"),
    "invalid-at-first": ("loses updates", "loses updates", "breaks"),
    "remap-without-break": ("safe", "corrupts", "breaks"),
    "remap-with-break": ("loses updates", "corrupts", "breaks"),
    "firmware-then-os": ("loses updates", "corrupts", "breaks"),
    "mixed-calls": ("loses updates", "loses updates", "broken_either_way"),
    "kexec": ("corrupts", "corrupts", "broken_either_way"),
    "hotplug": ("loses updates", "refused", "mends"),
    "kpti": ("loses updates", "safe", "mends"),
    "mixed-vcpus": ("safe", "safe", "alike"),
    "physical-then-address": ("loses updates", "loses updates", "broken_either_way"),
}


@pytest.mark.parametrize("name", _CONCLUDED)
def test_what_a_flip_does(cli: Cli, name: str) -> None:
    done = cli("verdict", ABI / f"{name}.jsonl", "--format", "json")
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    (row,) = document["traces"]
    update, hypercall, effect = _CONCLUDED[name]
    assert (row["update"], row["hypercall"]) == (update, hypercall)
    flips = document["effects"]["arm64"]
    assert [one for one, paths in flips["hypercall"].items() if paths] == [effect]
    back = {"breaks": "mends", "mends": "breaks"}.get(effect, effect)
    assert [one for one, paths in flips["update"].items() if paths] == [back]


def test_counts_are_told_per_vcpu(cli: Cli) -> None:
    path = ABI / "break-same-frame.jsonl"
    (row,) = json.loads(cli("verdict", path, "--format", "json").stdout)["traces"]
    (vcpu,) = row["vcpus"]
    assert vcpu["update"] | {"arrived": 4, "lost": 4, "overwriting": 0} == vcpu["update"]
    assert vcpu["hypercall"] | {"arrived": 8, "lost": 0, "overwriting": 0} == vcpu["hypercall"]


def test_the_summary_says_who_is_mended_and_who_is_broken_either_way(cli: Cli) -> None:
    text = cli("verdict", *(ABI / f"{name}.jsonl" for name in _CONCLUDED)).stdout
    flip = text.split("from update to hypercall ")[1].split("\n\n")[0]
    assert flip.startswith("breaks 4 of 12 traces:")
    for words in ("It mends 3:", "leaves 1 alone", "4 broken either way (2 of them cannot tell"):
        assert words in flip
    for name in ("break-same-frame", "kexec"):
        assert name in flip


@pytest.mark.parametrize(
    "name",
    ["e01-cross-flag-second-only", "e05-pv-defer", "e08-compat-44", "e10-remote-hypercall-drops",
     "e11-remote-op14", "e13-mmu-off", "f3-pv32-hole", "f4-arm416-order", "f4b-arm417-order",
     "s1-pvh32-4gib-is-null", "s2-pvh32-off-wrap", "s3-pv-into-hole"],
)  # fmt: skip
def test_recorded_results_are_predicted(cli: Cli, name: str) -> None:
    done = cli("replay", "--verify", DATA / f"{name}.jsonl")
    assert done.returncode == 0, done.stdout
    assert "compared: " in done.stdout
    assert " 0 differ" in done.stdout


def test_updates_asked_for_without_an_area_are_counted() -> None:
    result = replay(str(ABI / "refused-again.jsonl"), "hypercall")
    assert (result.total("attempts"), result.total("missed")) == (4, 40)
    text = render_text(result)
    assert "40 of 44 updates asked for find no area (90.9 %)" in text
    assert "vCPU 0: vCPU 0:" not in text


def test_an_area_behind_a_physical_one_is_a_warning() -> None:
    result = replay(str(ABI / "physical-then-address.jsonl"), "update")
    assert result.total("shadowed") == 8
    (found,) = [one for one in findings(result) if one.code == "RT111"]
    assert (found.severity, "8 updates" in found.message) == ("warning", True)


def test_interfaces_mixed_across_vcpus_are_noted() -> None:
    result = replay(str(ABI / "mixed-vcpus.jsonl"), "update")
    (found,) = [one for one in findings(result) if one.code == "RT111"]
    assert found.severity == "info"
    assert "vCPU 1 has its area by physical address, vCPU 0 by address" in found.message


@pytest.mark.parametrize("options", [(), ("--verify",)])
def test_the_longest_gap_does_not_depend_on_flags(cli: Cli, options: tuple[str, ...]) -> None:
    path = DATA / "b1-gap-end.jsonl"
    done = cli("replay", path, *options, "--format", "json")
    (found,) = json.loads(done.stdout)["replays"]
    assert found["vcpus"][0]["longest_gap"]["ns"] == 897_000_000


def test_qemu_does_not_compare_the_length(cli: Cli) -> None:
    path = DATA / "f1-qemu-cross.jsonl"
    done = cli("replay", path, "--model", "qemu-kvm", "--format", "json")
    (found,) = json.loads(done.stdout)["replays"]
    assert found["policy"] == "hypercall"
    vcpu: dict[str, Any] = found["vcpus"][0]
    assert [call["ret"] for call in vcpu["registrations"]] == [0]
    assert (vcpu["attempts"], vcpu["delivered"]) == (4, 4)


def test_long_names_of_models_stand_apart(cli: Cli) -> None:
    lines = cli("replay", "--compare", ABI / "mixed-calls.jsonl").stdout.splitlines()
    (names,) = [line.split() for line in lines if line.startswith("model")]
    assert names == ["model", "xen+phys-arm", "xen-arm-2020+phys"]
    assert max(map(len, lines)) <= 80


def test_a_model_of_other_guests_is_refused(cli: Cli) -> None:
    done = cli("replay", ABI / "kpti.jsonl", "--model", "qemu-kvm")
    assert done.returncode == 2
    assert "the model qemu-kvm is of x86_32 and x86_64 guests (hvm)" in done.stdout


def test_the_check_that_failed_is_named() -> None:
    result = replay(str(ABI / "mixed-calls.jsonl"), "update")
    (found,) = [one for one in findings(result) if one.code == "RT101"]
    assert "the area at 0x40003fe0 crosses a page" in found.message
