"""A USB controller or device that QEMU does not have.

What it does
------------
Reports values of `usbversion` that are no version, values of `usbdevice` that QEMU refuses, and
controllers in `usbctrl` with versions or ports that they cannot have.

Why
---
libxl refuses ("usbversion parameter is invalid, must be between 1 and 3", "Illegal USB version",
"Number of ports for USB controller of version 2 is always 6"), or QEMU does ("usbdevice parameters
are not supported anymore", "could not add USB device"). xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    usb = 1
    usbdevice = "host:148f:3070"

Fix
---
    name = "web"
    type = "hvm"
    usb = 1
    usbdevice = "tablet"
"""

CODE = "XD306"
NAME = "usb-device-refused"
SUMMARY = "libxl or QEMU refuses a USB device"
SEVERITY = "error"
FIX = ""
KINDS = {
    "usbversion.range": (
        "there is no USB version {text}: libxl refuses the guest",
        "write 1, 2 or 3",
    ),
    "usbdevice.refused": (
        "QEMU refuses the USB device: {why}",
        "{cure}",
    ),
    "usbdev.no-address": (
        "no USB device of a host is found by `{text}`: libxl refuses the guest",
        "write both hostbus= and hostaddr=, from 1 on, as lsusb shows them",
    ),
    "usbctrl.refused": (
        "libxl refuses the USB controller: {why}",
        "change the entry",
    ),
}
