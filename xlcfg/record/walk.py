"""Page tables, walked from outside: those of Arm, with long and short descriptors, and of x86.

Nothing is taken from a TLB and nothing is changed; what a walk finds is what the CPU would find if
it walked now. Whether an access needs a privilege is not looked at: Xen writes with its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

#: Where the memory of a table is, for an address in it; None when there is none.
Backing = Callable[[int], int | None]
Word = Callable[[int], int | None]

_ARM_ADDRESS = 0x0000_FFFF_FFFF_F000
_X86_ADDRESS = 0x000F_FFFF_FFFF_F000


class Found(NamedTuple):
    """What a walk came to: the address, or None and `why`; `read_only` as the tables say."""

    address: int | None
    why: str
    read_only: bool = False


def walk_arm(
    word: Word,
    va: int,
    root: int,
    bits: int,
    granule: int = 12,
    backing: Backing | None = None,
    level: int | None = None,
    stage2: bool = False,
) -> Found:
    """Walk Arm's long descriptors from `root` for a `bits` wide input address.

    `granule` is 12, 14 or 16. `backing` is stage 2, for tables of a guest. `level` is where a walk
    of stage 2 begins, else it follows from `bits`.
    """
    step = granule - 3
    if level is None:
        level = 4 - -(-(bits - granule) // step)
    if not 0 <= level <= 3:
        return Found(None, "no-such-level")
    within = va & ((1 << bits) - 1)
    read_only = False
    table = root
    first = True
    while True:
        shift = granule + step * (3 - level)
        index = within >> shift
        if not first:
            index &= (1 << step) - 1
        first = False
        place: int | None = table + 8 * index
        if backing is not None:
            place = backing(table + 8 * index)
        if place is None:
            return Found(None, f"table-not-backed-{level}")
        entry = word(place)
        if entry is None:
            return Found(None, f"unreadable-{level}")
        if not entry & 1:
            return Found(None, f"invalid-{level}")
        if level == 3 and not entry & 2:
            return Found(None, "reserved-3")
        if level == 3 or not entry & 2:
            low = (1 << shift) - 1
            # of stage 2, bit 7 of S2AP allows writes; of stage 1, that of AP denies them
            denied = bool(entry >> 7 & 1) != stage2
            return Found(
                (entry & _ARM_ADDRESS & ~low) | (va & low), f"{level}", read_only or denied
            )
        if not stage2:
            read_only = read_only or bool(entry >> 62 & 1)  # APTable[1]
        table = entry & _ARM_ADDRESS & ~((1 << granule) - 1)
        level += 1


def walk_arm_short(
    word: Word, va: int, root: int, bits: int = 32, backing: Backing | None = None
) -> Found:
    """Walk Arm's short descriptors, whose table at `root` has an entry for each MiB of `bits`."""
    translate: Backing = backing or (lambda address: address)
    va &= 0xFFFF_FFFF
    table = root & 0xFFFF_FFFF & ~((1 << (bits - 18)) - 1)
    entry = _half(word, translate, table + 4 * ((va & ((1 << bits) - 1)) >> 20))
    if entry is None:
        return Found(None, "unreadable-1")
    if entry & 3 == 2:
        # bit 15 of both denies writes; a supersection is 16 times as large
        shift = 24 if entry >> 18 & 1 else 20
        low = (1 << shift) - 1
        return Found((entry & 0xFFFF_FFFF & ~low) | (va & low), "1", bool(entry >> 15 & 1))
    if entry & 3 != 1:
        return Found(None, "invalid-1")
    entry = _half(word, translate, (entry & 0xFFFF_FC00) + 4 * (va >> 12 & 255))
    if entry is None:
        return Found(None, "unreadable-2")
    if not entry & 3:
        return Found(None, "invalid-2")
    low = 0xFFF if entry & 2 else 0xFFFF
    return Found((entry & ~low) | (va & low), "2", bool(entry >> 9 & 1))


def _half(word: Word, translate: Backing, address: int) -> int | None:
    """A number of 32 bits at a guest's address."""
    place = translate(address)
    pair = None if place is None else word(place & ~7)
    if place is None or pair is None:
        return None
    return pair >> (32 if place & 4 else 0) & 0xFFFF_FFFF


def walk_x86(word: Word, va: int, cr3: int, backing: Backing | None = None) -> Found:
    """Walk the four levels of 64-bit x86. `backing` is the second stage, for tables of a guest."""
    table = cr3 & _X86_ADDRESS
    read_only = False
    for shift in (39, 30, 21, 12):
        place: int | None = table if backing is None else backing(table)
        if place is None:
            return Found(None, "table-not-backed")
        entry = word(place + 8 * (va >> shift & 511))
        if entry is None:
            return Found(None, "unreadable")
        if not entry & 1:
            return Found(None, f"not-present-{shift}")
        read_only = read_only or not entry & 2
        if shift == 12 or (shift in (30, 21) and entry & 0x80):
            low = (1 << shift) - 1
            return Found((entry & _X86_ADDRESS & ~low) | (va & low), str(shift), read_only)
        table = entry & _X86_ADDRESS
    raise AssertionError("the last level has no further table")


def walk_x86_legacy(
    word: Word, va: int, cr3: int, pae: bool, backing: Backing | None = None
) -> Found:
    """Walk the tables of 32-bit x86, with PAE's three levels or the two without."""
    translate: Backing = backing or (lambda address: address)
    if not pae:
        return _walk_two_levels(word, va, cr3, translate)
    table = cr3 & 0xFFFF_FFE0
    read_only = False
    for shift in (30, 21, 12):
        index = va >> shift & (3 if shift == 30 else 511)
        place = translate(table + 8 * index)
        entry = None if place is None else word(place)
        if entry is None:
            return Found(None, "unreadable")
        if not entry & 1:
            return Found(None, f"not-present-{shift}")
        if shift != 30:
            read_only = read_only or not entry & 2
        if shift == 12 or (shift == 21 and entry & 0x80):
            low = (1 << shift) - 1
            return Found((entry & _X86_ADDRESS & ~low) | (va & low), str(shift), read_only)
        table = entry & _X86_ADDRESS
    raise AssertionError("the last level has no further table")


def _walk_two_levels(word: Word, va: int, cr3: int, translate: Backing) -> Found:
    table = cr3 & 0xFFFF_F000
    read_only = False
    for shift in (22, 12):
        entry = _half(word, translate, table + 4 * (va >> shift & 1023))
        if entry is None:
            return Found(None, "unreadable")
        if not entry & 1:
            return Found(None, f"not-present-{shift}")
        read_only = read_only or not entry & 2
        if shift == 12 or entry & 0x80:
            low = (1 << shift) - 1
            return Found((entry & 0xFFFF_F000 & ~low) | (va & low), str(shift), read_only)
        table = entry & 0xFFFF_F000
    raise AssertionError("the last level has no further table")
