"""A PCI address that xl cannot read.

What it does
------------
Reports `pci` entries whose address is not `[DDDD:]BB:DD.F` in hexadecimal, or whose guest slot or
what follows xl cannot read.

Why
---
xl exits with an error, or crashes, and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01.00.0" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0" ]
"""

CODE = "XL601"
NAME = "bad-pci-address"
SUMMARY = "xl cannot read the address of a PCI device"
KINDS = ("pci.bad-address", "pci.no-function", "pci.bad-slot", "pci.all-functions", "pci.junk")
