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
KINDS = ("disk.bad-syntax", "disk.too-many")
