"""A PCI device with an option that xl does not know.

What it does
------------
Reports options of `pci` entries that xl does not know or that have a value it does not know.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0,permisive=1" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0,permissive=1" ]
"""

CODE = "XL602"
NAME = "bad-pci-option"
SUMMARY = "xl refuses an option of a PCI device"
KINDS = ("pci.no-value", "pci.unknown-option", "pci.bad-policy", "pci.address-and-name")
