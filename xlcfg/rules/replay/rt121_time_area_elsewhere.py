"""Updates of a secondary time area that would overwrite other memory.

What it does
------------
Reports switches in at which an update of the vCPU's secondary time area (registered by op 13 or
15) would go to memory that is not, or no longer, the area's.

Why
---
The area is written by the same two models as the runstate area. Under the policy `update` the
address is translated by the page tables active at the switch, whatever they map there; under
`hypercall` the frame of the registration is written, whatever it is used for by now.

Example
-------
    # xlcfg: --arch x86_64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40001000"}
    {"ev": "vcpu_op", "op": "register_vcpu_time_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch x86_64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_vcpu_time_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import ERROR
from xlcfg.core.units import count
from xlcfg.emulator.results import CORRUPTING
from xlcfg.rules.replay._shared import Finding, lines_of, only, who

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT121"
NAME = "time-area-elsewhere"
SUMMARY = "an update of a secondary time area would overwrite other memory"
TITLE = "secondary time area written over other memory"
SEVERITY = "error"
FIX = ""
IMPACT = "corrupts"

_WHY = {
    "foreign": "the page tables active then map its address to another frame",
    "mmu-off": "with stage 1 off its address is taken as guest-physical",
    "reused": "the guest has put the frame to another use",
    "stage": "another program runs since it was registered",
    "stale": "its address leads to another frame by now",
}


def check(replay: Replay) -> Iterator[Finding]:
    """A finding per kind of wrong place."""
    for kind in CORRUPTING:
        hits = [
            (vcpu, writes)
            for vcpu in replay.vcpus
            if vcpu.time is not None
            for writes in vcpu.time.misplaced
            if writes.kind == kind
        ]
        if not hits:
            continue
        vcpus = [vcpu for vcpu, _ in hits]
        first = min((writes for _, writes in hits), key=lambda writes: writes.first_line)
        number = sum(writes.count for _, writes in hits)
        yield Finding(
            CODE,
            ERROR,
            f"{who(vcpus)}: {count(number, 'update')} of the secondary time area would overwrite "
            f"other memory: {_WHY[kind]}; first frame {first.gpa:#x} at line {first.first_line}",
            "Take the area back before its address or frame means something else.",
            lines_of((first.first_line, first.registered_line, first.use_line)),
            only(vcpus),
        )
