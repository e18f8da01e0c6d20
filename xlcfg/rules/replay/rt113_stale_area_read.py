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
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
    {"ev": "use_space", "vcpu": 0, "space": 1}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
    {"ev": "read", "vcpu": 0, "target": 0}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
    {"ev": "use_space", "vcpu": 0, "space": 1}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
    {"ev": "read", "vcpu": 0, "target": 0}
"""

from __future__ import annotations

CODE = "RT113"
NAME = "stale-area-read"
SUMMARY = "the guest reads an area that is out of date or torn"
