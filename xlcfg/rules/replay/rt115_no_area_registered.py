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

CODE = "RT115"
NAME = "no-area-registered"
SUMMARY = "the guest registers no runstate area"
