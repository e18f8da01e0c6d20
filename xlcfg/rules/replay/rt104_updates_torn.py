"""Updates that write one half of an area and not the other.

What it does
------------
Reports updates of an area that lies across two pages, of which only one can be written.

Why
---
The guest then reads a state and times that belong to different moments, and nothing in the area
says so.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 0, "va": "0x100001000", "gpa": "0x40001000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000ff0"}
    {"ev": "unmap", "space": 0, "va": "0x100001000"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000f40"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import WARNING
from xlcfg.core.units import share
from xlcfg.rules.replay._shared import Finding, lines_of, only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT104"
NAME = "updates-torn"
SUMMARY = "only part of an area is written"
TITLE = "updates torn"
SEVERITY = "warning"
FIX = ""
IMPACT = "loses updates"


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    torn = [vcpu for vcpu in replay.vcpus if vcpu.partial]
    if torn:
        partial = sum(vcpu.partial for vcpu in torn)
        attempts = sum(vcpu.attempts for vcpu in replay.vcpus)
        first = min(vcpu.first_partial for vcpu in torn if vcpu.first_partial is not None)
        yield Finding(
            CODE,
            WARNING,
            f"{partial} of {attempts} updates ({share(partial, attempts)}) are torn: the area "
            "crosses a page and only part of it can be written",
            "Place the area so that it does not cross a page boundary.",
            lines_of((first,)),
            only(torn),
        )
