"""A PCI device with an option that an old xl leaves out.

What it does
------------
Reports options of `pci` entries that xl before 4.15 does not know.

Why
---
Those releases print a message and go on without the option; later ones refuse what they do not
know.

Example
-------
    # xlcfg: --xen 4.14
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0,permisive=1" ]

Fix
---
    # xlcfg: --xen 4.14
    name = "web"
    kernel = "/boot/vmlinuz"
    pci = [ "01:00.0,permissive=1" ]
"""

CODE = "XL603"
NAME = "pci-option-ignored"
SUMMARY = "an old xl ignores an option of a PCI device"
KINDS = ("pci.ignored-option",)
