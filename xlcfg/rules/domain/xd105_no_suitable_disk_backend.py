"""A disk that no backend serves.

What it does
------------
Reports disks whose backendtype, format, specification and script do not go together: qcow2 for
`phy`, `tap` in releases without it, virtio for anything but `standalone`, an empty disk that is no
CD-ROM.

Why
---
libxl refuses the disk: "no suitable backend for disk", or "is empty but not cdrom".

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.qcow2,qcow2,xvda,rw,backendtype=phy" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/web.qcow2,qcow2,xvda,rw,backendtype=qdisk" ]
"""

CODE = "XD105"
NAME = "no-suitable-disk-backend"
SUMMARY = "libxl finds no backend that can serve a disk"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.no-backend": (
        "libxl finds no suitable backend for this disk: {why}",
        "delete `backendtype`, so that libxl chooses, or change what does not go with it",
    ),
    "disk.empty": (
        "libxl refuses an empty disk that is no CD-ROM",
        "name a target, or add `cdrom`",
    ),
    "disk.empty-with-image": (
        "libxl refuses format=empty with an image",
        "write the format of the image, or delete its path",
    ),
}
