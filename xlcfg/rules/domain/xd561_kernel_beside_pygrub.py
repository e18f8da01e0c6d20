"""A kernel beside pygrub.

What it does
------------
Says that with pygrub as `bootloader`, `kernel` and `ramdisk` are paths inside the guest's disk.

Why
---
libxl hands them to pygrub, which takes those files of the guest's file system instead of what its
menu says.

Example
-------
    name = "web"
    bootloader = "pygrub"
    kernel = "/boot/vmlinuz"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]

Fix
---
    name = "web"
    bootloader = "pygrub"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XD561"
NAME = "kernel-beside-pygrub"
SUMMARY = "pygrub looks for the kernel inside the guest's disk"
SEVERITY = "info"
FIX = ""
KINDS = {
    "bootloader.kernel": (
        "pygrub looks for `{key_}` inside the guest's first disk",
        "delete `bootloader` to boot a file of dom0, or the line to follow the disk's menu",
    ),
}
