"""A bootloader without a disk to read.

What it does
------------
Reports PV and PVH guests with a `bootloader` and no disk.

Why
---
Bootloaders such as pygrub run in dom0 and read the guest's first disk. libxl refuses the guest:
"cannot run bootloader with no boot disk".

Example
-------
    name = "web"
    bootloader = "pygrub"

Fix
---
    name = "web"
    bootloader = "pygrub"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XD106"
NAME = "bootloader-without-disk"
SUMMARY = "a bootloader needs a disk"
SEVERITY = "error"
FIX = ""
KINDS = {
    "bootloader.no-disk": (
        "`bootloader` has no disk to boot from: libxl refuses the guest",
        "add a `disk`, or boot a `kernel`",
    ),
}
