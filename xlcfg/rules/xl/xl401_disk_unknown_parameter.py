"""A disk with a parameter that xl does not know.

What it does
------------
Reports unknown parameters in `disk` entries. Names are in lower case.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "format=raw,vdev=xvda,mode=rw,target=/dev/vg/web" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "format=raw,vdev=xvda,access=rw,target=/dev/vg/web" ]
"""

CODE = "XL401"
NAME = "disk-unknown-parameter"
SUMMARY = "xl refuses a parameter that disks do not have"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.unknown-parameter": (
        "a disk has no parameter `{text}`",
        "write one of: {accepted}",
    ),
}
