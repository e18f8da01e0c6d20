"""Secondary time areas: which of their updates would arrive, and what is told of them."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_traces import PHYS, RAM, VA, ev, frame, map_, register, switch, trace, use

from xlcfg.emulator import Comparison, Replay, compare, replay
from xlcfg.emulator.harm import Harm, harm_of
from xlcfg.emulator.results import TimeReport
from xlcfg.report.replay import render_compare, render_text, to_json
from xlcfg.rules.replay import Finding, findings

ALL = (1 << 64) - 1
HVM: dict[str, Any] = {"arch": "x86_64", "guest": "hvm", "phys_area": True}
PV: dict[str, Any] = HVM | {"guest": "pv"}


def time_va(va: int = VA + 0x80, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return register(va, vcpu, op="register_vcpu_time_memory_area", **members)


def time_phys(addr: int = RAM + 0x3080, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return register(addr, vcpu, op="register_vcpu_time_phys_area", **members)


def done(*events: dict[str, Any], policy: str = "update", **members: Any) -> Replay:
    return replay(trace(use(0), map_(0), *events, **(HVM | members)), policy)


def times(*events: dict[str, Any], policy: str = "update", **members: Any) -> TimeReport:
    time = done(*events, policy=policy, **members).vcpus[0].time
    assert time is not None
    assert time.attempts == time.delivered + time.partial + time.lost
    return time


def counts(time: TimeReport) -> tuple[int, int, int]:
    return time.delivered, time.partial, time.lost


def told(result: Replay, code: str) -> list[Finding]:
    return [one for one in findings(result) if one.code == code]


def test_an_update_is_due_where_a_vcpu_is_switched_in() -> None:
    assert counts(times(time_va(), *switch(times=3))) == (3, 0, 0)
    assert counts(times(time_va(), switch()[0])) == (0, 0, 0)
    assert counts(times(time_va(), time_va(0), *switch())) == (0, 0, 0)
    assert done(register(), *switch()).vcpus[0].time is None


@pytest.mark.parametrize(("policy", "expected"), [("update", (0, 0, 4)), ("hypercall", (4, 0, 0))])
def test_other_page_tables(policy: str, expected: tuple[int, int, int]) -> None:
    result = done(time_va(), use(1), *switch(times=4), policy=policy)
    time = result.vcpus[0].time
    assert time is not None
    assert counts(time) == expected
    assert time.lost_why == ({"other tables": 4} if policy == "update" else {})
    assert harm_of(result.vcpus[0]) == (
        Harm(lost=4) if policy == "update" else Harm(arrived=4)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([ev("unmap", space=0, va=VA)], "unmapped"),
        ([map_(0, ro=True)], "read-only"),
        ([ev("map", space=0, va=VA, gpa=0x20000000)], "no RAM"),
        ([ev("p2m_remove", gpa=frame(0))], "ballooned out"),
    ],
)
def test_why_it_is_lost_and_that_it_comes_back(events: list[dict[str, Any]], why: str) -> None:
    back = [ev("p2m_add", gpa=frame(0), same_page=True), map_(0)]
    time = times(time_va(), *events, *switch(times=2), *back, *switch())
    assert (counts(time), time.lost_why) == ((1, 0, 2), {why: 2})


def test_other_memory_is_overwritten() -> None:
    events = [time_va(), map_(1, space=1), use(1), *switch(times=2)]
    result = done(*events)
    time = result.vcpus[0].time
    assert time is not None
    assert [(one.kind, one.count, one.gpa) for one in time.misplaced] == [
        ("foreign", 2, RAM + 0x1000)
    ]
    assert time.overwritten == {RAM + 0x1000: 2}
    assert harm_of(result.vcpus[0]) == Harm(overwriting=2)
    assert harm_of(done(*events, policy="hypercall").vcpus[0]) == Harm(arrived=2)
    (found,) = told(result, "RT121")
    assert (found.severity, found.lines) == ("error", (8, 4))
    assert "vCPU 0: 2 updates of the secondary time area would overwrite" in found.message


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ([ev("unmap", space=0, va=VA), map_(1)], "stale"),
        ([ev("reuse", gpa=frame(0), as_="kernel")], "reused"),
        ([ev("stage", name_="kexec")], "stage"),
    ],
)
def test_what_a_fixed_frame_overwrites(events: list[dict[str, Any]], kind: str) -> None:
    result = done(time_va(), *events, *switch(), policy="hypercall")
    assert harm_of(result.vcpus[0]) == Harm(overwriting=1)
    assert len(told(result, "RT121")) == 1
    time = result.vcpus[0].time
    assert time is not None
    assert [one.kind for one in time.misplaced] == [kind]


def test_a_moved_area_is_followed_under_update() -> None:
    result = done(time_va(), ev("unmap", space=0, va=VA), map_(1), *switch())
    assert harm_of(result.vcpus[0]) == Harm(arrived=1)
    assert told(result, "RT121") == []


def test_an_area_that_was_not_mapped_is_at_home_where_it_is_written_first() -> None:
    late = [time_va(VA + 0x4080), map_(2, VA + 0x4000), *switch()]
    elsewhere = [use(1), map_(1, VA + 0x4000, space=1), *switch()]
    time = times(*late, *elsewhere)
    assert counts(time) == (2, 0, 0)
    assert [one.kind for one in time.misplaced] == ["foreign"]


@pytest.mark.parametrize(
    ("guest", "offset", "expected"),
    [
        ("hvm", 0xFF0, (0, 1, 0)),
        ("hvm", 0xFFD, (0, 1, 0)),
        ("pv", 0xFFC, (0, 1, 0)),
        ("pv", 0xFFD, (0, 0, 1)),  # the version is not written, so nothing is
    ],
)
def test_an_area_over_two_pages(guest: str, offset: int, expected: tuple[int, int, int]) -> None:
    both = (map_(1, VA + 4096), time_va(VA + offset))
    result = done(*both, *switch(), guest=guest)
    assert result.time_total("delivered") == 1
    gone = ev("unmap", space=0, va=VA + 4096)
    result = done(*both, gone, *switch(), guest=guest)
    (time,) = result.times
    assert counts(time) == expected
    assert len(told(result, "RT120")) == 1


# -- by physical address ------------------------------------------------------------------------


def test_the_physical_area_alone_is_updated_until_it_is_taken_back() -> None:
    phys = [time_va(), time_phys(), use(1), *switch(times=2)]
    assert counts(times(*phys)) == (2, 0, 0)
    assert counts(times(*phys, time_phys(ALL), *switch())) == (2, 0, 1)
    assert counts(times(*phys, time_phys(RAM + 0x3FF0), *switch())) == (3, 0, 0), "refused"


def test_an_area_behind_a_physical_one() -> None:
    result = done(time_phys(), time_va(), *switch(times=3))
    (time,) = result.times
    assert (time.shadowed, time.area) == (3, "physical")
    assert harm_of(result.vcpus[0]) == Harm(lost=3)
    assert "3 updates to the physical one" in told(result, "RT120")[0].message
    assert times(time_va(), time_phys(), *switch()).shadowed == 0


def test_another_page_behind_the_frame() -> None:
    replaced = [ev("p2m_remove", gpa=frame(3)), ev("p2m_add", gpa=frame(3), same_page=False)]
    time = times(time_phys(), *replaced, *switch())
    assert (counts(time), time.lost_why) == ((0, 0, 1), {"page replaced": 1})


# -- 64-bit PV ----------------------------------------------------------------------------------

USER, KERNEL = (ev("mode", vcpu=0, mode=mode) for mode in ("user", "kernel"))
IN_USER = (use(2, root="user"), time_va(), USER, *switch(times=2))


def test_pv_makes_up_for_it_at_the_toggle_to_kernel_mode() -> None:
    result = done(*IN_USER, KERNEL, USER, KERNEL, **PV)
    (time,) = result.times
    assert (counts(time), time.deferred, time.caught_up) == ((0, 0, 2), 2, 1)
    assert harm_of(result.vcpus[0]) == Harm(arrived=2)
    assert told(result, "RT120")[0].severity == "info"
    result = done(*IN_USER, **PV)
    assert harm_of(result.vcpus[0]) == Harm(lost=2)
    assert told(result, "RT120")[0].severity == "warning"


def test_the_toggle_tries_again_until_something_can_be_written() -> None:
    gone = ev("unmap", space=0, va=VA)
    assert times(*IN_USER, gone, KERNEL, **PV).caught_up == 0
    assert times(*IN_USER, gone, KERNEL, map_(0), USER, KERNEL, **PV).caught_up == 1
    again = [*IN_USER, gone, KERNEL, map_(0, space=2), USER]
    assert times(*again, **PV).caught_up == 0, "the toggle to user mode writes nothing"
    kernel_only = [time_va(), gone, *switch(), map_(0), USER, KERNEL]
    assert times(*kernel_only, **PV).caught_up == 0, "a failure in kernel mode is not deferred"


@pytest.mark.parametrize("call", [time_va(0, vcpu=1, target=0), time_phys(vcpu=1, target=0)])
def test_what_ends_a_pending_update(call: dict[str, Any]) -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1)]
    again = [KERNEL, time_phys(ALL), time_va(), USER, KERNEL]
    assert times(*up, *IN_USER, call, *again, **PV).caught_up == 0
    assert times(*up, *IN_USER, *again, **PV).caught_up == 1


def test_a_remote_registration_that_writes_nothing_is_pending_for_a_target_in_user_mode() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1), use(7, 1)]
    call = time_va(vcpu=1, target=0)
    assert times(*up, USER, call, KERNEL, **PV).caught_up == 1
    assert times(*up, call, USER, KERNEL, **PV).caught_up == 0


def test_nothing_is_deferred_elsewhere() -> None:
    assert times(*IN_USER, KERNEL, policy="hypercall", **PV).deferred == 0
    assert times(time_va(), use(1), *switch()).deferred == 0
    replaced = [ev("p2m_remove", gpa=frame(3)), ev("p2m_add", gpa=frame(3), same_page=False)]
    assert times(time_phys(), *replaced, USER, *switch(), KERNEL, **PV).deferred == 0


# -- refusals -----------------------------------------------------------------------------------


def test_updates_without_the_area_that_was_asked_for() -> None:
    refused = time_va(VA + 0x9000)

    def harm(*events: dict[str, Any]) -> Harm:
        return harm_of(done(*events, policy="hypercall").vcpus[0])

    assert harm(refused, *switch(times=3)) == Harm(lost=3, refused=True)
    assert harm(refused, *switch(times=3), time_va(), *switch()) == Harm(arrived=1, late=3)
    assert harm(time_va(), refused, *switch()) == Harm(lost=1, dropped=True, refused=True)
    assert harm(refused, *switch(), time_va(0), *switch(times=2)) == Harm(lost=1)
    assert harm(*switch(), time_va(), *switch()) == Harm(arrived=1)
    result = done(time_va(), refused, *switch(), policy="hypercall")
    (found,) = told(result, "RT120")
    assert found.lines == (5,)
    assert "takes the secondary time area registered before with it; 1 update" in found.message


@pytest.mark.parametrize("arch", ["arm32", "arm64"])
def test_what_the_hypervisor_does_not_have_is_not_lost(arch: str) -> None:
    for policy in ("update", "hypercall"):
        result = done(time_va(), *switch(), arch=arch, guest="pvh", phys_area=False, policy=policy)
        assert result.times == []
        assert harm_of(result.vcpus[0]) == Harm()
        (found,) = told(result, "RT101")
        assert "op 13 returns -22 (EINVAL): this hypervisor does not implement" in found.message
    result = done(time_phys(), phys_area=False)
    assert result.times == []
    assert "(op 13)" in told(result, "RT101")[0].help


def test_an_argument_that_cannot_be_read() -> None:
    result = done(time_va(arg_fault=True), *switch())
    assert [one.missed for one in result.times] == [1]


def test_a_soft_reset_forgets_it() -> None:
    reset = ev("stage", name_="soft-reset")
    assert counts(times(time_va(), reset, *switch())) == (0, 0, 0)
    assert counts(times(time_phys(), reset, *switch())) == (0, 0, 0)
    assert times(*IN_USER, reset, KERNEL, time_va(), USER, KERNEL, **PV).caught_up == 0
    again = [time_va(VA + 0x9000), reset, *switch(times=3), time_va(), *switch()]
    result = done(*again, policy="hypercall")
    assert (result.time_total("missed"), result.time_total("late")) == (0, 0)


# -- what is told -------------------------------------------------------------------------------

KPTI = (register(), time_va(), use(1), *switch(times=2))


def compared(*events: dict[str, Any]) -> Comparison:
    return compare(trace(use(0), map_(0), map_(1, space=1), *events, **HVM))


def test_a_guest_can_tell_by_its_time_area() -> None:
    comparison = compared(register(), time_va(VA + 0x80), use(1), *switch())
    assert comparison.difference is not None
    assert "secondary time area" not in comparison.difference[1]
    comparison = compared(time_va(), use(1), *switch())
    line, text = comparison.difference or (0, "")
    assert line == 8
    assert text.startswith(
        "vCPU 0, an update of its secondary time area: update writes frame 0x400"
    )
    assert comparison.safe == ("hypercall",)
    assert not compared(time_va(), *switch()).distinguishable


def test_the_reports_count_it() -> None:
    result = done(*KPTI)
    text = render_text(result)
    assert (
        "secondary time area: 2 due, 0 delivered, 0 torn, 2 lost, 0 made up for, 0 misplaced"
        in (" ".join(text.split()))
    )
    assert "2 of 2 updates of the secondary time area lost" in " ".join(text.split())
    (vcpu,) = to_json(result)["vcpus"]
    assert vcpu["time"]["lost"] == 2
    assert vcpu["time"]["made_up"] == 0
    assert "time" not in to_json(done(register(), *switch()))["vcpus"][0]
    only = " ".join(render_text(done(time_va(), *switch())).split())
    assert only.endswith("verdict: update: all 1 update of the secondary time area delivered")
    lines = trace(use(0), map_(0), *KPTI, **HVM)
    table = [line.split() for line in render_compare(compare(lines)).splitlines()]
    head = table.index(["secondary", "time", "area:"])
    assert table[head + 1] == ["due", "2", "2"]
    assert table[head + 4] == ["lost", "2", "0"]


def test_every_vcpu_has_its_own() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1), use(0, 1)]
    events = [*up, time_va(), time_va(VA + 0xC0, 1), use(1, 1), *switch(0), *switch(1, 3)]
    result = done(*events)
    assert [counts(time) for time in result.times] == [(1, 0, 0), (0, 0, 3)]
    (found,) = told(result, "RT120")
    assert found.message.startswith("vCPU 1: 3 of 4 updates of the secondary time area (75.0 %)")


def test_a_remote_op_14_switches_its_target_in() -> None:
    up = [ev("vcpu_up", target=1), ev("switch_in", vcpu=1), use(0, 1), time_va(VA + 0xC0, 1)]
    result = done(*up, register(RAM + 0x5000, op=PHYS, target=1))
    assert result.time_total("attempts") == 1
