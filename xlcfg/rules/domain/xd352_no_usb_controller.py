"""USB version 0.

What it does
------------
Reports `usbversion = 0`.

Why
---
Zero means that nothing was asked for: the guest gets no USB controller.

Example
-------
    name = "web"
    type = "hvm"
    usbversion = 0

Fix
---
    name = "web"
    type = "hvm"
    usbversion = 2
"""

CODE = "XD352"
NAME = "no-usb-controller"
SUMMARY = "usbversion 0 adds no USB controller"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "usbversion.none": (
        "`usbversion = 0` adds no USB controller",
        "write 1, 2 or 3, or delete the line",
    ),
}
