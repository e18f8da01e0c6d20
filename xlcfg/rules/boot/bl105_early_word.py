"""A word that the early boot code acts on and the main parser then reports.

What it does
------------
Reports `edd`, `edid`, `no-real-mode` and the like in releases that do not register them twice.

Why
---
The word works, and Xen's log still calls it unknown.

Example
-------
    # xlcfg: --xen 4.12
    no-real-mode dom0_mem=1024M

Fix
---
    # xlcfg: --xen 4.17
    no-real-mode dom0_mem=1024M
"""

CODE = "BL105"
NAME = "early-word"
SUMMARY = "only the early boot code knows the word"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.early": (
        'only the early boot code of Xen {release} knows "{name}"; it acts on it, later {says}',
        "leave it, it works; from {quiet} on Xen says nothing about it",
    ),
}
