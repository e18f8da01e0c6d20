"""A number that Xen takes for another one than meant.

What it does
------------
Reports sizes of memory without a unit (they count KiB), missing numbers, and numbers that wrap.

Why
---
A dom0 with 15000 KiB of memory does not boot.

Example
-------
    dom0_mem=15000

Fix
---
    dom0_mem=15000M
"""

CODE = "BL207"
NAME = "surprising-number"
SUMMARY = "a number is not what it seems"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.empty-number": (
        "{name} without a number is 0",
        "write {name}=N",
    ),
    "boot.wrapped": (
        "{value} does not fit; {name} becomes {number}",
        "",
    ),
    "boot.tiny-memory": (
        "{value} without a unit counts KiB: {name} gets {number} KiB of memory",
        "write {value}M for MiB",
    ),
}
