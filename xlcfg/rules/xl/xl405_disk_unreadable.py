"""A disk that xl cannot read.

What it does
------------
Reports `disk` entries with more positional values than target, format, vdev and access, and those
that xl's scanner can make nothing of.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw,writeback" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL405"
NAME = "disk-unreadable"
SUMMARY = "xl cannot read a disk entry to its end"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.bad-syntax": (
        "xl cannot read this disk from `{text}` on",
        "write TARGET,FORMAT,VDEV,ACCESS, or NAME=VALUE parameters with target= last",
    ),
    "disk.too-many": (
        "`{text}` is one positional value too many",
        "write TARGET,FORMAT,VDEV,ACCESS; after an old prefix TARGET,VDEV,ACCESS",
    ),
}
