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
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.invalid": (
        '{name} does not take "{value}"; {says}',
        "{hint}",
    ),
    "boot.invalid-part": (
        '{name} does not take "{part}"; {says}',
        "{hint}",
    ),
    "boot.not-boolean": (
        '{name} takes a boolean, not "{value}"; {says}',
        "write {name} or no-{name}",
    ),
    "boot.not-number": (
        '{name} takes a number, "{rest}" is none: {value} becomes {number}; {says}',
        "decimal, 0x hexadecimal or 0 octal, and nothing after it",
    ),
    "boot.not-size": (
        '{name} takes a size, "{rest}" is no unit: {value} becomes {number} bytes; {says}',
        "a number and one of K, M, G, T or B",
    ),
    "boot.out-of-range": (
        "{value} does not fit into the {bits} bits of {name}; {says}",
        "at most {limit}",
    ),
    "boot.no-with-value": (
        "no-{name} takes no value; {says}",
        "write {name}={value}, or no-{name} alone",
    ),
}
