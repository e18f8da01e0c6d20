"""A disk under a name that no disk can have.

What it does
------------
Reports disks whose vdev is none that libxl knows: `xvda` and on (partitions 1 to 255), `hda` to
`hdd` (partitions 1 to 63), `sda` to `sdp` (partitions 1 to 15), `d0p0` and on, or a number. Names
of other hypervisors (`vda`, `nvme0n1`) and `hde` are none.

Why
---
xl creates the domain, then libxl refuses the disk: "Invalid or unsupported virtual disk
identifier". xl destroys the domain again.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/dev/vg/web,raw,vda,rw" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XD101"
NAME = "no-such-virtual-disk"
SUMMARY = "libxl knows no virtual disk of that name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.no-such-vdev": (
        "there is no virtual disk `{text}`: libxl refuses the guest",
        "{cure}",
    ),
}
