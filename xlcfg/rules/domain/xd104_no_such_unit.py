"""A disk on a unit that its controller does not have.

What it does
------------
Reports `sdi` to `sdp` as disks of an HVM guest, and a CD-ROM as fifth disk (`xvde`).

Why
---
The SCSI controller that QEMU emulates has 8 units ("bad scsi device id"), its IDE controller 4.
QEMU does not start, and xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,sdp,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,sda,rw" ]
"""

CODE = "XD104"
NAME = "no-such-unit"
SUMMARY = "an emulated controller has fewer units"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.no-unit": (
        "`{text}` is behind the last {what} that QEMU has, {last}: it refuses its arguments",
        "name it {last} or before, or use xvde and later for a disk that only PV drivers see",
    ),
}
