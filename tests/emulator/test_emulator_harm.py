"""What a policy does to a vCPU, by counts; and what a guest asked for and cannot get."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_traces import PHYS, RAM, VA, ev, map_, register, switch, trace, use, written

from xlcfg.emulator import replay
from xlcfg.emulator.harm import Harm, harm_of, worst
from xlcfg.emulator.models import default_model, recorded_release
from xlcfg.emulator.trace import Reader

UNMAPPED = VA + 0x9000


def harm(events: list[dict[str, Any]], policy: str = "hypercall", **members: Any) -> Harm:
    return harm_of(replay(trace(use(0), map_(0), *events, **members), policy).vcpus[0])


def test_the_order_of_harms() -> None:
    late, lost, over = Harm(late=1), Harm(lost=1), Harm(overwriting=1, lost=1)
    assert [one.word for one in (Harm(arrived=9), late, lost, over)] == [
        "", "refused", "loses updates", "corrupts"
    ]  # fmt: skip
    assert worst([lost, late, Harm()]) == worst([late, lost]) == "loses updates"
    assert worst([over, lost]) == "corrupts"
    assert worst([late, Harm()]) == "refused"
    assert worst([Harm()]) == ""


def test_which_harm_is_worse() -> None:
    """By what overwrites, then by what arrives; a refusal counts where nothing is lost."""
    worse = [
        (Harm(overwriting=1, arrived=9), Harm(arrived=1, lost=8)),
        (Harm(arrived=5, lost=5), Harm(arrived=6, lost=7)),
        (Harm(arrived=5, lost=5), Harm(arrived=5, lost=4)),
        (Harm(arrived=5, late=1), Harm(arrived=5)),
        (Harm(arrived=5, dropped=True), Harm(arrived=5)),
    ]
    for one, two in worse:
        assert one.compared() > two.compared()
    assert Harm(lost=2, refused=True, dropped=True).compared() == Harm(lost=2).compared()


def test_updates_without_an_area() -> None:
    refused = register(UNMAPPED)
    assert harm([refused, *switch(times=3)]) == Harm(lost=6, refused=True)
    assert harm([refused, *switch(times=3), register(), *switch()]) == Harm(arrived=2, late=6)
    assert harm([register(), refused, *switch()]) == Harm(lost=2, dropped=True, refused=True)
    again = [register(), refused, *switch(), register(), *switch()]
    assert harm(again) == Harm(arrived=2, lost=2, dropped=True)
    assert harm([refused, *switch(), register(0), *switch(times=4)]) == Harm(lost=2)
    assert harm([*switch(times=4), register(), *switch()]) == Harm(arrived=2)


def test_taking_back_an_area_asks_for_none() -> None:
    nothing = register((1 << 64) - 1, op=PHYS)
    for policy in ("update", "hypercall"):
        result = replay(trace(use(0), nothing, *switch()), policy).vcpus[0]
        assert [call.ret for call in result.registrations] == [-22]
        assert harm_of(result) == Harm()


def test_an_area_behind_a_physical_one() -> None:
    phys = register(RAM + 0x3000, op=PHYS)
    back = register((1 << 64) - 1, op=PHYS)
    for policy in ("update", "hypercall"):
        assert harm([phys, register(), *switch(times=2)], policy, phys_area=True).lost == 4
        assert harm([register(), phys, *switch(times=2)], policy, phys_area=True).lost == 0
        taken_back = [phys, register(), *switch(), back, *switch(times=2)]
        assert harm(taken_back, policy, phys_area=True) == Harm(arrived=4, lost=2)


def test_what_is_written_elsewhere_or_in_part() -> None:
    gone = ev("unmap", space=0, va=VA)
    assert harm([register(), gone, *switch()]) == Harm(arrived=2), "the area's own frame"
    assert harm([register(), gone, map_(1), *switch()]) == Harm(overwriting=2)
    half = [map_(1, VA + 4096), register(VA + 0xFF0), ev("unmap", space=0, va=VA + 4096)]
    assert harm([*half, *switch()], "update") == Harm(lost=2)


def test_what_pv_makes_up_for_is_not_lost() -> None:
    lost = [use(1, root="user"), register(), ev("mode", vcpu=0, mode="user"), *switch()]
    members = {"arch": "x86_64", "guest": "pv"}
    assert harm(lost, "update", **members).lost == 2
    back = ev("mode", vcpu=0, mode="kernel")
    assert harm([*lost, back], "update", **members) == Harm(arrived=2)


def test_the_gap_lasts_to_the_end_of_the_trace() -> None:
    events = [
        use(1),
        map_(0, space=1),
        register(),
        *switch(),
        use(2),
        *switch(),
        ev("note", text="end"),
    ]
    timed = [event | {"t": at * 1000} for at, event in enumerate(events)]
    for verify in (False, True):
        gap = replay(trace(*timed), "update", verify=verify).vcpus[0].longest_gap
        assert gap is not None
        assert gap.ns == (len(events) - 1 - 4) * 1000


@pytest.mark.parametrize(
    ("address", "answer"), [(0xF57F_FFF0, 0), (0xF580_0000, -14), (0xFFFF_F000, -14)]
)
def test_32_bit_pv_has_a_range_of_its_own(address: int, answer: int) -> None:
    members = {"arch": "x86_32", "guest": "pv"}
    result = replay(trace(use(0), register(address), **members), "update")
    assert result.vcpus[0].registrations[0].ret == answer
    pvh = replay(trace(use(0), register(address), arch="x86_32"), "update")
    assert pvh.vcpus[0].registrations[0].ret == 0


def test_qemu_goes_on_in_guest_physical_memory() -> None:
    members = {"arch": "x86_64", "guest": "hvm"}
    tables = [use(0), map_(2), map_(7, VA + 4096)]
    lines = trace(*tables, register(VA + 0xFF0), *switch(), **members)
    assert written(lines, "hypercall", "qemu-kvm") == {2: (0xFF0, 0xFFF), 3: (0, 31)}
    time = register(VA + 0xFF0, op="register_vcpu_time_memory_area")
    calls = replay(trace(*tables, time, **members), "hypercall", model="qemu-kvm").vcpus[0]
    assert calls.registrations[0].ret == -14
    nowhere = ev("map", space=0, va=VA, gpa=0x20000000)
    lines = trace(use(0), nowhere, register(), *switch(), **members)
    vcpu = replay(lines, "hypercall", model="qemu-kvm").vcpus[0]
    assert (vcpu.registrations[0].ret, vcpu.lost, vcpu.lost_why) == (0, 2, {"no RAM": 2})


@pytest.mark.parametrize(
    ("hypervisor", "release", "model", "answer"),
    [
        ("xen 4.16 arm64", (4, 16), "xen-arm-4.16", -22),
        ("Xen 4.14.6", (4, 14), "xen-arm-4.16", -22),
        ("xen 4.17.7 arm64 (Debian)", (4, 17), "xen-arm", -2),
        ("xen 2020-07 arm64", None, "xen-arm", -2),
        ("by hand", None, "xen-arm", -2),
    ],
)
def test_the_release_in_the_header_counts(
    hypervisor: str, release: tuple[int, int] | None, model: str, answer: int
) -> None:
    lines = trace(register(RAM, op=PHYS, target=7, ret=answer), hypervisor=hypervisor)
    header = Reader(lines).header
    assert recorded_release(header) == release
    assert default_model(header, "update").name == model
    verification = replay(lines, "update", verify=True).verification
    assert verification is not None
    assert verification.ok
