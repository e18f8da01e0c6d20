"""Updates written to a frame that has another use by now.

What it does
------------
Reports updates to a frame that the guest has freed and used for something else while the area
was still registered.

Why
---
Xen keeps writing until the area is taken back. Whatever lives in the frame now, a page table or
a file's pages, is overwritten at every context switch.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x100000040"}
    {"ev": "reuse", "gpa": "0x40000000", "as": "page cache"}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "vcpu": 0, "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x100000040"}
    {"ev": "vcpu_op", "vcpu": 0, "op": 5, "target": 0, "addr": "0x0"}
    {"ev": "reuse", "gpa": "0x40000000", "as": "page cache"}
    {"ev": "switch_out", "vcpu": 0, "state": "runnable"}
    {"ev": "switch_in", "vcpu": 0}
"""

from __future__ import annotations

CODE = "RT106"
NAME = "reused-frame-written"
SUMMARY = "an area's frame is written after it was put to another use"
