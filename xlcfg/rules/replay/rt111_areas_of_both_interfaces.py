"""A vCPU with areas of both registration interfaces.

What it does
------------
Notes vCPUs that register an area by virtual address (op 5) and one by physical address (op 14).

Why
---
Only the physical one is updated. Firmware that used one interface and an OS that uses the other
see different things, and the first of them reads an area that is never written again.

Example
-------
    # xlcfg: --arch x86_64 --policy update --phys
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "vcpu_op", "op": "register_runstate_phys_area", "target": 0, "addr": "0x40001000"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch x86_64 --policy update --phys
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x0"}
    {"ev": "vcpu_op", "op": "register_runstate_phys_area", "target": 0, "addr": "0x40001000"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import INFO, WARNING
from xlcfg.core.units import count
from xlcfg.rules.replay._shared import NAMED, Finding, lines_of, only, who

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT111"
NAME = "areas-of-both-interfaces"
SUMMARY = "one vCPU has an area by address and one by physical address"
TITLE = "areas of both interfaces"
SEVERITY = ("warning", "info")
FIX = ""
IMPACT = "loses updates"


def check(replay: Replay) -> Iterator[Finding]:
    """A finding for areas that get nothing, one for mixed ones, and one for a mixed guest."""
    hidden = [vcpu for vcpu in replay.vcpus if vcpu.shadowed]
    if hidden:
        number = sum(vcpu.shadowed for vcpu in hidden)
        yield Finding(
            CODE,
            WARNING,
            f"{who(hidden)}: an area is registered by address while a physical one is in force, "
            f"and is not updated: {count(number, 'update')} to the physical one instead",
            "Take the physical area back (address ~0) before registering by address.",
            lines_of(vcpu.mixed for vcpu in hidden[:NAMED]),
            only(hidden),
        )
    kinds = {vcpu.area for vcpu in replay.vcpus if vcpu.area is not None}
    if len(kinds) > 1:
        physical = [vcpu for vcpu in replay.vcpus if vcpu.area == "physical"]
        others = [vcpu for vcpu in replay.vcpus if vcpu.area == "address"]
        yield Finding(
            CODE,
            INFO,
            f"{who(physical)} {'has its' if len(physical) == 1 else 'have their'} area by physical "
            f"address, {who(others)} by address: the policy is about the latter alone",
            "Register the areas of all vCPUs by the same interface.",
            lines_of(vcpu.area_line for vcpu in [*physical[:1], *others[:1]]),
        )
    mixed = [vcpu for vcpu in replay.vcpus if vcpu.mixed is not None and not vcpu.shadowed]
    if mixed:
        yield Finding(
            CODE,
            INFO,
            f"{who(mixed)}: an area is registered by address and another one by physical address; "
            "only the physical one is updated",
            "Firmware and OS that use different interfaces see different things: take the old "
            "area back first.",
            lines_of(vcpu.mixed for vcpu in mixed[:NAMED]),
            only(mixed),
        )
