"""Verifying a recording: what agrees with a prediction, and which false results are noticed."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_traces import PHYS, RAM, VA, ev, frame, map_, register, switch, trace, use

from xlcfg.emulator import replay

RESET = ev("observe_reset")
TIME = "register_vcpu_time_memory_area"
TIME_PHYS = "register_vcpu_time_phys_area"
OUT, IN = switch()


def differing(
    *events: dict[str, Any], policy: str = "update", model: Any = None, **members: Any
) -> dict[str, int]:
    """Recorded results that contradict the prediction, by kind."""
    result = replay(trace(*events, **members), policy, model=model, verify=True)
    assert result.verification is not None
    assert len(result.verification.differences) == sum(result.verification.differing.values())
    return {kind: number for kind, number in result.verification.differing.items() if number}


def observed(*frames: tuple[int, int, int]) -> dict[str, Any]:
    """A recorder found these changed: (frame index, first byte, last byte)."""
    return ev("observe", frames=[{"gpa": frame(i), "first": a, "last": b} for i, a, b in frames])


# -- frames that changed ------------------------------------------------------------------------

AREA = (use(0), map_(0), register())


@pytest.mark.parametrize(
    ("first", "last", "agrees"),
    [
        (0x40, 0x6F, True),
        (0x42, 0x6D, True),  # bytes that had their value before are not seen to change
        (0x43, 0x6F, False),
        (0x40, 0x6C, False),
        (0x3F, 0x6F, False),
        (0x40, 0x70, False),
    ],
)
def test_bytes_of_a_frame(first: int, last: int, agrees: bool) -> None:
    assert differing(*AREA, observed((0, first, last))) == ({} if agrees else {"observe": 1})


def test_a_predicted_frame_that_was_not_seen() -> None:
    assert differing(*AREA, observed()) == {"observe": 1}
    assert differing(*AREA, RESET, observed()) == {}
    assert differing(*AREA, observed((0, 0x40, 0x6F)), observed()) == {}


def test_a_frame_that_was_not_predicted() -> None:
    assert differing(*AREA, observed((0, 0x40, 0x6F), (1, 0, 7))) == {"observe": 1}
    assert differing(*AREA, observed((1, 0x40, 0x6F))) == {"observe": 1}


def test_a_frame_that_was_out_is_seen_when_it_is_back() -> None:
    out = ev("p2m_remove", gpa=frame(0))
    back = ev("p2m_add", gpa=frame(0), same_page=True)
    written = (*AREA, RESET, out, OUT, IN, observed())
    seen = observed((0, 0x40, 0x6F))
    assert differing(*written, back, seen, policy="hypercall") == {}
    assert differing(*written, RESET, back, observed(), policy="hypercall") == {}


def test_many_plans_are_kept_together() -> None:
    """More sets of tables than plans are kept for: what was written through them is not lost."""
    events = []
    for space in range(1, 300):
        events += [map_(space % 8, space=space), use(space), OUT, IN]
    seen = [(index, 0x40, 0x6F) for index in range(8)]
    assert differing(*AREA, RESET, *events, observed(*seen)) == {}


def test_a_time_area_may_change_at_any_moment() -> None:
    members: dict[str, Any] = {"arch": "x86_64", "phys_area": True}
    by_address = register(VA + 0x80, op=TIME)
    by_frame = register(RAM + 0x2080, op=TIME_PHYS)
    start = (use(0), map_(0), by_address, by_frame, RESET)
    for area in ((0, 0x80, 0x9F), (2, 0x80, 0x9F), (0, 0x88, 0x8F)):
        assert differing(*start, observed(area), **members) == {}
    for area in ((0, 0x7F, 0x9F), (0, 0x80, 0xA0), (2, 0, 0x80), (1, 0x80, 0x9F)):
        assert differing(*start, observed(area), **members) == {"observe": 1}
    taken_back = register(0, op=TIME)
    zero = map_(3, 0)
    assert differing(*start, zero, taken_back, observed((3, 0, 31)), **members) == {"observe": 1}
    assert differing(*start, taken_back, observed((0, 0x80, 0x9F)), **members) == {"observe": 1}


def test_a_refused_time_area_takes_the_old_one_with_it_where_the_runstate_area_would() -> None:
    members: dict[str, Any] = {"arch": "x86_64", "guest": "hvm"}
    start = (use(0), map_(0), register(VA + 0x80, op=TIME), register(VA + 0x9000, op=TIME), RESET)
    seen = observed((0, 0x80, 0x9F))
    dropped = differing(*start, seen, policy="hypercall", model="xen-x86-2020", **members)
    assert dropped == {"observe": 1}
    assert differing(*start, seen, policy="hypercall", model="qemu-kvm", **members) == {}


# -- whether a switch wrote ---------------------------------------------------------------------


def wrote(event: dict[str, Any], did: bool, t: int | None = None) -> dict[str, Any]:
    return event | {"wrote": did} | ({} if t is None else {"t": t})


@pytest.mark.parametrize("did", [True, False])
def test_a_delivered_and_a_lost_update(did: bool) -> None:
    delivered = (*AREA, wrote(OUT, did), IN)
    assert differing(*delivered) == ({} if did else {"wrote": 1})
    lost = (*AREA, use(1), wrote(OUT, did), IN)
    assert differing(*lost) == ({"wrote": 1} if did else {})
    assert differing(*AREA, wrote(OUT, did)) == ({} if did else {"wrote": 1}), "the last of all"


@pytest.mark.parametrize(
    ("arch", "offset", "did"),
    [
        ("arm64", 0xFF0, True),  # state_entry_time ends at byte 15
        ("arm64", 0xFF1, False),
        ("arm64", 0xFF8, False),
        ("x86_32", 0xFF4, True),  # at byte 11
        ("x86_32", 0xFF5, False),
    ],
)
def test_a_partial_update_wrote_if_it_reached_the_entry_time(
    arch: str, offset: int, did: bool
) -> None:
    va = 0x10000000
    area = (use(0), map_(0, va), register(va + offset))
    for claimed in (True, False):
        expected = {} if claimed == did else {"wrote": 1}
        assert differing(*area, wrote(OUT, claimed), IN, arch=arch) == expected
        # the copy that a registration makes is found there as well
        first = (use(0), map_(0, va), wrote(OUT, claimed), register(va + offset))
        assert differing(*first, arch=arch) == expected


def test_every_switch_is_held_against_what_was_found_before_the_next() -> None:
    late = (*AREA, use(1), wrote(OUT, True, 10), use(0), IN | {"t": 20})
    assert differing(*late) == {"wrote": 1}, "the next update does not count"
    both = (*AREA, wrote(OUT, False, 10), wrote(IN, False, 20))
    assert differing(*both) == {"wrote": 2}


def test_a_clock_that_stands_still() -> None:
    """The entry time of a lost update is in the area if the update before was at the same time."""
    for second, did in ((10, True), (11, False)):
        events = (*AREA, wrote(OUT, True, 10), use(1), wrote(IN, did, second))
        assert differing(*events) == {}
        assert differing(*events[:-1], wrote(IN, not did, second)) == {"wrote": 1}


# -- 64-bit PV ----------------------------------------------------------------------------------

PV: dict[str, Any] = {"arch": "x86_64", "guest": "pv"}
USER = ev("mode", vcpu=0, mode="user")


def kernel(retry: bool) -> dict[str, Any]:
    return ev("mode", vcpu=0, mode="kernel", retry=retry)


def test_a_toggle_that_catches_up() -> None:
    user = (*AREA, USER, OUT)
    assert differing(*user, wrote(IN, True), kernel(True), **PV) == {}
    assert differing(*user, wrote(IN, False), kernel(False), **PV) == {"wrote": 1, "retry": 1}
    assert differing(*AREA, USER, kernel(False), **PV) == {}
    assert differing(*AREA, USER, kernel(True), **PV) == {"retry": 1}


def test_a_toggle_that_cannot_catch_up() -> None:
    gone = ev("unmap", space=0, va=VA)
    assert differing(*AREA, USER, OUT, wrote(IN, False), gone, kernel(False), **PV) == {}
    again = (gone, kernel(False), map_(0), USER, kernel(True))
    assert differing(*AREA, USER, OUT, wrote(IN, True), *again, **PV) == {}


def test_a_toggle_that_catches_up_in_part() -> None:
    part = (use(0), map_(0), register(VA + 0xFF8), USER, OUT, wrote(IN, False), kernel(True))
    assert differing(*part, **PV) == {}
    assert differing(*part, USER, kernel(False), **PV) == {}, "a partial copy is no failure"


def test_the_toggle_to_user_mode_writes_nothing() -> None:
    user = ev("mode", vcpu=0, mode="user", retry=False)
    events = (*AREA, USER, OUT, IN, RESET, user, observed(), kernel(True), observed((0, 64, 111)))
    assert differing(*events, **PV) == {}


# -- what calls return --------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["update", "hypercall"])
def test_a_return_value(policy: str) -> None:
    unmapped = register(VA + 0x9000)
    predicted = {"update": 0, "hypercall": -22}[policy]
    assert differing(use(0), unmapped | {"ret": predicted}, policy=policy) == {}
    assert differing(use(0), unmapped | {"ret": -14}, policy=policy) == {"ret": 1}
    wrong = [unmapped | {"ret": -14}] * 3
    assert differing(use(0), *wrong, policy=policy) == {"ret": 3}
    phys = register(RAM, op=PHYS)
    assert differing(use(0), phys | {"ret": -22}, policy=policy) == {}
    assert differing(use(0), phys | {"ret": 0}, policy=policy) == {"ret": 1}
