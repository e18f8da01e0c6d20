"""A live translation that is replaced in one step.

What it does
------------
Reports stage-1 entries of Arm guests that go from one frame to another without being invalid in
between.

Why
---
The architecture requires break-before-make. Without it the hardware's own walk, which Xen uses
to translate the area's address, may still give the old frame.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "unmap", "space": 0, "va": "0x100000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import WARNING
from xlcfg.core.units import count
from xlcfg.rules.replay._shared import Finding, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT114"
NAME = "changed-without-break"
SUMMARY = "a valid stage-1 entry is changed without being invalidated first"
TITLE = "stage-1 entry changed without break"
SEVERITY = "warning"
FIX = ""
IMPACT = ""


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all page tables."""
    if replay.remaps_without_break:
        yield Finding(
            CODE,
            WARNING,
            "a valid stage-1 entry is changed to another frame without being invalidated first, "
            + count(replay.remaps_without_break, "time"),
            "Arm requires break-before-make: invalidate the entry and the TLB, then write the new "
            "one.",
            lines_of((replay.first_remap,)),
        )
