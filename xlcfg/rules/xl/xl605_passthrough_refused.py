"""Devices passed through to a guest that cannot have them.

What it does
------------
Reports passthrough where the guest's type, the architecture or `passthrough` itself rules it out.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "pvh"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0" ]

Fix
---
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0" ]
"""

CODE = "XL605"
NAME = "passthrough-refused"
SUMMARY = "this guest cannot have devices passed through"
KINDS = (
    "check.passthrough-disabled",
    "check.passthrough-arm",
    "check.passthrough-pvh",
    "check.share-pt",
)
