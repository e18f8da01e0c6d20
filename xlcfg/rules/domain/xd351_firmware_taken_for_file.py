"""A firmware that is taken for the name of a file.

What it does
------------
Reports values of `firmware` in HVM guests that are no known name and no path.

Why
---
xl knows bios, seabios, rombios, ovmf and uefi in small letters, and takes everything else for a
file in Xen's firmware directory. Without such a file the domain builder fails: "failed to open
file".

Example
-------
    name = "web"
    type = "hvm"
    firmware = "UEFI"

Fix
---
    name = "web"
    type = "hvm"
    firmware = "uefi"
"""

CODE = "XD351"
NAME = "firmware-taken-for-file"
SUMMARY = "xl takes the firmware for the name of a file"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "firmware.file": (
        "xl knows no firmware `{text}` and looks for a file of that name",
        "write one of: {accepted}",
    ),
}
