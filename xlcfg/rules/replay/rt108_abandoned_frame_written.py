"""Updates that stay behind when the area's address moves.

What it does
------------
Reports updates to the frame found during registration although the area's address leads
elsewhere by now (an error), or nowhere (a warning).

Why
---
Under the policy `hypercall` Xen never looks at the address again. A guest that remaps it
expects the updates to follow; they go on into the old frame, which may be somebody else's.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "unmap", "space": 0, "va": "0x100000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "unmap", "space": 0, "va": "0x100000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import ERROR, WARNING
from xlcfg.rules.replay._misplaced import ANOTHER_FRAME, UNNAMED, misplaced
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT108"
NAME = "abandoned-frame-written"
SUMMARY = "Xen keeps writing to a frame that the area's address names no longer"
TITLE = "frame written that the address names no longer"
SEVERITY = ("error", "warning")
FIX = ""
IMPACT = "corrupts"


def check(replay: Replay) -> Iterator[Finding]:
    """A finding for addresses that name another frame, and one for those that name nothing."""
    yield from misplaced(
        replay,
        "stale",
        CODE,
        ERROR,
        "the area's address names another frame now, and Xen does not follow",
        "Register again after remapping the area.",
        ANOTHER_FRAME,
    )
    yield from misplaced(
        replay,
        "dangling",
        CODE,
        WARNING,
        "the area's address names nothing at that moment, and Xen writes on",
        "If the frame is given up, take the area back (address 0) first.",
        UNNAMED,
    )
