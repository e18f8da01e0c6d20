"""A TSC mode that Xen has no more.

What it does
------------
Reports `tsc_mode = "native_paravirt"` from Xen 4.12 on.

Why
---
xl knows the word still, Xen does not: "xc_domain_set_tsc_info() failed".

Example
-------
    name = "web"
    type = "hvm"
    tsc_mode = "native_paravirt"

Fix
---
    name = "web"
    type = "hvm"
    tsc_mode = "native"
"""

CODE = "XD406"
NAME = "tsc-mode-removed"
SUMMARY = "Xen has that TSC mode no more"
SEVERITY = "error"
FIX = ""
KINDS = {
    "tsc_mode.removed": (
        "Xen has removed the TSC mode `{text}` and refuses the guest",
        "write default, always_emulate or native",
    ),
}
