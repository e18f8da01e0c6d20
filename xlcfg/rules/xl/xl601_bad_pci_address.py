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
SEVERITY = "error"
FIX = ""
KINDS = {
    "pci.bad-address": (
        "`{text}` is no PCI address",
        "write [DDDD:]BB:DD.F in hexadecimal, such as `01:00.0` (`lspci` shows them)",
    ),
    "pci.no-function": (
        "the PCI address `{text}` has no function",
        "write [DDDD:]BB:DD.F, such as `{text}.0`",
    ),
    "pci.bad-slot": (
        "`{text}` is no guest slot",
        "write a hexadecimal number from 0 to 1f",
    ),
    "pci.all-functions": (
        "all functions (`{text}`) make xl of this release crash",
        "write one entry for each function",
    ),
    "pci.junk": (
        "xl does not know what `{text}` behind the PCI address is",
        "separate options from the address with a comma",
    ),
}
