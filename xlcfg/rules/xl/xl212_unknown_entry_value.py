"""An entry whose parameter has a value xl does not know.

What it does
------------
Reports parameters of device entries, and items of `viridian`, `mca_caps` and `smbios`, that are not
among the values xl knows.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    type = "hvm"
    usbctrl = [ "type=xhci,version=3" ]

Fix
---
    name = "web"
    type = "hvm"
    usbctrl = [ "type=devicemodel,version=3" ]
"""

CODE = "XL212"
NAME = "unknown-entry-value"
SUMMARY = "xl refuses the value of a parameter in an entry"
SEVERITY = "error"
FIX = ""
KINDS = {
    "spec.unknown-value": (
        "`{text}` is no {name} that `{key}` knows",
        "write one of: {accepted}",
    ),
}
