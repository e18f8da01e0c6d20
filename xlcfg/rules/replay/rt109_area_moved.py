"""An area that moved to another frame without being registered again.

What it does
------------
Notes updates that follow the area's address to another frame.

Why
---
Under the policy `update` this works, and is right when the guest moved the area on purpose. It
is corruption when the address was given to something else, and it stops working under
`hypercall`.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "unmap", "space": 0, "va": "0x100000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
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

from xlcfg.core.diagnostics import INFO
from xlcfg.rules.replay._misplaced import ANOTHER_FRAME, misplaced
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT109"
NAME = "area-moved"
SUMMARY = "the area's address was remapped, and the updates follow it"
TITLE = "area moved by a remapping"
SEVERITY = "info"
FIX = ""
IMPACT = ""


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    return misplaced(
        replay,
        "moved",
        CODE,
        INFO,
        "the area's address has been remapped since it was registered, and Xen follows",
        "Make sure that the address was not given to something else.",
        ANOTHER_FRAME,
    )
