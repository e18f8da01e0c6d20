"""An image with a format of its own that is read as raw.

What it does
------------
Reports disks of format raw, written or by default, whose file is called .qcow2, .qcow, .vhd,
.vhdx, .vmdk, .vdi or .qed. The old prefix `file:` means raw as well.

Why
---
libxl believes the format that is written. The guest sees the bytes of the image file instead of
the disk in it: it does not boot, or overwrites the image.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/srv/web.qcow2,,xvda,rw" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/srv/web.qcow2,qcow2,xvda,rw" ]
"""

CODE = "XD151"
NAME = "image-read-as-raw"
SUMMARY = "an image that is not raw is read as raw"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "disk.image-as-raw": (
        "`{text}` looks like a {image} image and is read as raw",
        "{cure}",
    ),
}
