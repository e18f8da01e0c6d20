"""A value that the parameter's handler in Xen refuses.

What it does
------------
Reports values that are not of the parameter's kind, or not among those its handler knows.

Why
---
From 4.10 on Xen prints `has invalid value`; parts of a list that are valid still take effect, and
a number is used as far as it could be read. Older releases say nothing.

Example
-------
    dom0_mem=1024M,max=1024M

Fix
---
    dom0_mem=1024M,max:1024M
"""

CODE = "BL201"
NAME = "invalid-value"
SUMMARY = "the parameter does not take this value"
KINDS = (
    "boot.invalid",
    "boot.invalid-part",
    "boot.not-boolean",
    "boot.not-number",
    "boot.not-size",
    "boot.out-of-range",
    "boot.no-with-value",
)
