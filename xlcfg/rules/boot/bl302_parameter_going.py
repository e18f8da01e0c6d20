"""A parameter that works, and will not for long.

What it does
------------
Advises about parameters with a successor, and those that a later release no longer has.

Why
---
After an upgrade the word is unknown to Xen.

Example
-------
    # xlcfg: --xen 4.20
    cpuid_mask_cpu=fam_10_rev_c

Fix
---
    # xlcfg: --xen 4.20
    dom0_mem=1024M
"""

CODE = "BL302"
NAME = "parameter-going"
SUMMARY = "the parameter is deprecated or leaves in a later release"
SEVERITY = "info"
FIX = ""
KINDS = {
    "boot.deprecated": (
        "{name} is deprecated",
        "use {replacement}",
    ),
    "boot.leaving": (
        "Xen {since} no longer has {name}",
        "use {replacement} there",
    ),
}
