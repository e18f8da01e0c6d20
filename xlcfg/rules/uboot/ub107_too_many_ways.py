"""More ways through a script than are followed.

What it does
------------
Notes scripts in which conditions that only the board can decide lead to more than 8 ways that
differ.

Why
---
The first ways are checked, and all findings about them hold; those of the others are missing.

Example
-------
    # xlcfg: --kind uboot
    if test -n "${v0}"; then fdt rm /chosen/d0; fi
    if test -n "${v1}"; then fdt rm /chosen/d1; fi
    if test -n "${v2}"; then fdt rm /chosen/d2; fi
    if test -n "${v3}"; then fdt rm /chosen/d3; fi
    fdt addr ${fdt_addr_r}

Fix
---
    # xlcfg: --kind uboot
    if test -n "${v0}"; then fdt rm /chosen/d0; fi
    fdt addr ${fdt_addr_r}
"""

CODE = "UB107"
NAME = "too-many-ways"
SUMMARY = "not all ways through a script are followed"
SEVERITY = "info"
FIX = ""
KINDS = {
    "uboot.ways": (
        "the script goes more ways than the {most} that are followed",
        "set the variables that it asks for before it",
    ),
}
