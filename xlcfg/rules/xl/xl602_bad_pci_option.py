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
SEVERITY = "error"
FIX = ""
KINDS = {
    "pci.no-value": (
        "`{text}` is not NAME=VALUE",
        "write a name, `=` and a value, such as `permissive=1`",
    ),
    "pci.unknown-option": (
        "a PCI device has no option `{text}`",
        "write one of: {accepted}",
    ),
    "pci.bad-policy": (
        "xl knows no RDM policy `{text}`",
        "write one of: {accepted}",
    ),
    "pci.address-and-name": (
        "a PCI device has an address or a name, not both",
        "delete one of the two",
    ),
}
