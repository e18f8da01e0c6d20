"""A boot order that QEMU refuses.

What it does
------------
Reports letters of `boot` other than a (floppy), c (disk), d (CD-ROM) and n (network), letters
given twice, more than three, and letters behind a comma.

Why
---
libxl hands the text to QEMU, which does not start ("Invalid boot device", "was given twice", "Too
many boot devices for PC"); xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    boot = "cdrom"

Fix
---
    name = "web"
    type = "hvm"
    boot = "d"
"""

CODE = "XD301"
NAME = "bad-boot-order"
SUMMARY = "QEMU refuses the boot order"
SEVERITY = "error"
FIX = ""
KINDS = {
    "boot.order": (
        "QEMU refuses the boot order: {why}",
        "{cure}",
    ),
}
