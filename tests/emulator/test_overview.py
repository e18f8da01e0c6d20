"""What became of updates over time: every one is counted once, whatever the trace is like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support import ROOT
from xlcfg.emulator import compare, generate_trace
from xlcfg.emulator.harm import harm_of
from xlcfg.emulator.overview import COLUMNS, FATES, Bins, Lane, Overview, compare_with_overview
from xlcfg.emulator.results import CORRUPTING, TimeReport

KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
BOOTS = ROOT / "examples" / "boots"

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
OTHER = {"ev": "use_space", "vcpu": 0, "space": 1}
OUT = {"ev": "switch_out", "vcpu": 0, "state": "blocked"}
IN = {"ev": "switch_in", "vcpu": 0}


def lines(*events: dict[str, Any]) -> list[str]:
    return [json.dumps(line) + "\n" for line in (HEADER, *events)]


def totals(overview: Overview, policy: str) -> dict[str, int]:
    all_of = {fate: sum(lane.total(fate) for lane in overview.lanes[policy]) for fate in FATES}
    return {fate: number for fate, number in all_of.items() if number}


TRACES = [KPTI, *sorted(BOOTS.glob("*pv-*5.10*")), *sorted(BOOTS.glob("*off-xen-4.14*"))]


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.name)
def test_every_update_is_counted_once(path: Any) -> None:
    _agrees(str(path))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("arch", "guest", "phys_area"),
    [
        ("arm64", "pvh", False),
        ("x86_64", "pv", False),
        ("x86_64", "hvm", True),
        ("x86_32", "pv", True),
    ],
)
def test_every_update_of_a_random_guest_is_counted_once(
    seed: int, arch: str, guest: str, phys_area: bool
) -> None:
    made = generate_trace(
        seed, 400, arch=arch, guest=guest, phys_area=phys_area, times=seed % 2 == 0, vcpus=3
    )
    _agrees(list(made))


def _agrees(source: Any) -> None:
    plain = compare(source)
    comparison, overview = compare_with_overview(source)
    assert comparison == plain
    assert 1 <= overview.columns <= COLUMNS
    for replay in (comparison.update, comparison.hypercall):
        every = {(lane.index, lane.time): lane for lane in overview.lanes[replay.policy]}
        lanes = {index: lane for (index, time), lane in every.items() if not time}
        for vcpu in replay.vcpus:
            times = every.get((vcpu.index, True))
            if vcpu.time is None:
                assert times is None
            else:
                _agrees_of_times(vcpu.time, times)
            lane = lanes.get(vcpu.index)
            counted = sum(map(lane.total, FATES)) if lane else 0
            assert counted == vcpu.attempts + vcpu.missed + vcpu.late
            if lane is None:
                continue
            wrong = sum(one.count for one in vcpu.misplaced if one.kind in CORRUPTING)
            assert lane.total("corrupting") == wrong
            both = wrong + (times.total("corrupting") if times else 0)
            assert both == harm_of(vcpu).overwriting
            assert lane.total("without area") == vcpu.missed + vcpu.late
            assert all(0 <= c < overview.columns for n in lane.counts.values() for c in n)
            if not (vcpu.shadowed or vcpu.misplaced):
                assert lane.total("torn") == vcpu.partial
                made_up = vcpu.deferred if vcpu.caught_up else 0
                assert lane.total("lost") <= vcpu.lost - made_up + vcpu.partial
                assert lane.total("delivered") == vcpu.delivered


def _agrees_of_times(report: TimeReport, lane: Lane | None) -> None:
    """Every switch in with a time area, and every one that asks for one, is counted once."""
    counted = 0 if lane is None else sum(map(lane.total, FATES))
    assert counted == report.attempts + report.missed + report.late
    if lane is not None and not (report.shadowed or report.misplaced):
        assert lane.total("delivered") == report.delivered
        assert lane.total("torn") == report.partial
        assert lane.total("lost") + lane.total("made up for") == report.lost


def test_a_time_area_has_a_lane_of_its_own() -> None:
    _, overview = compare_with_overview(str(ROOT / "examples" / "abi" / "time-area.jsonl"))
    own, times = overview.lanes["update"]
    assert (own.time, times.time, times.index) == (False, True, 0)
    assert (times.total("delivered"), times.total("lost")) == (2, 2)
    assert times.first["lost"][1] == 10
    assert [call[2] for call in times.calls] == ["register_vcpu_time_memory_area"]


def test_an_update_stands_in_the_column_of_its_time() -> None:
    at = (0, 5, 7, 1_000_000, 1_000_001)
    events = [SPACE, {**MAP, "t": 0}, {**REGISTER, "t": 0}]
    events += [{**(OUT, IN)[k % 2], "t": t} for k, t in enumerate(at)]
    events[-2:-2] = [{**OTHER, "t": 999_999}]
    _, overview = compare_with_overview(lines(*events))
    assert (overview.unit, overview.start, overview.width) == ("ns", 0, 5000)
    (lane,) = overview.lanes["update"]
    assert lane.counts == {"delivered": {0: 3}, "lost": {200: 2}}
    assert lane.first["lost"] == (1_000_000, 9, "other tables", ("", None, 1))
    assert lane.calls == [(0, 4, "register_runstate_memory_area", 0x8000, 0)]
    assert totals(overview, "hypercall") == {"delivered": 5}


def test_a_trace_without_times_has_its_lines_as_axis() -> None:
    _, overview = compare_with_overview(lines(SPACE, MAP, REGISTER, OUT, IN, OTHER, OUT))
    assert (overview.unit, overview.start, overview.width, overview.columns) == ("line", 4, 1, 5)
    assert overview.lanes["update"][0].counts == {"delivered": {1: 1, 2: 1}, "lost": {4: 1}}


def test_what_comes_before_the_first_time_is_put_there() -> None:
    events = [SPACE, MAP, REGISTER, OUT, IN, {**OUT, "t": 70}, IN, {**OUT, "t": 75}]
    _, overview = compare_with_overview(lines(*events))
    assert (overview.unit, overview.start, overview.columns) == ("ns", 70, 6)
    assert overview.lanes["update"][0].counts == {"delivered": {0: 4, 5: 1}}
    assert overview.lanes["update"][0].calls[0][:2] == (70, 4)


def test_updates_asked_for_by_a_refused_call_have_no_area() -> None:
    events = [SPACE, REGISTER, OUT, IN, MAP, REGISTER, OUT]
    _, overview = compare_with_overview(lines(*events))
    assert totals(overview, "hypercall") == {"delivered": 1, "without area": 2}
    assert totals(overview, "update") == {"delivered": 1, "lost": 2}


def test_columns_grow_and_keep_all() -> None:
    bins = Bins()
    most = 0
    for t in range(0, 10**9, 9973):
        bins.place(t, 1)
        bins.current[0] += 1
        most = max(most, len(bins.cells))
    assert most <= 1200
    number = bins.settle(0)
    assert 90 <= number <= COLUMNS
    assert bins.width == 5 * 10**6
    counts = [bins.cells[cell][0] for cell in range(number)]
    assert sum(counts) == len(range(0, 10**9, 9973))
    assert max(counts) - min(counts) <= 1
