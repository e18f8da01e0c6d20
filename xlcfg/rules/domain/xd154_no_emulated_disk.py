"""An HVM guest none of whose disks its firmware sees.

What it does
------------
Reports HVM guests all of whose disks are `xvde` or later, or named by a number.

Why
---
QEMU emulates the first four disks. libxl says of others that they are available via PV drivers
only: firmware and boot loader find nothing to boot.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvde,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XD154"
NAME = "no-emulated-disk"
SUMMARY = "the firmware of an HVM guest sees none of its disks"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "disk.not-emulated": (
        "QEMU emulates none of the disks: the firmware finds nothing to boot",
        "name the first disk `xvda`",
    ),
}
