"""What observers tell of made machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from made_xen import (
    BLOCKED,
    HANDLE_AT,
    OFFLINE,
    RUNNABLE,
    MadeArm,
    MadeHvm,
    MadeNarrowArm,
    MadeNarrowHvm,
    MadePv,
    MadeXen,
)
from record_help import PAGE

AREA = 0xFFFF_8000_0012_3040
REGISTER, OTHER = 5, 10
KERNEL_RIP, USER_RIP = 0xFFFF_FFFF_8100_0000, 0x40_1000


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["ev"] for event in events if event["ev"] != "note"]


# -- arm64 ----------------------------------------------------------------------------------------


def registering_arm(folder: Path) -> tuple[MadeArm, int]:
    """A guest that has registered vCPU 0's area, and where that is."""
    xen = MadeArm(folder)
    frame, argument = xen.guest_page(), xen.guest_page()
    xen.map_guest(AREA & ~(PAGE - 1), frame)
    xen.map_guest(0xFFFF_8000_0020_0000, argument)
    xen.memory.write_word(argument + 8, AREA)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, BLOCKED)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.stop_at("do_vcpu_op", REGISTER, 0, 0xFFFF_8000_0020_0008)
    xen.return_from(0)
    return xen, frame + (AREA & (PAGE - 1))


def test_arm_finds_what_it_needs_in_struct_vcpu(tmp_path: Path) -> None:
    xen, _ = registering_arm(tmp_path)
    assert xen.observer._domain_at == 16
    assert xen.observer._runstate_at == 216


def test_arm_a_registration_with_its_mapping_and_answer(tmp_path: Path) -> None:
    xen, place = registering_arm(tmp_path)
    events = xen.finish()
    call = next(e for e in events if e["ev"] == "vcpu_op")
    assert call["addr"] == hex(AREA)
    assert call["ret"] == 0
    mapping = next(e for e in events if e["ev"] == "map")
    assert mapping["va"] == hex(AREA & ~(PAGE - 1))
    assert mapping["gpa"] == hex(place & ~(PAGE - 1))
    assert events.index(mapping) < events.index(call)
    assert kinds(events)[:3] == ["mmu", "mmu", "use_space"]


def test_arm_an_update_that_arrives_and_one_that_does_not(tmp_path: Path) -> None:
    xen, place = registering_arm(tmp_path)
    xen.switch(xen.vcpus[0], xen.idle, RUNNABLE)
    xen.vcpus[0].write_area(place)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.switch(xen.vcpus[0], xen.idle, BLOCKED)
    xen.switch(xen.idle, xen.vcpus[0])
    wrote = [e.get("wrote") for e in xen.finish() if e["ev"].startswith("switch_")]
    assert wrote[-4:-1] == [True, False, False]
    assert (xen.observer.arrived, xen.observer.missed) == (1, 2)


def test_arm_a_page_that_the_guest_unmaps_or_protects(tmp_path: Path) -> None:
    xen, place = registering_arm(tmp_path)
    xen.map_guest(AREA & ~(PAGE - 1), place & ~(PAGE - 1), read_only=True)
    xen.switch(xen.vcpus[0], xen.idle)
    xen.memory.write_word(xen.top + 8 * (AREA >> 39 & 511), 0)
    xen.switch(xen.idle, xen.vcpus[0])
    events = xen.finish()
    told = [e for e in events if e["ev"] in ("map", "unmap")]
    assert [e["ev"] for e in told] == ["map", "map", "unmap"]
    assert told[1]["ro"] is True


def test_arm_a_frame_that_is_given_back(tmp_path: Path) -> None:
    xen, place = registering_arm(tmp_path)
    frame = place & ~(PAGE - 1)
    xen.memory.map(xen.stage2, frame, 0, (30, 21, 12), 3, 0)
    xen.switch(xen.vcpus[0], xen.idle)
    xen.back(frame)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.switch(xen.vcpus[0], xen.idle)
    told = [e for e in xen.finish() if e["ev"].startswith("p2m")]
    assert [(e["ev"], e["gpa"]) for e in told] == [
        ("p2m_remove", hex(frame)),
        ("p2m_add", hex(frame)),
    ]


def test_arm_other_tables_under_kpti_are_another_space(tmp_path: Path) -> None:
    xen, _ = registering_arm(tmp_path)
    xen.stub.values[41] = xen.guest_page()
    xen.switch(xen.vcpus[0], xen.idle)
    spaces = [e["space"] for e in xen.finish() if e["ev"] == "use_space"]
    assert spaces == [0, 1]


def test_arm_a_second_vcpu_comes_up_and_goes_down(tmp_path: Path) -> None:
    xen, _ = registering_arm(tmp_path)
    xen.switch(xen.vcpus[0], xen.vcpus[1])
    xen.switch(xen.vcpus[1], xen.vcpus[0], OFFLINE)
    events = xen.finish()
    assert [e["target"] for e in events if e["ev"] in ("vcpu_up", "vcpu_down")] == [1, 1]
    down = next(e for e in events if e["ev"] == "vcpu_down")
    out = events[events.index(down) - 1]
    assert out["ev"] == "switch_out"
    assert out["state"] == "offline"


def test_arm_calls_that_fail(tmp_path: Path) -> None:
    xen, _ = registering_arm(tmp_path)
    before = dict(xen.observer.areas)
    xen.stop_at("do_vcpu_op", REGISTER, 7, 0xFFFF_8000_0020_0008)
    xen.return_from((1 << 64) - 2)
    xen.stop_at("do_vcpu_op", REGISTER, 0, 0xFFFF_8000_0BAD_0000)
    xen.return_from((1 << 64) - 14)
    xen.stop_at("do_vcpu_op", OTHER, 0, 0)
    xen.stop_at("do_vm_assist", 0, 5)
    xen.return_from(0)
    xen.stop_at("do_vm_assist", 0, 5)
    xen.return_from((1 << 64) - 38)
    xen.stop_at("do_vm_assist", 0, 2)
    events = xen.finish()
    calls = [e for e in events if e["ev"] == "vcpu_op"][1:]
    assert [(e["target"], e["ret"], e.get("arg_fault")) for e in calls] == [
        (7, -2, None),
        (0, -14, True),
    ]
    assert [e["on"] for e in events if e["ev"] == "vm_assist"] == [True]
    assert xen.observer.areas == before
    assert not xen.observer.returns


def test_arm_stands_on_a_move_that_needs_no_single_step(tmp_path: Path) -> None:
    xen, _ = registering_arm(tmp_path)
    steps, skips = xen.stub.steps, xen.stub.skips
    xen.switch(xen.vcpus[0], xen.idle)
    assert (xen.stub.steps, xen.stub.skips) == (steps, skips + 1)


def test_other_domains_are_not_looked_at(tmp_path: Path) -> None:
    xen = MadeArm(tmp_path, domain=1)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle)
    assert xen.finish() == []


# -- PV -------------------------------------------------------------------------------------------


def registering_pv(folder: Path) -> tuple[MadePv, int]:
    xen = MadePv(folder)
    frame, argument = xen.memory.page(), xen.memory.page()
    xen.memory.map_x86(xen.kernel, AREA & ~(PAGE - 1), frame)
    xen.memory.map_x86(xen.kernel, 0xFFFF_8000_0120_0000, argument)
    xen.memory.write_word(argument, AREA)
    xen.interrupted(xen.vcpus[0], KERNEL_RIP)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, BLOCKED)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.stop_at("common_vcpu_op", REGISTER, xen.vcpus[0].va, 0xFFFF_8000_0120_0000)
    xen.return_from(0)
    xen.memory.write_word(xen.vcpus[0].pa + HANDLE_AT, AREA)
    return xen, frame + (AREA & (PAGE - 1))


def test_pv_a_registration_is_numbered_as_the_guest_does(tmp_path: Path) -> None:
    xen, place = registering_pv(tmp_path)
    events = xen.finish()
    sample = next(e for e in events if e["ev"] == "sample")
    assert sample["mode"] == "kernel"
    assert int(sample["gpa"], 16) >> 12 == (place >> 12) ^ 0x100
    assert next(e for e in events if e["ev"] == "vcpu_op")["ret"] == 0


def test_pv_user_mode_and_the_retry(tmp_path: Path) -> None:
    xen, place = registering_pv(tmp_path)
    xen.interrupted(xen.vcpus[0], USER_RIP)
    xen.cr3 = xen.user
    xen.switch(xen.vcpus[0], xen.idle)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.cr3 = xen.kernel
    xen.vcpus[0].write_area(place)
    xen.retry(wrote=True)
    xen.interrupted(xen.vcpus[0], KERNEL_RIP)
    xen.switch(xen.vcpus[0], xen.idle)
    events = xen.finish()
    modes = [(e["mode"], e.get("retry")) for e in events if e["ev"] == "mode"]
    assert modes == [("user", None), ("kernel", True)]
    samples = [(e["mode"], e["gpa"] is None) for e in events if e["ev"] == "sample"]
    assert samples == [("kernel", False), ("user", True)]
    wrote = [e.get("wrote") for e in events if e["ev"].startswith("switch_")]
    # the update of the switch in was made up for before the next one
    assert wrote[-3:-1] == [False, True]
    assert "retries" not in xen.observer.lacks()


def test_pv_looks_only_where_an_update_is_not_part_of_a_switch(tmp_path: Path) -> None:
    xen, _ = registering_pv(tmp_path)
    retries = [at for at, kind in xen.observer.points.items() if kind == "retry"]
    assert retries == [MadePv.FUNCTIONS["toggle_guest_mode"] + 0x25]


def test_pv_says_when_it_cannot_see_retries(tmp_path: Path) -> None:
    xen = MadePv(tmp_path)
    xen.memory.write(xen.toggle + 0x20, b"\xcc")
    xen.switch(xen.idle, xen.vcpus[0])
    xen.interrupted(xen.vcpus[0], KERNEL_RIP)
    xen.switch(xen.vcpus[0], xen.idle)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.switch(xen.vcpus[0], xen.idle)
    assert "retries" in xen.observer.lacks()


def test_pv_stops_at_no_calls_once_all_have_registered_but_sees_new_areas(
    tmp_path: Path,
) -> None:
    xen, _ = registering_pv(tmp_path)
    xen.memory.write_word(xen.vcpus[1].pa + HANDLE_AT, AREA + 64)
    xen.memory.write_word(0, 0)
    argument = xen.memory.page()
    xen.memory.map_x86(xen.kernel, 0xFFFF_8000_0130_0000, argument)
    xen.memory.write_word(argument, AREA + 64)
    xen.observer.identify(xen.vcpus[1].va)
    xen.stop_at("common_vcpu_op", REGISTER, xen.vcpus[1].va, 0xFFFF_8000_0130_0000)
    xen.return_from(0)
    assert MadePv.FUNCTIONS["common_vcpu_op"] not in xen.stub.breakpoints
    xen.memory.write_word(xen.vcpus[0].pa + HANDLE_AT, AREA + 128)
    xen.switch(xen.vcpus[0], xen.idle)
    calls = [e for e in xen.finish() if e["ev"] == "vcpu_op"]
    assert [e["addr"] for e in calls] == [hex(AREA), hex(AREA + 64), hex(AREA + 128)]
    assert "ret" not in calls[-1]


def test_pv_carries_out_first_instructions_it_knows(tmp_path: Path) -> None:
    xen, _ = registering_pv(tmp_path)
    steps, skips = xen.stub.steps, xen.stub.skips
    xen.switch(xen.vcpus[0], xen.idle)  # endbr64
    xen.switch(xen.idle, xen.vcpus[0])
    xen.stop_at("common_vcpu_op", OTHER, xen.vcpus[0].va, 0)  # push
    assert (xen.stub.steps, xen.stub.skips) == (steps, skips + 3)
    xen.stop_at("do_vm_assist", 0, 2)  # neither
    assert xen.stub.steps == steps + 1


# -- PVH ------------------------------------------------------------------------------------------


def test_pvh_goes_through_both_stages(tmp_path: Path) -> None:
    xen = MadeHvm(tmp_path)
    for vcpu in xen.vcpus:
        xen.give_block(vcpu)
    frame, argument = xen.guest_page(), xen.guest_page()
    xen.map_guest(AREA & ~(PAGE - 1), frame)
    xen.map_guest(0xFFFF_8000_0120_0000, argument)
    xen.memory.write_word(argument, AREA)
    xen.paging(False)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, OFFLINE)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.paging(True)
    xen.stop_at("common_vcpu_op", REGISTER, xen.vcpus[0].va, 0xFFFF_8000_0120_0000)
    xen.return_from(0)
    xen.switch(xen.vcpus[0], xen.idle)
    xen.vcpus[0].write_area(frame + (AREA & (PAGE - 1)))
    xen.switch(xen.idle, xen.vcpus[0])
    events = xen.finish()
    assert [e["on"] for e in events if e["ev"] == "mmu"] == [False, True]
    mapping = next(e for e in events if e["ev"] == "map")
    assert mapping["gpa"] == hex(frame)
    assert "vcpu_down" not in kinds(events)
    wrote = [e["wrote"] for e in events if "wrote" in e]
    assert wrote == [True]
    assert "vcpu-down" in xen.observer.lacks()


# -- guests of 32 bits ----------------------------------------------------------------------------


def test_arm32_goes_by_the_root_of_the_kernel(tmp_path: Path) -> None:
    xen = MadeNarrowArm(tmp_path)
    frame, argument = xen.guest_page(), xen.guest_page()
    xen.map_guest(0xC012_3000, frame)
    xen.map_guest(0xC020_0000, argument)
    # what the guest leaves in the upper half is not part of the address
    xen.memory.write_word(argument, 0x5A5A_0000_C012_3040)
    xen.memory.write_word(argument + 8, 0x4000_0000)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, BLOCKED)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.stop_at("do_vcpu_op", REGISTER, 0, 0xC020_0000)
    xen.return_from(0)
    xen.switch(xen.vcpus[0], xen.idle)
    xen.vcpus[0].write_area(frame + 0x40)
    xen.switch(xen.idle, xen.vcpus[0])
    events = xen.finish()
    assert xen.observer.header()["arch"] == "arm32"
    assert xen.observer.header()["va_bits"] == 32
    call = next(e for e in events if e["ev"] == "vcpu_op")
    assert (call["addr"], call["ret"]) == ("0xc0123040", 0)
    mapping = next(e for e in events if e["ev"] == "map")
    assert (mapping["va"], mapping["gpa"]) == ("0xc0123000", hex(frame))
    assert [e["wrote"] for e in events if "wrote" in e] == [True]


def test_arm32_with_the_short_form_of_tables(tmp_path: Path) -> None:
    xen = MadeNarrowArm(tmp_path)
    xen.stub.values[42] = 0
    table = xen.guest_page() & ~0x3FFF
    for page in range(table, table + 0x4000, PAGE):
        xen.memory.pages.setdefault(page, bytearray(PAGE))
        xen.back(page)
    xen.stub.values[40] = table | 0x5B
    # sections: of 1 MiB at the frame's own place
    frame, argument = xen.guest_page(), xen.guest_page()
    entry = (frame & ~0xF_FFFF) | 2
    at = table + 4 * 0xC00
    xen.memory.write_word(at & ~7, entry | entry << 32)
    xen.memory.write_word(argument, 0xC000_0000 | frame & 0xF_FFFF)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, BLOCKED)
    xen.switch(xen.idle, xen.vcpus[0])
    xen.stop_at("do_vcpu_op", REGISTER, 0, 0xC000_0000 | argument & 0xF_FFFF)
    xen.return_from(0)
    events = xen.finish()
    mapping = next(e for e in events if e["ev"] == "map")
    assert mapping["gpa"] == hex(frame)


def test_x86_32_registers_by_the_calls_of_32_bits(tmp_path: Path) -> None:
    xen = MadeNarrowHvm(tmp_path)
    for vcpu in xen.vcpus:
        xen.give_block(vcpu)
    frame, argument = xen.guest_page(), xen.guest_page()
    xen.map_guest(0xC012_3000, frame)
    xen.map_guest(0xC020_0000, argument)
    # an address of 32 bits, and something else behind it
    xen.memory.write_word(argument, 0x1234_5678_C012_3044)
    for _ in range(3):
        xen.switch(xen.idle, xen.vcpus[0])
        xen.switch(xen.vcpus[0], xen.idle, OFFLINE)
    xen.switch(xen.idle, xen.vcpus[0])
    assert MadePv.FUNCTIONS["common_vcpu_op"] not in xen.stub.breakpoints
    xen.stop_at("compat_vcpu_op", REGISTER, 0, 0xC020_0000)
    # an int: what is above it in the register means nothing
    xen.return_from(0xABCD_0000_0000)
    xen.switch(xen.vcpus[0], xen.idle)
    # 44 bytes: the time comes right behind the state
    data = xen.memory.read(xen.vcpus[0].pa + 216, 16)
    assert data is not None
    xen.memory.write(frame + 0x44, data[:4] + data[8:])
    xen.switch(xen.idle, xen.vcpus[0])
    events = xen.finish()
    told = xen.observer.header()
    assert (told["arch"], told["runstate_size"], told["va_bits"]) == ("x86_32", 44, 32)
    call = next(e for e in events if e["ev"] == "vcpu_op")
    assert (call["addr"], call["ret"]) == ("0xc0123044", 0)
    assert [e["wrote"] for e in events if "wrote" in e] == [True]


def test_x86_32_a_bit_that_no_cpu_sets_is_taken_back_before_xen_sees_it(tmp_path: Path) -> None:
    xen = MadeNarrowHvm(tmp_path)
    for vcpu in xen.vcpus:
        xen.give_block(vcpu)
    present, absent, upper = xen.tables, xen.tables + 8, xen.tables + 24
    xen.switch(xen.idle, xen.vcpus[0])
    xen.switch(xen.vcpus[0], xen.idle)
    for place, entry in ((present, 0x5021), (absent, 0x20), (upper, 0x6001)):
        xen.memory.write_word(place, entry)
    # the idle vCPU has no guest's tables, and is the current one by now
    xen.stop_at("guest_walk_tables_3_levels", xen.idle.va)
    assert xen.memory.word(present) == 0x5021
    xen.stop_at("guest_walk_tables_3_levels", xen.vcpus[0].va)
    assert [xen.memory.word(at) for at in (present, absent, upper)] == [0x5001, 0x20, 0x6001]


def test_x86_64_walks_are_not_stopped_at(tmp_path: Path) -> None:
    xen = MadeHvm(tmp_path)
    xen.switch(xen.idle, xen.vcpus[0])
    assert "walk" not in xen.observer.points.values()


# -- boots that are replayed ----------------------------------------------------------------------


def lead_astray(xen: MadeXen, pc: int, sp: int, to: int, down: int) -> None:
    """The next step leads from a place to another, and puts so much on the stack."""
    after = list(xen.stub.general_values)
    after[pc], after[sp] = to, after[sp] - down
    xen.stub.after_step = tuple(after)


def test_arm_a_replay_is_only_looked_at(tmp_path: Path) -> None:
    xen = MadeArm(tmp_path, hands_off=True)
    at = MadeArm.FUNCTIONS["context_switch"]
    assert at in xen.stub.breakpoints
    registers = [0] * 33
    registers[32] = at
    xen.stub.general_values = tuple(registers)
    lead_astray(xen, 32, 31, at + 4, 0)
    xen.stopped()
    assert (xen.stub.steps, xen.stub.skips) == (1, 0)
    assert xen.observer.stops == {"switch": 1}


def test_arm_an_interrupt_instead_of_a_step_makes_no_second_stop(tmp_path: Path) -> None:
    xen = MadeArm(tmp_path, hands_off=True)
    registers = [0] * 33
    registers[31], registers[32] = 0x8000, MadeArm.FUNCTIONS["context_switch"]
    xen.stub.general_values = tuple(registers)
    lead_astray(xen, 32, 31, 0xA000_0020_6280, 0)
    xen.stopped()
    for steps, seen in ((2, 1), (3, 2)):
        xen.stub.general_values = tuple(registers)
        lead_astray(xen, 32, 31, registers[32] + 4, 0)
        xen.stopped()
        assert (xen.stub.steps, xen.observer.stops["switch"]) == (steps, seen)


@pytest.mark.parametrize(
    ("to", "down", "again"),
    [(4, 0, True), (4, 0x80, True), (0x3000, 0, True), (0x3000, 8, True), (0x3000, 40, False)],
)
def test_x86_a_jump_or_a_larger_stack_is_no_interrupt(
    tmp_path: Path, to: int, down: int, again: bool
) -> None:
    xen = MadePv(tmp_path, hands_off=True)
    at = MadePv.FUNCTIONS["context_switch"]
    for _ in range(2):
        xen.registers(at)
        lead_astray(xen, 16, 7, at + to, down)
        xen.stopped()
    assert xen.observer.stops["switch"] == 1 + again
    assert (xen.stub.steps, xen.stub.skips) == (2, 0)
