"""A graphics card with too little memory, or for another device model.

What it does
------------
Reports `videoram` below what the card needs, and `qxl` with the old device model.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    vga = "stdvga"
    videoram = 8

Fix
---
    name = "web"
    type = "hvm"
    vga = "stdvga"
    videoram = 16
"""

CODE = "XL703"
NAME = "graphics-refused"
SUMMARY = "the emulated graphics card does not go together with the rest"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.videoram": (
        "{vga} needs at least {least} MiB of `videoram`",
        "write `videoram = {least}`, or delete the line",
    ),
    "check.qxl": (
        "qxl needs the device model qemu-xen",
        'write `device_model_version = "qemu-xen"`, or another `vga`',
    ),
}
