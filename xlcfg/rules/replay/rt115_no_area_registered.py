"""A guest that asks for no runstate updates.

What it does
------------
Notes traces in which no registration succeeds.

Why
---
Such a guest has no stolen-time accounting, and no policy can break it. Linux on Arm behaves so
when KPTI is on, which it is by default with KASLR.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
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
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT115"
NAME = "no-area-registered"
SUMMARY = "the guest registers no runstate area"
TITLE = "no area registered"
SEVERITY = "info"
FIX = ""
IMPACT = ""


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for the guest."""
    if replay.events and not any(vcpu.registered for vcpu in replay.vcpus):
        yield Finding(
            CODE,
            INFO,
            "the guest registers no runstate area: no stolen-time accounting",
            "Linux on Arm does not register one under KPTI (kpti=on, the default with KASLR).",
            (),
        )
