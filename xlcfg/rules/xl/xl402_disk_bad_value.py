"""A disk whose format, access or the like xl does not know.

What it does
------------
Reports values in `disk` entries that are not among those xl knows. They are in lower case.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/srv/xen/web.img,img,xvda,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/srv/xen/web.img,raw,xvda,rw" ]
"""

CODE = "XL402"
NAME = "disk-bad-value"
SUMMARY = "xl refuses the value of a disk's parameter"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.unknown-value": (
        "`{text}` is no {parameter} of a disk",
        "write one of: {accepted}",
    ),
    "disk.not-a-number": (
        "`{text}` is no {parameter}",
        "write a number above 0",
    ),
}
