"""Updates written to a frame that has another use by now.

What it does
------------
Reports updates to a frame that the guest has freed and used for something else while the area
was still registered.

Why
---
Xen keeps writing until the area is taken back. Whatever lives in the frame now, a page table or
a file's pages, is overwritten at every context switch.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "reuse", "gpa": "0x40000000", "as": "user"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0"}
    {"ev": "reuse", "gpa": "0x40000000", "as": "user"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import ERROR
from xlcfg.rules.replay._misplaced import NO_AREA, misplaced
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT106"
NAME = "reused-frame-written"
SUMMARY = "an area's frame is written after it was put to another use"
TITLE = "frame written that was put to another use"
SEVERITY = "error"
FIX = ""
IMPACT = "corrupts"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    return misplaced(
        replay,
        "reused",
        CODE,
        ERROR,
        "the guest has put the frame to another use",
        "Take the area back before its frame is freed.",
        NO_AREA,
    )
