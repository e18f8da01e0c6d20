"""Everything that real hypervisors returned and wrote has to come out of the emulator."""

from __future__ import annotations

import pytest
from emulator_traces import RECORDED, TRACES

from xlcfg.emulator import Reader, compare, lint_trace, replay
from xlcfg.rules.replay import findings

NOGUARD = "linux-6.1-noguard-arm64-xen-4.17-kpti-on.jsonl.xz"
PV = "linux-6.1-pv-x86_64-xen-4.17-userload.jsonl.xz"


def test_recordings_are_there() -> None:
    assert len(RECORDED) == 27


@pytest.mark.parametrize("name", RECORDED)
def test_prediction_matches_the_recording(name: str) -> None:
    with Reader(TRACES / name) as reader:
        result = replay(reader, reader.header.policy or "update", verify=True)
    verification = result.verification
    assert verification is not None
    assert verification.differences == []
    assert verification.ok
    if "kpti-on" not in name or "noguard" in name:
        assert sum(verification.compared.values()) > 1
    for vcpu in result.vcpus:
        assert vcpu.attempts == vcpu.delivered + vcpu.partial + vcpu.lost


@pytest.mark.parametrize("name", RECORDED)
def test_recordings_have_a_possible_order(name: str) -> None:
    assert list(lint_trace(TRACES / name)) == []


def test_kpti_loses_a_fifth_of_the_updates() -> None:
    result = replay(TRACES / NOGUARD, "update")
    assert (result.total("lost"), result.total("attempts")) == (1206, 5802)
    (finding,) = findings(result)
    assert finding.code == "RT103"
    assert "1206 of 5802 updates" in finding.message
    assert "not mapped in the user-mode tables (KPTI)" in finding.message
    assert finding.lines[0] == min(vcpu.first_lost or 0 for vcpu in result.vcpus)


def test_translating_once_loses_nothing() -> None:
    result = replay(TRACES / NOGUARD, "hypercall")
    assert (result.total("lost"), result.total("attempts")) == (0, 5802)
    assert findings(result) == []


def test_comparison_tells_the_policies_apart() -> None:
    comparison = compare(TRACES / NOGUARD)
    assert comparison.distinguishable
    assert comparison.safe == ("hypercall",)
    assert comparison.first_difference == findings(comparison.update)[0].line


def test_pv_guest_gets_half_of_the_misses_made_up_for() -> None:
    result = replay(TRACES / PV, "update", verify=True)
    assert (result.total("lost"), result.total("attempts")) == (253, 5396)
    assert result.total("deferred") == 253
    assert result.total("caught_up") == 123
    assert all(state == "user mode" for vcpu in result.vcpus for state, _, _ in vcpu.lost_where)
    comparison = compare(TRACES / PV)
    assert comparison.safe == ("update", "hypercall")


def test_a_wrong_policy_is_found_out() -> None:
    result = replay(TRACES / "suite-4.17.jsonl.xz", "hypercall", verify=True)
    assert result.verification is not None
    assert result.verification.differing["ret"] > 0
    assert result.verification.differing["observe"] > 0
    difference = result.verification.differences[0]
    assert difference.recorded != difference.predicted
    assert any(f.code == "RT116" for f in findings(result))
