"""Updates to a page that is no longer behind the area's frame.

What it does
------------
Reports updates that are lost because the frame was given back (ballooned out) and backed by
another page since.

Why
---
Under the policy `hypercall` Xen holds the page it found during registration. It keeps writing
to that page; the guest sees the new one and reads times that stand still.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "p2m_remove", "gpa": "0x40000000"}
    {"ev": "p2m_add", "gpa": "0x40000000", "same_page": false}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "p2m_remove", "gpa": "0x40000000"}
    {"ev": "p2m_add", "gpa": "0x40000000", "same_page": false}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.rules.replay._losses import PAGE_REPLACED, Losses
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT110"
NAME = "area-page-replaced"
SUMMARY = "the page behind an area was given back and replaced"
TITLE = "area's page replaced"
SEVERITY = ("warning", "info")
FIX = ""
IMPACT = "loses updates"
#: Of one severity, it is told where RT103 would be: lost updates before torn ones.
TOLD_WITH = "RT103"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs, where this is the obstacle of most lost updates."""
    losses = Losses(replay)
    if losses.main == PAGE_REPLACED:
        cause = "another page has taken the place of the area's"
        if losses.mostly_user:
            cause += " in user mode"
        yield losses.finding(CODE, cause)
