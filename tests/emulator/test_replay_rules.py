"""The rules about replays: what each says of itself is true, and how they are put together."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from emulator_traces import RAM, RECORDED, TRACES, VA, ev, frame, map_, register, switch, trace, use
from wild_traces import wild_trace

import xlcfg.emulator
from xlcfg.core.diagnostics import SEVERITIES
from xlcfg.emulator import Replay, compare, known_models, replay
from xlcfg.report import replay as rendering
from xlcfg.rules.replay import IMPACTS, findings, impact, reasons, rules, shows


def severities(code: str) -> tuple[str, ...]:
    severity = rules()[code].SEVERITY
    return severity if isinstance(severity, tuple) else (severity,)


def test_what_a_rule_says_of_itself() -> None:
    for code, rule in rules().items():
        assert code == rule.CODE
        assert rule.TITLE
        assert rule.FIX == ""
        assert rule.IMPACT in ("", *IMPACTS)
        assert getattr(rule, "TOLD_WITH", code) in rules()
        assert list(severities(code)) == sorted(severities(code), key=SEVERITIES.index)
        assert rule.IMPACT == "" or severities(code) != ("info",), "advice breaks nobody"


@pytest.mark.parametrize("policy", ["update", "hypercall"])
def test_findings_have_a_severity_that_their_rule_lists(policy: str) -> None:
    met: dict[str, set[str]] = {}
    sources: list[Any] = [wild_trace(seed, 300) for seed in range(40)]
    for source in [*sources, *(TRACES / name for name in RECORDED[::4])]:
        result = replay(source, policy, verify=True)
        found = findings(result)
        for finding in found:
            met.setdefault(finding.code, set()).add(finding.severity)
            assert shows(finding.code)(result)
        keys = [
            (SEVERITIES.index(f.severity), getattr(rules()[f.code], "TOLD_WITH", f.code))
            for f in found
        ]
        assert keys == sorted(keys)
    assert len(met) > 8
    for code, found_severities in met.items():
        assert found_severities <= set(severities(code)), code


LOST = [use(0), map_(0), register(), use(1), *switch()]
REFUSED = [use(0), register(VA + 0x9000)]
ELSEWHERE = [use(0), map_(0), map_(1, space=1), register(), use(1), *switch()]


@pytest.mark.parametrize(
    ("events", "policy", "worst"),
    [
        ([use(0), map_(0), register(), *switch()], "update", ""),
        ([*switch()], "update", ""),
        (LOST, "update", "loses updates"),
        (LOST, "hypercall", ""),
        (REFUSED, "hypercall", "refused"),
        (REFUSED, "update", ""),
        (ELSEWHERE, "update", "corrupts"),
        ([*LOST, *ELSEWHERE], "update", "corrupts"),
        ([*REFUSED, map_(0), register(), ev("reuse", gpa=frame(0), as_="user"), *switch()],
         "hypercall", "corrupts"),
    ],
)  # fmt: skip
def test_the_worst_impact(events: list[dict[str, Any]], policy: str, worst: str) -> None:
    assert impact(replay(trace(*events), policy)) == worst


def test_refused_calls_are_told_together() -> None:
    op14 = register(RAM, op="register_runstate_phys_area")
    dropped = [map_(0), register(), register(VA + 0x9000)]
    advertises = known_models()["xen-arm-2020"]
    advertises = dataclasses.replace(advertises, name="ours", feature_bit=True)
    result = replay(trace(use(0), op14, *dropped), "hypercall", model=advertises)
    codes = [f.code for f in findings(result) if f.severity == "warning"]
    assert codes == ["RT101", "RT112", "RT102"]


def test_lost_updates_are_told_before_torn_ones() -> None:
    crossing = [map_(0), map_(1, VA + 4096), register(VA + 0xFF0, vcpu=1)]
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1), use(0, 1)]
    gone = ev("unmap", space=0, va=VA + 4096)
    own = [map_(2, VA + 0x4000), register(RAM + 0x2040, op="register_runstate_phys_area")]
    replaced = [ev("p2m_remove", gpa=frame(2)), ev("p2m_add", gpa=frame(2), same_page=False)]
    events = [use(0), *up, *crossing, *own, gone, *replaced, *switch(), *switch(1)]
    result = replay(trace(*events, arch="x86_64", phys_area=True), "update")
    codes = [f.code for f in findings(result) if f.severity == "warning"]
    assert codes == ["RT110", "RT104"]


def test_a_comparison_is_explained() -> None:
    lines = trace(*LOST)
    difference, update = reasons(compare(lines))
    assert difference == (
        "first difference: vCPU 0: update writes nothing, hypercall writes frame 0x40000000",
        6,
    )
    assert update[0].startswith("update: 2 of 2 updates")
    assert reasons(compare(trace(use(0), map_(0), register()))) == []


def test_what_left_the_emulator_is_still_found_there() -> None:
    result: Replay = replay(trace(*LOST), "update")
    for name in ("render_text", "render_compare", "to_json"):
        assert getattr(xlcfg.emulator, name) is getattr(rendering, name)
    assert "RT103" in rendering.render_text(result)
    with pytest.raises(AttributeError):
        _ = xlcfg.emulator.findings_of  # type: ignore[attr-defined]
