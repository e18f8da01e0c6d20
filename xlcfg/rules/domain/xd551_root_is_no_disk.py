"""A root device that the guest does not have.

What it does
------------
Reports `root=/dev/xvd...` on the kernel's command line when no disk of the guest has that name,
and none could have it as a partition.

Why
---
The guest starts, and its kernel waits for the device or panics.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    root = "/dev/xvda2 ro"
    disk = [ "/dev/vg/web,raw,xvda1,rw" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    root = "/dev/xvda1 ro"
    disk = [ "/dev/vg/web,raw,xvda1,rw" ]
"""

CODE = "XD551"
NAME = "root-is-no-disk"
SUMMARY = "the guest has no disk of the name that its kernel is told"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "root.no-disk": (
        "the guest has no disk `{text}`, only {disks}",
        "write the name of a disk that it has",
    ),
}
