"""A parameter that Xen has on another architecture only.

What it does
------------
Reports parameters that are compiled into Xen for other machines only.

Why
---
On this machine the word is unknown to Xen.

Example
-------
    # xlcfg: --arch x86_64
    dtuart=serial0

Fix
---
    # xlcfg: --arch arm64
    dtuart=serial0
"""

CODE = "BL103"
NAME = "parameter-of-other-architecture"
SUMMARY = "Xen on the chosen architecture has no such parameter"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.other-arch": (
        'Xen on {arch} has no parameter "{name}"; {says}',
        "remove it",
    ),
}
