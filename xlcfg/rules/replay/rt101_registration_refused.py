"""A registration that the hypervisor refuses.

What it does
------------
Reports registrations that return an error other than "no such vCPU", with the reason where the
trace shows it.

Why
---
Under the policy `hypercall` the address is translated once, in the call. If it leads to no
writable RAM at that moment, or on Arm belongs to another vCPU, the call fails and the vCPU has
no stolen-time accounting. A guest that ignores the return value never learns of it.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
"""

from __future__ import annotations

CODE = "RT101"
NAME = "registration-refused"
SUMMARY = "a hypercall that registers a runstate area returns an error"
