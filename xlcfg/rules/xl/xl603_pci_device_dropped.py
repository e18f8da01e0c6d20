"""A PCI device, or an option of one, that an old xl leaves out.

What it does
------------
Reports `pci` entries that old releases of xl cannot read as a whole or in part.

Why
---
Those releases go on without the option or the device; later ones refuse what they cannot read.

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
NAME = "pci-device-dropped"
SUMMARY = "an old xl leaves out a PCI device or an option of one"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "pci.ignored-option": (
        "xl of this release ignores `{text}`, which is no option of a PCI device",
        "write one of: {accepted}",
    ),
    "pci.dropped": (
        "xl cannot read `{text}` and starts the guest without the device",
        "write [DDDD:]BB:DD.F in hexadecimal, such as `01:00.0`, and options as NAME=VALUE",
    ),
}
