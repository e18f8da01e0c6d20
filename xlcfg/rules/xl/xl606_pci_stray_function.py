"""A PCI address behind `bdf=` without its function.

What it does
------------
Reports `bdf=` addresses that end at the device: `01:00` instead of `01:00.0`.

Why
---
xl does not notice. It reads the function from a place it never set, which happens to be the
beginning of the address, and passes another function through than was meant.

Example
-------
    name = "web"
    type = "hvm"
    pci = [ "bdf=01:00" ]

Fix
---
    name = "web"
    type = "hvm"
    pci = [ "bdf=01:00.0" ]
"""

CODE = "XL606"
NAME = "pci-stray-function"
SUMMARY = "xl takes a part of the PCI address for the missing function"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "pci.stray-function": (
        "the PCI address `{text}` has no function: xl takes its first number, {function}, for one",
        "write [DDDD:]BB:DD.F, such as `{text}.0`",
    ),
}
