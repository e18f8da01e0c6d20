"""`iomem`: frames of the machine that a guest may not get, or not where they are to be.

Frames have 4 KiB. libxl gives the guest access to each range and maps it, one after the other, when
the memory of the guest is there and the device model is not.
"""

from __future__ import annotations

from xlcfg.model.xl.checks import graphics_card
from xlcfg.model.xl.late import emulated, report_in, text_of
from xlcfg.model.xl.late.hypervisor import video_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.xl.reader import ConfigReader

#: an x86 processor has 52 bits of physical addresses at most, Xen's tables of a guest 48
_LAST, _LAST_OF_GUEST = (1 << 40) - 1, (1 << 36) - 1
#: the local APIC of the machine, and the page of the guest's console
_APIC, _CONSOLE = 0xFEE00, 0xFEFFF
_NO_FRAME = 2**64 - 1
_SINCE_CONFLICTS = 14
_SINCE_LIMIT = 12
_KIB_PER_FRAME = 4
#: where the memory of a guest stops for its devices, unless the config says otherwise
_HOLE = 0xF0000
#: what lies below is memory in part
_LEGACY = 0x100
#: what moves the memory of a guest, or its video memory
_MOVING = ("vnuma", "rdm", "gfx_passthru", "pci")
_CARDS = ("cirrus", "stdvga")
#: what the smallest program of a card takes behind its memory
_PROGRAM = 8


def run(reader: ConfigReader) -> None:
    ranges = reader.values.get("iomem")
    if not isinstance(ranges, list) or "iomem" in reader.broken:
        return
    x86 = reader.arch.startswith("x86")
    mapped: list[tuple[int, int, int]] = []
    for at, found in enumerate(ranges):
        if not isinstance(found, dict):
            continue
        number, start = found["number"], found["start"]
        if number == 0:
            _report(reader, at, "empty")
        elif x86 and reader.minor >= _SINCE_LIMIT:
            last = start + number - 1
            gfn = found.get("gfn", _NO_FRAME)
            gfn = start if gfn == _NO_FRAME else gfn
            if last > _LAST:
                _report(reader, at, "beyond")
            elif start <= _APIC <= last:
                _report(reader, at, "apic")
            elif reader.guest != "pv":
                _map(reader, at, (gfn, gfn + number - 1, start - gfn), mapped)


def _report(reader: ConfigReader, at: int, what: str, **args: Any) -> None:
    report_in(reader, f"iomem.{what}", "iomem", at, text_of(reader, "iomem", at), **args)


def _map(
    reader: ConfigReader, at: int, new: tuple[int, int, int], mapped: list[tuple[int, int, int]]
) -> None:
    """What becomes of a range of the guest: its first and last frame, and how far it is moved."""
    first, last, moved = new
    taken = next((m for m in mapped if m[0] <= last and first <= m[1] and m[2] != moved), None)
    mapped.append(new)
    if last > _LAST_OF_GUEST:
        _report(reader, at, "guest-beyond")
    elif taken is not None and reader.minor >= _SINCE_CONFLICTS:
        _report(reader, at, "twice", frame=f"{max(first, taken[0]):x}")
    elif first <= _CONSOLE <= last and (reader.guest == "pvh" or emulated(reader)):
        _report(reader, at, "console")
    elif (own := _own(reader)) is not None:
        video = _video(reader)
        if video and first < own + video and own <= last and reader.minor >= _SINCE_CONFLICTS:
            _report(reader, at, "video", first=f"{own:x}", last=f"{own + video - 1:x}")
        elif last >= _LEGACY and first < own:
            _report(reader, at, "memory", last=f"{own - 1:x}")


def _own(reader: ConfigReader) -> int | None:
    """How many frames from 0 on are memory of the guest; None where that is not known."""
    values = reader.values
    used = {"memory", "maxmem", "videoram", "vga", "stdvga", "mmio_hole", *_MOVING}
    if reader.broken & used or any(values.get(key) for key in _MOVING):
        return None
    memory = maxmem = values.get("maxmem")
    if not isinstance(maxmem, int) or maxmem <= 0:
        memory = values.get("memory")
    if not isinstance(memory, int):
        return None
    video = video_memory(reader) if reader.guest == "hvm" else 0
    own = (memory - video) // _KIB_PER_FRAME
    hole = values.get("mmio_hole")
    limit = (1 << 20) - hole // _KIB_PER_FRAME if isinstance(hole, int) else _HOLE
    return own if 0 < own <= limit else None


def _video(reader: ConfigReader) -> int:
    """How many frames behind its memory the device model fills for the card, at least."""
    if graphics_card(reader) not in _CARDS or not emulated(reader):
        return 0
    return video_memory(reader) // _KIB_PER_FRAME + _PROGRAM
