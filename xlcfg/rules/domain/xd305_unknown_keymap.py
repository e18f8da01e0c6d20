"""A keyboard layout that QEMU does not have.

What it does
------------
Reports values of `keymap` that are no layout of QEMU. A path is taken as it is.

Why
---
QEMU does not start ("could not read keymap file"), and xl destroys the domain again.

Example
-------
    name = "web"
    type = "hvm"
    keymap = "english"

Fix
---
    name = "web"
    type = "hvm"
    keymap = "en-us"
"""

CODE = "XD305"
NAME = "unknown-keymap"
SUMMARY = "QEMU has no keyboard layout of that name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "keymap.unknown": (
        "QEMU has no keyboard layout `{name}` and does not start",
        "{cure}",
    ),
}
