"""A boot loader's file without a line for Xen.

What it does
------------
Notes files given by name that are of a boot loader, or the answer of a host, and hold no boot line
of Xen.

Why
---
Nothing of it was checked: it starts another system, or the line is in another file.

Example
-------
    # xlcfg: --kind grub-default
    GRUB_TIMEOUT=5
    GRUB_CMDLINE_LINUX="quiet"

Fix
---
    # xlcfg: --kind grub-default
    GRUB_TIMEOUT=5
    GRUB_CMDLINE_XEN="dom0_mem=4G"
"""

from __future__ import annotations

CODE = "IO013"
NAME = "no-boot-line"
SUMMARY = "a boot loader's file holds no boot line of Xen"
SEVERITY = "info"
FIX = ""
