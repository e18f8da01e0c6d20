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
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
"""

from __future__ import annotations

CODE = "RT115"
NAME = "no-area-registered"
SUMMARY = "the guest registers no runstate area"
