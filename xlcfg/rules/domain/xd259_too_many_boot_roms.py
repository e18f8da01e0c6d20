"""More emulated interfaces than boot ROMs find room.

What it does
------------
Reports HVM guests with more than four emulated interfaces of models that QEMU has a boot ROM for.

Why
---
A ROM takes 256 KiB, and libxl sets 1 MiB aside for what QEMU loads beside the guest's memory. QEMU
does not start ("xen: failed to populate ram") unless its ROMs are not installed or are smaller.

Example
-------
    name = "web"
    type = "hvm"
    vif = [ "bridge=a", "bridge=b", "bridge=c", "bridge=d", "bridge=e" ]

Fix
---
    name = "web"
    type = "hvm"
    vif = [ "bridge=a", "bridge=b", "bridge=c", "bridge=d", "bridge=e,type=vif" ]
"""

CODE = "XD259"
NAME = "too-many-boot-roms"
SUMMARY = "the boot ROMs of emulated interfaces find no room"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vif.roms": (
        "the boot ROMs of {count} emulated interfaces find no room: failed to populate ram",
        "add `type=vif` to those that no firmware boots from",
    ),
}
