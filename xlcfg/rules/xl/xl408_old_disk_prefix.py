"""A disk with a prefix of xend's times.

What it does
------------
Reports `disk` entries that begin with `phy:`, `file:`, `tap:`, `raw:`, `drbd:` and their kin, which
xl still reads.

Why
---
Xen's manual has deprecated them for years. Most say nothing any more: `phy:` and `file:` do not
choose a backend, and only `qcow:`, `qcow2:` and `vhd:` still name a format. With a prefix the
format has no place among the values, so that such an entry reads unlike all others.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "phy:/dev/vg/web,xvda,w" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL408"
NAME = "old-disk-prefix"
SUMMARY = "a disk has one of the deprecated prefixes"
SEVERITY = "info"
FIX = "safe"
KINDS = {
    "disk.old-prefix": (
        "the disk prefix `{text}` is deprecated",
        "write TARGET,FORMAT,VDEV,ACCESS, such as /dev/vg/web,raw,xvda,rw",
    ),
}
