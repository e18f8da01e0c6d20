"""Two disks in one place.

What it does
------------
Reports disks of an HVM guest that end up on one unit of an emulated controller (`hda` and `xvda`,
`xvda1` and `xvda2`, a CD-ROM `hdc` and a disk `xvdc`), and disks of any guest whose names mean one
device (`xvda` and `d0p0`).

Why
---
QEMU refuses its arguments ("drive with bus=0, unit=0 (index=0) exists", "IDE unit 0 is in use");
libxl refuses the second of one device ("device already exists in xenstore"). xl destroys the
domain again.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/root,raw,hda,rw", "/dev/vg/data,raw,xvda,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/root,raw,hda,rw", "/dev/vg/data,raw,xvdb,rw" ]
"""

CODE = "XD103"
NAME = "disks-on-one-unit"
SUMMARY = "two disks are one device, or one unit of an emulated controller"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.same-unit": (
        "`{text}` and `{other}` are both {bus} unit {unit}: QEMU refuses its arguments",
        "name the disks by different letters, such as xvda and xvdb",
    ),
    "disk.same-device": (
        "`{text}` is the same device as `{other}`: libxl refuses the guest",
        "name the disks by different letters, such as xvda and xvdb",
    ),
}
