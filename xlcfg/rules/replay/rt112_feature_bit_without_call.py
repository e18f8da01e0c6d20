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

CODE = "RT112"
NAME = "feature-bit-without-call"
SUMMARY = "Xen advertises op 14 and refuses it"
