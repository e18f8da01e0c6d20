"""Reads of an area whose last update did not arrive.

What it does
------------
Reports reads that find old times, or a mixture of old and new ones, and how far off the stolen
time is.

Why
---
Stolen time is computed from the area: what the guest reads too low, it charges to the tasks
that were running.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "read", "target": 0}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
    {"ev": "read", "target": 0}
"""

from __future__ import annotations

from collections.abc import Iterator

from xlcfg.core.diagnostics import WARNING
from xlcfg.core.units import count, duration, share
from xlcfg.rules.replay._shared import Finding, lines_of, only

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.emulator.results import Replay

CODE = "RT113"
NAME = "stale-area-read"
SUMMARY = "the guest reads an area that is out of date or torn"
TITLE = "stale or torn area read"
SEVERITY = "warning"
FIX = ""
IMPACT = ""


def check(replay: Replay) -> Iterator[Finding]:
    """One finding for all vCPUs."""
    readers = [vcpu for vcpu in replay.vcpus if vcpu.reads.stale or vcpu.reads.partial]
    if not readers:
        return
    stale = sum(vcpu.reads.stale for vcpu in readers)
    torn = sum(vcpu.reads.partial for vcpu in readers)
    reads = sum(vcpu.reads.count for vcpu in replay.vcpus)
    worst = max((vcpu.reads for vcpu in readers), key=lambda reads: abs(reads.worst_ns))
    text = f"{stale + torn} of {count(reads, 'read')} find a stale area"
    if torn:
        text += f" ({torn} a torn one)"
    lines = [min(r.reads.first_line for r in readers if r.reads.first_line is not None)]
    if worst.worst_ns:
        direction = "too low" if worst.worst_ns > 0 else "too high"
        text += f"; stolen time is up to {duration(abs(worst.worst_ns))} {direction}"
        if worst.worst_of > 0:
            text += f" ({share(abs(worst.worst_ns), worst.worst_of)} of it)"
        if worst.worst_line is not None:
            lines.append(worst.worst_line)
    yield Finding(
        CODE,
        WARNING,
        text,
        "Stolen time is time[runnable] + time[offline] of the area: it is as old as the last "
        "update that arrived.",
        lines_of(lines),
        only(readers),
    )
