"""A PV or PVH guest with nothing to boot.

What it does
------------
Reports PV and PVH guests that set neither `kernel` nor `bootloader` nor `firmware`. A guest that
sets no `type` is PV on x86.

Why
---
xl exits with an error. Often `type = "hvm"` is what is missing.

Example
-------
    name = "web"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]

Fix
---
    name = "web"
    bootloader = "pygrub"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL304"
NAME = "nothing-to-boot"
SUMMARY = "a PV or PVH guest needs a kernel, a bootloader or a firmware"
SEVERITY = "error"
FIX = ""
KINDS = {
    "boot.nothing": (
        "a guest of type `{guest}` needs a kernel, a bootloader or a firmware",
        'add `kernel` or `bootloader`; for a guest that boots like a PC, `type = "hvm"`',
    ),
}
