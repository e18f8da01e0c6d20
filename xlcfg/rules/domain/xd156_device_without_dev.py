"""A block device named without /dev/.

What it does
------------
Reports disks such as `phy:vg0/web,xvda,w`, whose device is no absolute path.

Why
---
xm and the block script put `/dev/` before such a name. libxl looks for it in the directory that xl
was started in: "failed to stat". Once the guest reboots, that is `/`.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "phy:vg0/web,xvda,w" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/dev/vg0/web,raw,xvda,rw" ]
"""

CODE = "XD156"
NAME = "device-without-dev"
SUMMARY = "xl does not put /dev/ before the name of a block device"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "disk.relative-device": (
        "libxl looks for `{text}` in the directory that xl was started in, not in /dev",
        "write `/dev/{text}`",
    ),
}
