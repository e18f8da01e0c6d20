"""Updates written to a frame that was never the area's.

What it does
------------
Reports updates that land in another frame because the page tables active at the switch map the
address elsewhere, or because the MMU is off and the address is taken as guest-physical.

Why
---
The policy `update` trusts that an address means the same in every set of page tables. Where it
does not, Xen writes 48 bytes into memory that belongs to something else: guest memory is
corrupted without a trace in any log.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40001000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import ERROR
from xlcfg.rules.replay._misplaced import ANOTHER_FRAME, misplaced
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT105"
NAME = "other-frame-written"
SUMMARY = "an update is written to a frame that other page tables name"
TITLE = "another frame written through other page tables"
SEVERITY = "error"
FIX = ""
IMPACT = "corrupts"


def check(replay: Replay) -> Iterator[Finding]:
    """A finding for other page tables, and one for stage 1 switched off."""
    yield from misplaced(
        replay,
        "foreign",
        CODE,
        ERROR,
        "the page tables active at the switch map the area's address to another frame",
        "Map the address alike in all page tables of the vCPU, or leave it unmapped.",
        ANOTHER_FRAME,
    )
    yield from misplaced(
        replay,
        "mmu-off",
        CODE,
        ERROR,
        "with stage 1 off the area's address is taken as guest-physical",
        "Take the area back (address 0) before the MMU goes off.",
        ANOTHER_FRAME,
    )
