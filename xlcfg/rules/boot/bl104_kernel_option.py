"""An option of the dom0 kernel on Xen's command line.

What it does
------------
Reports well-known options of Linux among the words for Xen.

Why
---
Xen does not pass them on: they belong on the kernel's own line, or on x86 behind ` -- `.

Example
-------
    dom0_mem=1024M nomodeset

Fix
---
    dom0_mem=1024M -- nomodeset
"""

CODE = "BL104"
NAME = "kernel-option"
SUMMARY = "an option of the Linux kernel is on Xen's line"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.linux": (
        '"{name}" is no parameter of Xen but of the kernel; {says}',
        "{hint}",
    ),
}
