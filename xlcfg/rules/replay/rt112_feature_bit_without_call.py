"""A feature bit that promises a call which is refused.

What it does
------------
Reports calls of register_runstate_phys_area that fail on a hypervisor that advertises them.

Why
---
From 4.18 on Xen advertises XENFEAT_runstate_phys_area on Arm as well, but the vcpu_op hypercall
there lets only ops 5 and 10 through. A guest that trusts the bit and does not fall back has no
area at all.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_phys_area", "target": 0, "addr": "0x40000040"}
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

from xlcfg.core.diagnostics import WARNING
from xlcfg.emulator.terms import errno_name
from xlcfg.rules.replay._calls import refusals
from xlcfg.rules.replay._shared import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT112"
NAME = "feature-bit-without-call"
SUMMARY = "Xen advertises op 14 and refuses it"
TITLE = "feature bit without the call"
SEVERITY = "warning"
FIX = ""
IMPACT = ""
#: Of one severity, it is told with the other refused calls.
TOLD_WITH = "RT101"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all calls."""
    for refusal in refusals(replay):
        if refusal.in_spite_of_feature_bit(replay):
            yield Finding(
                CODE,
                WARNING,
                f"register_runstate_phys_area (op 14) returns {errno_name(refusal.ret)}, as in "
                "every release on Arm, although Xen 4.18 and later advertise "
                "XENFEAT_runstate_phys_area",
                "The vcpu_op filter on Arm lets only ops 5 and 10 through. Try the call and "
                "fall back to op 5; do not trust the feature bit.",
                (refusal.line,),
            )
