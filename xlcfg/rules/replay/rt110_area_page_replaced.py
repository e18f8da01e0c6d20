"""Updates to a page that is no longer behind the area's frame.

What it does
------------
Reports updates that are lost because the frame was given back (ballooned out) and backed by
another page since.

Why
---
Under the policy `hypercall` Xen holds the page it found during registration. It keeps writing
to that page; the guest sees the new one and reads times that stand still.

Example
-------
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "p2m_remove", "gpa": "0x40000000"}
    {"ev": "p2m_add", "gpa": "0x40000000", "same_page": false}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}

Fix
---
    # xlcfg: --arch arm64 --policy hypercall
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "p2m_remove", "gpa": "0x40000000"}
    {"ev": "p2m_add", "gpa": "0x40000000", "same_page": false}
    {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x100000040"}
    {"ev": "switch_out", "state": "runnable"}
    {"ev": "switch_in"}
"""

from __future__ import annotations

CODE = "RT110"
NAME = "area-page-replaced"
SUMMARY = "the page behind an area was given back and replaced"
