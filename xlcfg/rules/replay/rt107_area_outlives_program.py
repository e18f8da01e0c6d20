"""An area that the program before this one registered.

What it does
------------
Reports updates after another program has taken over (kexec, a boot loader that starts a kernel)
while the area of its predecessor is still registered.

Why
---
A registration belongs to the vCPU and not to the program: it survives until it is replaced or
taken back. The next program knows nothing of it and uses the memory.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "stage", "name": "kexec"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0"}
    {"ev": "stage", "name": "kexec"}
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

CODE = "RT107"
NAME = "area-outlives-program"
SUMMARY = "an area stays registered when another program takes over"
TITLE = "area outlives its program"
SEVERITY = "error"
FIX = ""
IMPACT = "corrupts"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    return misplaced(
        replay,
        "stage",
        CODE,
        ERROR,
        "another program runs now, and the area is still registered",
        "Take the area back before control is handed over (kexec, boot loader).",
        NO_AREA,
    )
