"""Laws that hold for every trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_traces import RAM, VA, ev, map_, register, switch, trace, use, written
from hypothesis import given, settings
from hypothesis import strategies as st

from xlcfg.emulator import compare, generate_trace, lint_trace, minimise_trace, replay
from xlcfg.emulator.maps import RangeMap
from xlcfg.rules.replay import findings, shows

GUESTS = [
    ("arm64", "pvh"),
    ("arm32", "pvh"),
    ("x86_64", "pv"),
    ("x86_64", "pvh"),
    ("x86_32", "pv"),
    ("x86_32", "hvm"),
]
seeds = st.integers(0, 1 << 32)
guests = st.sampled_from(GUESTS)
policies = st.sampled_from(["update", "hypercall"])


@settings(max_examples=60, deadline=None)
@given(seeds, guests, policies, st.booleans(), st.booleans())
def test_generated_traces_verify_and_add_up(
    seed: int, guest: tuple[str, str], policy: str, phys: bool, times: bool
) -> None:
    arch, kind = guest
    lines = list(
        generate_trace(
            seed, 300, arch=arch, guest=kind, policy=policy, phys_area=phys, times=times, vcpus=3
        )
    )
    result = replay(lines, policy, verify=True)
    assert result.verification is not None
    assert result.verification.differences == []
    for vcpu in result.vcpus:
        assert vcpu.attempts == vcpu.delivered + vcpu.partial + vcpu.lost
        assert sum(vcpu.lost_where.values()) == vcpu.lost == sum(vcpu.lost_why.values())
        assert vcpu.caught_up <= vcpu.deferred <= vcpu.lost + vcpu.partial
        assert vcpu.refused <= vcpu.registered
    assert replay(lines, policy, verify=True) == result
    assert list(lint_trace(lines)) == []


@settings(max_examples=40, deadline=None)
@given(seeds, guests)
def test_policies_agree_while_nothing_is_remapped(seed: int, guest: tuple[str, str]) -> None:
    arch, kind = guest
    lines = list(generate_trace(seed, 200, arch=arch, guest=kind, remap=False))
    comparison = compare(lines)
    assert not comparison.distinguishable
    assert comparison.safe == ("update", "hypercall")
    assert comparison.update.vcpus == comparison.hypercall.vcpus
    for policy in ("update", "hypercall"):
        result = replay(lines, policy, verify=True)
        assert result.verification is not None
        assert result.verification.ok


pages = st.integers(0, 3)
frames = st.integers(0, 7)
spaces = st.integers(0, 1)
stage1 = st.one_of(
    st.builds(
        lambda index, page, space, ro: map_(index, VA + (page << 12), space, ro=ro),
        frames,
        pages,
        spaces,
        st.booleans(),
    ),
    st.builds(lambda space, page: ev("unmap", space=space, va=VA + (page << 12)), spaces, pages),
    st.builds(lambda space: use(space), spaces),
    st.builds(lambda on: ev("mmu", vcpu=0, on=on), st.booleans()),
    st.builds(
        lambda page, index: ev(
            "sample", vcpu=0, va=VA + (page << 12), gpa=hex(RAM + (index << 12))
        ),
        pages,
        frames,
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 4096 + 200), st.lists(st.one_of(stage1, st.just(None)), max_size=12))
def test_under_hypercall_stage_1_changes_nothing(
    offset: int, events: list[dict[str, Any] | None]
) -> None:
    addr = VA + (offset & ~7)
    start = [use(0), map_(0), map_(1, VA + 4096), register(addr), ev("observe_reset")]
    steps = [step for event in events for step in (switch() if event is None else [event])]
    lines = trace(*start, *steps, *switch())
    plain = trace(*start, *switch())
    assert written(lines, "hypercall") == written(plain, "hypercall") != {}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 200), st.integers(-1, 50))))
def test_range_map_is_a_map(sets: list[tuple[int, int, int]]) -> None:
    for slope in (0, 2):
        ranges, simple = RangeMap(slope), {}
        for stamp, (start, count, value) in enumerate(sets, 1):
            ranges.set(start, count, value, stamp)
            for page in range(start, start + count):
                simple[page] = value + slope * (page - start) if value >= 0 else -1
        for page in range(520):
            assert ranges.get(page) == simple.get(page, -1)


@pytest.mark.parametrize("code", ["RT103", "RT104", "RT105"])
def test_minimised_traces_are_minimal(code: str) -> None:
    lines = list(generate_trace(3, 900))
    small = minimise_trace(lines, "update", keep=shows(code))
    assert len(small) <= 12
    assert code in [f.code for f in findings(replay(small, "update"))]
    for index in range(1, len(small)):
        rest = small[:index] + small[index + 1 :]
        assert code not in [f.code for f in findings(replay(rest, "update"))]


def test_minimising_a_difference() -> None:
    lines = list(generate_trace(5, 400))
    for index, line in enumerate(lines):
        event = json.loads(line)
        if event.get("ret") == 0:
            lines[index] = json.dumps(event | {"ret": -22})
            break
    small = minimise_trace(lines, "update")
    assert len(small) == 2
    with pytest.raises(ValueError, match="does not show"):
        minimise_trace(lines, "update", keep=shows("RT107"))


def test_lint_finds_impossible_orders() -> None:
    lines = trace(
        ev("switch_in", vcpu=0),
        ev("switch_in", vcpu=1),
        ev("vcpu_up", target=0),
        ev("vcpu_down", target=1),
        ev("switch_out", vcpu=0, state="blocked"),
        ev("switch_out", vcpu=0, state="blocked"),
        register(),
        ev("p2m_add", gpa=hex(RAM), same_page=True),
        ev("p2m_remove", gpa=hex(RAM - 4096)),
        ev("map", space=0, va=VA + 8, gpa=hex(RAM)),
        ev("observe", frames=[{"gpa": hex(RAM - 4096), "first": 0, "last": 1}]),
    )
    problems = list(lint_trace([*lines, "{}", '{"ev": "x"}']))
    assert [problem.line for problem in problems if problem.severity == "warning"] == [
        2,
        3,
        4,
        5,
        7,
        8,
        9,
        10,
        11,
        12,
    ]
    assert [problem.line for problem in problems if problem.severity == "error"] == [13, 14]
    assert next(lint_trace(["nonsense"])).line == 1
