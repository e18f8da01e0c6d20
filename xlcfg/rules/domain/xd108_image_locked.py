"""Two emulated disks on one image.

What it does
------------
Reports images that two disks of an HVM guest share which QEMU emulates, when one of them may write.

Why
---
QEMU locks what it writes to and does not start: "Failed to get "write" lock", or "Failed to get
shared "write" lock". xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    memory = 512
    disk = [ "/srv/web.img,raw,hda,rw", "/srv/web.img,raw,hdb,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 512
    disk = [ "/srv/web.img,raw,hda,rw", "/srv/data.img,raw,hdb,rw" ]
"""

CODE = "XD108"
NAME = "image-locked"
SUMMARY = "two emulated disks of a guest share an image"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.locked": (
        "another disk of this guest uses `{text}` as well: QEMU cannot lock it and does not start",
        "give each disk an image of its own",
    ),
}
