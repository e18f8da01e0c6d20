"""A read-only disk that QEMU would have to emulate.

What it does
------------
Reports disks of an HVM guest that are read-only, no CD-ROM, and among those that the device model
emulates: `hda` to `hdd`, `xvda` to `xvdd`, and with hdtype="ahci" up to `xvdf`.

Why
---
libxl refuses to start the device model ("qemu-xen doesn't support read-only IDE disk drivers", or
AHCI), and xl destroys the domain again. Read-only are CD-ROMs, SCSI disks (`sda`) and disks that
only PV drivers see (`xvde` and later).

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw", "/iso/install.iso,raw,hdc,ro" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/web,raw,xvda,rw", "/iso/install.iso,raw,hdc,cdrom" ]
"""

CODE = "XD102"
NAME = "read-only-emulated-disk"
SUMMARY = "the device model has no read-only IDE and AHCI disks"
SEVERITY = "error"
FIX = ""
KINDS = {
    "disk.read-only": (
        "`{vdev}` is read-only, which no emulated {bus} disk can be: libxl refuses the guest",
        "{cure}",
    ),
}
