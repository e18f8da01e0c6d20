"""An area that works here and not everywhere.

What it does
------------
Notes registered areas that cross a page or are misaligned.

Why
---
Registration by virtual address (op 5) takes them. Registration by physical address (op 14)
refuses both, the 2020 proposal for Arm refuses misaligned ones, and QEMU's emulation of Xen writes
the rest of an area that crosses a page to the next guest-physical page: the guest fails when it
moves.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000044"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import INFO
from xlcfg.core.units import count
from xlcfg.emulator.terms import REGISTER_VA
from xlcfg.rules.replay._shared import NAMED, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT117"
NAME = "area-not-portable"
SUMMARY = "other hypervisors would refuse an area that this one takes"
TITLE = "area not portable"
SEVERITY = "info"
FIX = ""
IMPACT = ""


def check(replay: Replay) -> Iterator[Finding]:
    """A finding for areas that cross a page, and one for misaligned areas."""
    size = replay.header.runstate_size
    arm = replay.header.arch.startswith("arm")
    registered = [
        call
        for vcpu in replay.vcpus
        for call in vcpu.registrations
        if call.op == REGISTER_VA and call.ret == 0 and call.addr
    ]
    crossing = [call.line for call in registered if (call.addr & 4095) + size > 4096]
    misaligned = [call.line for call in registered if call.addr & (3 if size == 44 else 7)]
    if crossing:
        yield Finding(
            CODE,
            INFO,
            f"{count(len(crossing), 'registration')} of an area that crosses a page: op 14 "
            "refuses that with -6 (ENXIO), and QEMU under KVM writes the rest of it to the next "
            "guest-physical page, whatever is mapped",
            f"Align the area to 64 bytes: then its {size} bytes never cross a page.",
            tuple(crossing[:NAMED]),
        )
    if misaligned:
        yield Finding(
            CODE,
            INFO,
            f"{count(len(misaligned), 'registration')} of a misaligned area: op 14 refuses that"
            + (", and so does the 2020 proposal" if arm else ""),
            "Align the area to 8 bytes at least.",
            tuple(misaligned[:NAMED]),
        )
