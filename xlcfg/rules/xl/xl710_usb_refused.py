"""Two ways to give a guest USB that exclude each other.

What it does
------------
Reports `usb` or `usbdevice` next to `usbversion` or `spiceusbredirection`.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    usbdevice = "tablet"
    usbversion = 2

Fix
---
    name = "web"
    type = "hvm"
    usbdevice = "tablet"
"""

CODE = "XL710"
NAME = "usb-refused"
SUMMARY = "two ways to give a guest USB exclude each other"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.usb": (
        "`{key}` and `{other}` exclude each other",
        "delete one of the two",
    ),
}
