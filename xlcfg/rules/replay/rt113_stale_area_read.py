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

CODE = "RT113"
NAME = "stale-area-read"
SUMMARY = "the guest reads an area that is out of date or torn"
