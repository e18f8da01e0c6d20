"""Updates that reach no memory the guest can see.

What it does
------------
Counts the updates that are lost, and says why, where the guest was, and how long the longest
gap is.

Why
---
Under the policy `update` Xen walks the page tables that are active at the context switch. Where
these do not map the area (a guest in user mode under KPTI, a process with tables of its own),
Xen writes nothing and says nothing: the guest reads stale times and accounts stolen time to the
wrong tasks.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 1, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "use_space", "space": 1}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

CODE = "RT103"
NAME = "updates-lost"
SUMMARY = "updates of a runstate area never arrive"
