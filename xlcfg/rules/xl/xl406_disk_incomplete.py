"""A disk without a vdev or a target.

What it does
------------
Reports `disk` entries that do not say what the guest sees (the vdev) or what is behind it (the
target). Only a CD-ROM drive may be empty.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL406"
NAME = "disk-incomplete"
SUMMARY = "a disk has no vdev or no target"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.no-vdev": (
        "the disk `{text}` has no vdev",
        "add the name the guest is to see, as in `vdev=xvda`, before any `target=`",
    ),
    "disk.no-target": (
        "the disk `{text}` has no target",
        "add `target=` and the path of the image or device, last",
    ),
}
