"""Page tables, walked over made memory."""

from __future__ import annotations

import pytest

from record_help import PAGE, MadeMemory
from xlcfg.record.walk import walk_arm, walk_x86, walk_x86_legacy

VA = 0xFFFF_8000_0123_4000
LOW = 48
ARM_PAGE = 0x8765_4000


def arm() -> tuple[MadeMemory, int]:
    memory = MadeMemory()
    root = memory.page()
    memory.map_arm(root, VA & ((1 << LOW) - 1), ARM_PAGE)
    return memory, root


def test_arm_gives_the_page_and_the_place_in_it() -> None:
    memory, root = arm()
    assert walk_arm(memory.word, VA + 0x567, root, LOW).address == ARM_PAGE + 0x567


def test_arm_says_which_level_has_nothing() -> None:
    memory, root = arm()
    assert walk_arm(memory.word, VA + PAGE, root, LOW).why == "invalid-3"
    assert walk_arm(memory.word, VA + (1 << 39), root, LOW).why == "invalid-0"
    assert walk_arm(memory.word, VA, 0xDEAD_0000, LOW).why == "unreadable-0"


def test_arm_read_only_pages_and_tables() -> None:
    memory, root = arm()
    memory.map_arm(root, 0x5000, 0x9000, read_only=True)
    assert walk_arm(memory.word, 0x5000, root, LOW).read_only
    assert not walk_arm(memory.word, VA, root, LOW).read_only
    top = root + 8 * (VA >> 39 & 511)
    memory.write_word(top, (memory.word(top) or 0) | 1 << 62)
    assert walk_arm(memory.word, VA, root, LOW).read_only


def test_arm_blocks() -> None:
    memory = MadeMemory()
    root = memory.page()
    memory.map(root, 0x4020_0000, 0x8020_0000, (39, 30, 21), 3, 1)
    assert walk_arm(memory.word, 0x4021_2345, root, LOW).address == 0x8021_2345


def test_arm_granules_of_16_and_64_kib() -> None:
    memory = MadeMemory()
    root = memory.page()
    # 64 KiB: 42 bits are two levels, the first with 13 bits of index
    second = memory.page()
    memory.write_word(root + 8 * 0, second & ~0xFFFF | 3)
    assert walk_arm(memory.word, 0x1_2345, root, 42, 16).address is None
    # 16 KiB: a page of level 3, in a table that is as large
    third = 0x40_0000
    memory.write(third, bytes(16))
    memory.write_word(third + 8, 0x7_0000 | 3)
    assert walk_arm(memory.word, 0x4000 + 0x123, third, 25, 14).address == 0x7_0123


def test_arm_tables_of_a_guest_go_through_stage_2() -> None:
    memory, root = arm()
    moved = {root: root}

    def backing(address: int) -> int | None:
        page = moved.get(address & ~(PAGE - 1))
        return None if page is None else page | (address & (PAGE - 1))

    assert walk_arm(memory.word, VA, root, LOW, backing=backing).why == "table-not-backed-1"


def test_arm_stage_2_has_its_own_rights_and_first_level() -> None:
    memory = MadeMemory()
    root = memory.page()
    memory.map(root, 0x4000_0000, 0x9000, (30, 21, 12), 3, 3 | 0x80)
    memory.map(root, 0x4000_1000, 0xA000, (30, 21, 12), 3, 3 | 0x40)
    writable = walk_arm(memory.word, 0x4000_0010, root, 39, level=1, stage2=True)
    assert writable == (0x9010, "3", False)
    assert walk_arm(memory.word, 0x4000_1000, root, 39, level=1, stage2=True).read_only
    assert walk_arm(memory.word, 0, root, 39, level=-1).why == "no-such-level"


def test_tables_that_lead_to_themselves_end() -> None:
    memory = MadeMemory()
    root = memory.page()
    for number in range(512):
        memory.write_word(root + 8 * number, root | 7)
    assert walk_arm(memory.word, VA, root, LOW).address is not None
    assert walk_x86(memory.word, VA, root).address is not None


@pytest.mark.parametrize(
    ("shifts", "leaf", "place"),
    [
        ((39, 30, 21, 12), 3, 0x567),
        ((39, 30, 21), 0x83, 0x4567 + 0x3_0000),
        ((39, 30), 0x83, 0x123_4567),
    ],
)
def test_x86_pages_of_every_size(shifts: tuple[int, ...], leaf: int, place: int) -> None:
    memory = MadeMemory()
    root = memory.page()
    va = 0xFFFF_8880_0123_4567
    page = 0x8000_0000
    memory.map(root, va, page, shifts, 7, leaf)
    expected = page | (va & ((1 << shifts[-1]) - 1))
    assert walk_x86(memory.word, va, root).address == expected


def test_x86_read_only_and_missing() -> None:
    memory = MadeMemory()
    root = memory.page()
    memory.map_x86(root, 0x1000, 0x9000, read_only=True)
    assert walk_x86(memory.word, 0x1000, root).read_only
    assert walk_x86(memory.word, 0x2000, root).why == "not-present-12"
    assert walk_x86(memory.word, 1 << 40, root).why == "not-present-39"
    assert walk_x86(memory.word, 0, 0xBAD_0000).why == "unreadable"


def test_x86_tables_that_the_second_stage_does_not_back() -> None:
    memory = MadeMemory()
    assert walk_x86(memory.word, 0, 0x1000, lambda _: None).why == "table-not-backed"


def test_32_bit_x86_with_pae() -> None:
    memory = MadeMemory()
    root = memory.page() | 0x20
    memory.map(root, 0xC000_1000, 0x9000, (30, 21, 12), 1, 3)
    table = (memory.word(root + 8 * 3) or 0) & ~0xFFF
    memory.write_word(table, (memory.word(table) or 0) | 2)
    assert walk_x86_legacy(memory.word, 0xC000_1234, root, True) == (0x9234, "12", False)
    assert walk_x86_legacy(memory.word, 0x1234, root, True).why == "not-present-30"


def test_32_bit_x86_without() -> None:
    memory = MadeMemory()
    root, table = memory.page(), memory.page()
    memory.write(root + 4 * 0x301, (table | 3).to_bytes(4, "little"))
    memory.write(root + 4 * 0x302, (0x40_0000 | 0x81).to_bytes(4, "little"))
    memory.write(table + 4 * 5, (0x9000 | 3).to_bytes(4, "little"))
    assert walk_x86_legacy(memory.word, 0xC040_5678, root, False) == (0x9678, "12", False)
    large = walk_x86_legacy(memory.word, 0xC080_0010, root, False)
    assert large == (0x40_0010, "22", True)
    assert walk_x86_legacy(memory.word, 0, root, False).why == "not-present-22"
