"""Updates that reach no memory the guest can see.

What it does
------------
Counts the updates that are lost, and says why, where the guest was, and how long the longest
gap is.

Why
---
Under the policy `update` Xen walks the page tables that are active at the context switch. Where
these do not map the area (a guest in user mode under KPTI, a process with tables of its own),
Xen writes nothing and says nothing: the guest reads stale times and accounts stolen time to the
wrong tasks.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
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

from xlcfg.rules.replay._losses import PAGE_REPLACED, Losses
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT103"
NAME = "updates-lost"
SUMMARY = "updates of a runstate area never arrive"
TITLE = "updates lost"
SEVERITY = ("warning", "info")
FIX = ""
IMPACT = "loses updates"


_CAUSES = {
    "unmapped": "the area's virtual address is not mapped",
    "read-only": "the area is mapped read-only",
    "no RAM": "the area's address leads to no RAM",
    "ballooned out": "the area's frame is ballooned out",
}


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs, about the obstacle of most updates."""
    losses = Losses(replay)
    if losses.vcpus and losses.main != PAGE_REPLACED:
        yield losses.finding(CODE, _cause(losses))


def _cause(losses: Losses) -> str:
    mostly_user = losses.mostly_user
    if losses.main != "other tables":
        return _CAUSES[losses.main] + (" in user mode" if mostly_user else "")
    tables = "the user-mode tables" if mostly_user else "the page tables active at the switch"
    kpti = ""
    if losses.replay.header.guest != "pv":
        kpti = " (KPTI)" if mostly_user else " (as under KPTI)"
    return f"the area's virtual address is not mapped in {tables}{kpti}"
