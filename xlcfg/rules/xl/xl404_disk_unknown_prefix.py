"""A disk with a prefix that xl does not know.

What it does
------------
Reports `disk` entries that begin with a word and a colon other than the old `phy:`, `file:`, `tap:`
and their kin.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "lvm:/dev/vg/web,xvda,w" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL404"
NAME = "disk-unknown-prefix"
SUMMARY = "xl does not know the prefix of a disk"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.unknown-prefix": (
        "xl knows no disk prefix `{text}`",
        "delete the prefix, and write TARGET,FORMAT,VDEV,ACCESS such as /dev/vg/web,raw,xvda,rw",
    ),
}
