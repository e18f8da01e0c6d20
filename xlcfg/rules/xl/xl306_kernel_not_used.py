"""A kernel that xl leaves out.

What it does
------------
Reports the old `kernel = ".../hvmloader"` of HVM guests, and any kernel of an HVM guest before Xen
4.5.

Why
---
xl warns, drops the setting and starts the firmware it comes with.

Example
-------
    name = "web"
    type = "hvm"
    kernel = "/usr/lib/xen/boot/hvmloader"

Fix
---
    name = "web"
    type = "hvm"
"""

CODE = "XL306"
NAME = "kernel-not-used"
SUMMARY = "xl does not use the kernel of an HVM guest"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "kernel.hvmloader": (
        "xl drops the kernel `{text}`: it looks like the HVM firmware",
        "delete the line; `firmware_override` names another HVM firmware",
    ),
    "kernel.hvm-ignored": (
        "xl of this release does not boot HVM guests from a kernel",
        "delete `kernel`, or use Xen 4.5 or later",
    ),
}
