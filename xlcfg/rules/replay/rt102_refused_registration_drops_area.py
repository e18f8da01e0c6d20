"""A refused registration that cost a vCPU its working area.

What it does
------------
Reports vCPUs whose area was in use when another registration for them was refused.

Why
---
A hypervisor that translates in the hypercall gives the old area up before it looks at the new
address. When that fails, neither is left: what looks like a call without effect ends all
updates.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100009040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000080"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import WARNING
from xlcfg.rules.replay._shared import NAMED, Finding, lines_of, only, unmet, who

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT102"
NAME = "refused-registration-drops-area"
SUMMARY = "a failed re-registration takes a working area with it"
TITLE = "refused re-registration dropped a good area"
SEVERITY = "warning"
FIX = ""
IMPACT = "loses updates"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    dropped = [vcpu for vcpu in replay.vcpus if vcpu.dropped is not None]
    if dropped:
        yield Finding(
            CODE,
            WARNING,
            f"{who(dropped)}: the refused registration takes the area registered before with it; "
            + unmet(dropped),
            "Under this policy a failed re-registration is no no-op: register again.",
            lines_of(vcpu.dropped for vcpu in dropped[:NAMED]),
            only(dropped),
        )
