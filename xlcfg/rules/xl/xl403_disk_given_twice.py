"""A disk that says one thing twice.

What it does
------------
Reports `disk` entries that give the target, the format, the vdev or another parameter more than
once, by name or by position.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/srv/xen/web.qcow2,raw,xvda,rw,format=qcow2" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/srv/xen/web.qcow2,qcow2,xvda,rw" ]
"""

CODE = "XL403"
NAME = "disk-given-twice"
SUMMARY = "a disk's parameter is given twice"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.respecified": (
        "the disk's {parameter} is given twice: `{before}` and `{text}`",
        "delete one of the two",
    ),
}
