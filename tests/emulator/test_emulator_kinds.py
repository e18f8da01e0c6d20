"""What becomes of guests that are alike but for one thing: the architecture, the number of vCPUs,
the order of events, the interface.
"""

from __future__ import annotations

from typing import Any

import pytest
from emulator_traces import PHYS, RAM, VA, answers, ev, frame, map_, register, switch, trace, use

from xlcfg.emulator import replay
from xlcfg.emulator.harm import Harm, harm_of, worst
from xlcfg.rules.replay import findings

ALL = (1 << 64) - 1
ARM: dict[str, Any] = {"arch": "arm64"}
ARM32: dict[str, Any] = {"arch": "arm32"}
ARM_PHYS: dict[str, Any] = {"arch": "arm64", "phys_area": True}
HVM: dict[str, Any] = {"arch": "x86_64", "guest": "hvm", "phys_area": True}
PV: dict[str, Any] = HVM | {"guest": "pv"}
UP = (ev("vcpu_up", target=1), ev("switch_in", vcpu=1))
GONE = ev("unmap", space=0, va=VA)


def phys(addr: int = RAM + 0x3000, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return register(addr, vcpu, op=PHYS, **members)


def time(addr: int = VA + 0x80, vcpu: int = 0, **members: Any) -> dict[str, Any]:
    return register(addr, vcpu, op="register_vcpu_time_memory_area", **members)


def outcome(events: Any, policy: str, members: dict[str, Any]) -> tuple[str, tuple[int, int, int]]:
    """The word of the guest; updates that arrive, are lost, and overwrite, of all vCPUs."""
    result = replay(trace(*events, **members), policy)
    harms = [harm_of(vcpu) for vcpu in result.vcpus]
    sums = tuple(
        sum(getattr(harm, name) for harm in harms) for name in ("arrived", "lost", "overwriting")
    )
    return worst(harms) or "safe", sums  # type: ignore[return-value]


SAFE, LOSES, REFUSED, CORRUPTS = "safe", "loses updates", "refused", "corrupts"
START = (use(0), map_(0))
BREAK = (*START, register(), *switch(), GONE, *switch(times=2), map_(0), *switch())
AGAIN = (*START, register(), *switch())
BAD = VA + 0x9000

#: What a guest does, where, and what becomes of it under update and under hypercall.
_GUESTS: dict[str, tuple[Any, dict[str, Any], Any, Any]] = {
    # an invalid step that leads back to the same frame
    "break": (BREAK, ARM, (LOSES, (4, 4, 0)), (SAFE, (8, 0, 0))),
    "break-arm32": (BREAK, ARM32, (LOSES, (4, 4, 0)), (SAFE, (8, 0, 0))),
    "break-hvm": (BREAK, HVM, (LOSES, (4, 4, 0)), (SAFE, (8, 0, 0))),
    "break-pv-kernel": (BREAK, PV, (LOSES, (4, 4, 0)), (SAFE, (8, 0, 0))),
    "break-physical": (
        (*START, phys(), *switch(), GONE, *switch(times=2), map_(0), *switch()), ARM_PHYS,
        (SAFE, (8, 0, 0)), (SAFE, (8, 0, 0)),
    ),
    "break-time": (
        (*START, time(), *switch(), GONE, *switch(times=2), map_(0), *switch()), HVM,
        (LOSES, (2, 2, 0)), (SAFE, (4, 0, 0)),
    ),
    "break-of-one-vcpu": (
        (*START, use(1, 1), map_(1, space=1), *UP, register(), register(vcpu=1), *switch(),
         ev("unmap", space=1, va=VA), *switch(0), *switch(1), map_(1, space=1), *switch(1)), ARM,
        (LOSES, (6, 2, 0)), (SAFE, (8, 0, 0)),
    ),
    "break-read-only": (
        (*START, register(), map_(0, ro=True), *switch(), map_(0), *switch()), ARM,
        (LOSES, (2, 2, 0)), (SAFE, (4, 0, 0)),
    ),
    "break-ballooned": (
        (*START, register(), ev("p2m_remove", gpa=frame(0)), *switch(),
         ev("p2m_add", gpa=frame(0), same_page=True), *switch()), ARM,
        (LOSES, (2, 2, 0)), (SAFE, (4, 0, 0)),
    ),
    # a registration that is refused, and silence
    "again-misaligned": (
        (*AGAIN, register(VA + 0x44), *switch(times=3)), ARM,
        (SAFE, (8, 0, 0)), (LOSES, (2, 6, 0)),
    ),
    "again-misaligned-x86": (
        (*AGAIN, register(VA + 0x44), *switch(times=3)), HVM, (SAFE, (8, 0, 0)), (SAFE, (8, 0, 0)),
    ),
    "again-unmapped-x86": (
        (*AGAIN, register(BAD), *switch(times=3)), HVM,
        (LOSES, (2, 6, 0)), (LOSES, (2, 6, 0)),
    ),
    "again-by-another-vcpu": (
        (*START, use(0, 1), *UP, register(vcpu=1), *switch(1), register(target=1), *switch(1, 3)),
        ARM, (SAFE, (8, 0, 0)), (LOSES, (2, 6, 0)),
    ),
    "again-physical": (
        (*START, phys(), *switch(), phys(RAM + 0x3FF0), *switch(times=3)), ARM_PHYS,
        (SAFE, (8, 0, 0)), (SAFE, (8, 0, 0)),
    ),
    "again-time": (
        (*START, time(), *switch(), time(BAD), *switch(times=3)), HVM,
        (LOSES, (1, 3, 0)), (LOSES, (1, 3, 0)),
    ),
    "again-and-then-rightly": (
        (*AGAIN, register(BAD), register(), *switch()), ARM,
        (SAFE, (4, 0, 0)), (REFUSED, (4, 0, 0)),
    ),
    "again-and-then-taken-back": (
        (*AGAIN, register(BAD), register(0), *switch(times=3)), ARM,
        (SAFE, (2, 0, 0)), (REFUSED, (2, 0, 0)),
    ),
    # an address that is not mapped yet
    "early": (
        (use(0), register(), *switch(), map_(0), *switch()), ARM,
        (LOSES, (2, 2, 0)), (LOSES, (0, 4, 0)),
    ),
    "early-x86": (
        (use(0), register(), *switch(), map_(0), *switch()), HVM,
        (LOSES, (2, 2, 0)), (LOSES, (0, 4, 0)),
    ),
    "early-and-again": (
        (use(0), register(), map_(0), register(), *switch()), ARM,
        (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "early-switched-and-again": (
        (use(0), register(), *switch(), map_(0), register(), *switch()), ARM,
        (LOSES, (2, 2, 0)), (REFUSED, (2, 0, 0)),
    ),
    "early-physical": (
        (use(0), phys(), *switch()), ARM_PHYS, (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "early-time": (
        (use(0), time(), *switch(), map_(0), *switch()), HVM,
        (LOSES, (1, 1, 0)), (LOSES, (0, 2, 0)),
    ),
    # another vCPU's area
    "remote-down": (
        (*START, map_(1, VA + 4096), register(VA + 0x1040, target=1), *UP, *switch(1)), ARM,
        (LOSES, (0, 3, 0)), (LOSES, (0, 3, 0)),
    ),
    "remote-down-x86": (
        (*START, map_(1, VA + 4096), register(VA + 0x1040, target=1), *UP, use(0, 1), *switch(1)),
        HVM, (LOSES, (2, 1, 0)), (SAFE, (3, 0, 0)),
    ),
    "remote-taken-back": (
        (*START, use(0, 1), *UP, register(vcpu=1), register(0, target=1), *switch(1)), ARM,
        (SAFE, (0, 0, 0)), (SAFE, (0, 0, 0)),
    ),
    "remote-physical": (
        (*START, use(0, 1), *UP, register(vcpu=1), phys(target=1), *switch(1)), ARM_PHYS,
        (SAFE, (4, 0, 0)), (SAFE, (4, 0, 0)),
    ),
    # both interfaces
    "physical-then-address": (
        (*START, phys(), register(), *switch()), ARM_PHYS,
        (LOSES, (0, 2, 0)), (LOSES, (0, 2, 0)),
    ),
    "physical-used-then-address": (
        (*START, phys(), *switch(), register(), *switch()), ARM_PHYS,
        (LOSES, (2, 2, 0)), (LOSES, (2, 2, 0)),
    ),
    "address-then-physical": (
        (*START, register(), phys(), *switch()), ARM_PHYS, (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "physical-taken-back": (
        (*START, phys(), register(), *switch(), phys(ALL), *switch()), HVM,
        (LOSES, (2, 2, 0)), (LOSES, (2, 2, 0)),
    ),
    "physical-taken-back-at-once": (
        (*START, phys(), register(), phys(ALL), *switch()), HVM,
        (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "physical-then-refused-address": (
        (*START, phys(), register(BAD), *switch()), ARM_PHYS,
        (LOSES, (0, 2, 0)), (SAFE, (2, 0, 0)),
    ),
    # another program
    "kexec": (
        (*AGAIN, ev("stage", name_="kexec"), *switch()), ARM,
        (CORRUPTS, (2, 0, 2)), (CORRUPTS, (2, 0, 2)),
    ),
    "kexec-taken-back": (
        (*AGAIN, register(0), ev("stage", name_="kexec"), *switch()), ARM,
        (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "kexec-registers-again": (
        (*AGAIN, ev("stage", name_="kexec"), map_(2), register(), *switch()), ARM,
        (SAFE, (4, 0, 0)), (SAFE, (4, 0, 0)),
    ),
    "kexec-other-tables": (
        (*AGAIN, ev("stage", name_="kexec"), use(9), *switch()), ARM,
        (LOSES, (2, 2, 0)), (CORRUPTS, (2, 0, 2)),
    ),
    "soft-reset": (
        (*AGAIN, ev("stage", name_="soft-reset"), *switch()), HVM,
        (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "kexec-physical": (
        (*START, phys(), *switch(), ev("stage", name_="kexec"), *switch()), HVM,
        (CORRUPTS, (2, 0, 2)), (CORRUPTS, (2, 0, 2)),
    ),
    "kexec-time": (
        (*START, time(), *switch(), ev("stage", name_="kexec"), *switch()), HVM,
        (CORRUPTS, (1, 0, 1)), (CORRUPTS, (1, 0, 1)),
    ),
    # user mode
    "kpti-three-vcpus": (
        (*START, use(0, 1), use(0, 2), *UP, ev("vcpu_up", target=2), ev("switch_in", vcpu=2),
         register(), register(VA + 0x80, 1), register(VA + 0xC0, 2), use(1, 1), *switch(0),
         *switch(1), *switch(2)), ARM | {"vcpus": 3},
        (LOSES, (4, 2, 0)), (SAFE, (6, 0, 0)),
    ),
    "user-maps-it": (
        (*START, map_(2, space=1), register(), use(1), *switch()), ARM,
        (CORRUPTS, (0, 0, 2)), (SAFE, (2, 0, 0)),
    ),
    "user-maps-it-pv": (
        (*START, use(1, root="user"), map_(2, space=1), register(),
         ev("mode", vcpu=0, mode="user"), *switch(), ev("mode", vcpu=0, mode="kernel")), PV,
        (CORRUPTS, (0, 0, 2)), (SAFE, (2, 0, 0)),
    ),
    "user-maps-the-same": (
        (*START, map_(0, space=1), register(), use(1), *switch()), ARM,
        (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
    "mmu-off": (
        (use(0), map_(0, RAM + 0x5000), register(RAM + 0x5040), ev("mmu", vcpu=0, on=False),
         *switch()), ARM, (CORRUPTS, (0, 0, 2)), (SAFE, (2, 0, 0)),
    ),
    "mmu-off-identity": (
        (use(0), map_(5, RAM + 0x5000), register(RAM + 0x5040), ev("mmu", vcpu=0, on=False),
         *switch()), ARM, (SAFE, (2, 0, 0)), (SAFE, (2, 0, 0)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _GUESTS)
def test_what_becomes_of_a_guest(name: str) -> None:
    events, members, update, hypercall = _GUESTS[name]
    assert outcome(events, "update", members) == update
    assert outcome(events, "hypercall", members) == hypercall


@pytest.mark.parametrize("name", _GUESTS)
def test_harm_is_told(name: str) -> None:
    """A guest that a policy harms has a finding of severity warning or error, one that no policy
    harms none of severity error.
    """
    events, members, *outcomes = _GUESTS[name]
    for policy, (word, _) in zip(("update", "hypercall"), outcomes, strict=True):
        severities = {one.severity for one in findings(replay(trace(*events, **members), policy))}
        if word != SAFE:
            assert severities & {"warning", "error"}, policy
        if word == CORRUPTS:
            assert "error" in severities, policy
        if word == SAFE:
            assert "error" not in severities, policy


@pytest.mark.parametrize(
    ("hypervisor", "op", "ret"),
    [
        ("xen 4.16 arm64", PHYS, -22),
        ("xen 4.16 arm64", "register_vcpu_time_memory_area", -22),
        ("xen 4.14.6", "register_vcpu_time_phys_area", -22),
        ("xen 4.16 arm64", "register_runstate_memory_area", -2),
        ("xen 4.17 arm64", "register_vcpu_time_memory_area", -2),
        ("xen 4.22", PHYS, -2),
    ],
)
def test_a_vcpu_that_is_not_there(hypervisor: str, op: str, ret: int) -> None:
    for arch in ("arm64", "arm32"):
        call = register(RAM, op=op, target=9, ret=ret)
        verification = replay(
            trace(call, arch=arch, hypervisor=hypervisor), "update", verify=True
        ).verification
        assert verification is not None
        assert verification.ok
    x86 = trace(register(RAM, op=op, target=9, ret=-2), arch="x86_64", hypervisor=hypervisor)
    verification = replay(x86, "update", verify=True).verification
    assert verification is not None
    assert verification.ok, "x86 looks for the vCPU first in every release"


@pytest.mark.parametrize("op", ["register_runstate_memory_area", "register_vcpu_time_memory_area"])
@pytest.mark.parametrize(
    ("addr", "ret"), [(0xF57FFFFF, 0), (0xF5800000, -14), (0xFFFFFFF0, -14), (0x1F5800000, -14)]
)
def test_32_bit_pv_addresses_of_the_hypervisor(op: str, addr: int, ret: int) -> None:
    lines = trace(use(0), register(addr, op=op), arch="x86_32", guest="pv", phys_area=True)
    assert answers(lines) == [ret]


def test_32_bit_pv_maps_its_kernel() -> None:
    va = 0xC0001000
    events = (use(0), map_(0, va), register(va + 0x40), *switch(), register(0xF6000000), *switch())
    members: dict[str, Any] = {"arch": "x86_32", "guest": "pv"}
    assert outcome(events, "update", members) == (SAFE, (4, 0, 0))
    result = replay(trace(*events, **members), "hypercall").vcpus[0]
    assert harm_of(result) == Harm(arrived=4), "refused before anything else, and nothing is lost"
