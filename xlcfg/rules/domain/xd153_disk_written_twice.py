"""Two disks of a guest that write to one image.

What it does
------------
Reports a target that two disks of one guest may write to.

Why
---
No ordinary file system survives two writers. QEMU refuses image files that are in use ("Failed to
get 'write' lock"), the script for block devices refuses to share them; where neither looks, data
is lost.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.img,raw,xvda,rw", "/srv/web.img,raw,xvdb,rw" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.img,raw,xvda,rw", "/srv/data.img,raw,xvdb,rw" ]
"""

CODE = "XD153"
NAME = "disk-written-twice"
SUMMARY = "two disks of a guest write to one image"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "disk.two-writers": (
        "another disk of this guest writes to `{text}` as well",
        "give each disk an image of its own, or make one read-only",
    ),
}
