"""A live translation that is replaced in one step.

What it does
------------
Reports stage-1 entries of Arm guests that go from one frame to another without being invalid in
between.

Why
---
The architecture requires break-before-make. Without it the hardware's own walk, which Xen uses
to translate the area's address, may still give the old frame.

Example
-------
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}

Fix
---
    # xlcfg: --arch arm64 --policy update
    {"ev": "use_space", "space": 0}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40000000"}
    {"ev": "unmap", "space": 0, "va": "0x100000000"}
    {"ev": "map", "space": 0, "va": "0x100000000", "gpa": "0x40001000"}
"""

from __future__ import annotations

CODE = "RT114"
NAME = "changed-without-break"
SUMMARY = "a valid stage-1 entry is changed without being invalidated first"
