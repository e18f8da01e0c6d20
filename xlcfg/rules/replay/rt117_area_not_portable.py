"""An area that works here and not everywhere.

What it does
------------
Notes registered areas that cross a page or are misaligned.

Why
---
Registration by virtual address (op 5) takes them. Registration by physical address (op 14)
refuses both, and so do other implementations of the interface: the guest fails when it moves.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000044"}
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

CODE = "RT117"
NAME = "area-not-portable"
SUMMARY = "other hypervisors would refuse an area that this one takes"
