"""A disk that is neither a file nor an empty drive.

What it does
------------
Reports disks whose target is empty and that are no CD-ROM drives, such as `,raw,xvda,rw`.

Why
---
Only a CD-ROM drive may be empty. libxl looks for a file without a name: "failed to stat".

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ ",raw,xvda,rw" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.img,raw,xvda,rw" ]
"""

CODE = "XD109"
NAME = "empty-disk-target"
SUMMARY = "only a CD-ROM drive may be empty"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.empty-target": (
        "the disk has no target, and libxl finds no file of that name",
        "write the path of its image or device, or `cdrom` for an empty drive",
    ),
}
