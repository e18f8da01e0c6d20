"""A number outside the bounds xl sets.

What it does
------------
Reports numbers that are smaller or larger than xl allows, and more entries than it allows.

Why
---
xl exits with an error, for some settings without any message at all.

Example
-------
    name = "web"
    type = "hvm"
    mmio_hole = 128

Fix
---
    name = "web"
    type = "hvm"
    mmio_hole = 256
"""

CODE = "XL208"
NAME = "number-out-of-bounds"
SUMMARY = "xl refuses a number outside its bounds"
KINDS = (
    "number.out-of-bounds",
    "number.silent-exit",
    "number.too-big",
    "check.grant-version",
    "smbios.too-many",
)
