"""A size without a unit.

What it does
------------
Advises to write the unit that Xen assumes.

Why
---
Without a suffix every size of Xen counts KiB, which few readers expect.

Example
-------
    conring_size=64

Fix
---
    conring_size=64K
"""

CODE = "BL301"
NAME = "unit-advised"
SUMMARY = "a size without a unit counts KiB"
SEVERITY = "info"
FIX = ""
KINDS = {
    "boot.kib": (
        "{value} without a unit counts KiB: {number} bytes",
        "write {value}K",
    ),
}
