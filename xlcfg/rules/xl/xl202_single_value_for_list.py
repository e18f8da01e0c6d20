"""A single value where xl wants a list.

What it does
------------
Reports settings that take a list (`disk`, `vif`, `pci`, ...) and got a string or a number.

Why
---
xl prints a warning at most and leaves the whole setting out: the guest starts without its disk.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = "/dev/vg/web,raw,xvda,rw"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
"""

CODE = "XL202"
NAME = "single-value-for-list"
SUMMARY = "a single value stands where xl wants a list, and xl ignores the setting"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "type.value-for-list": (
        "`{key}` is a list, not a single value: xl ignores it",
        "write `{key} = [ ... ]`, with each entry in quotes",
    ),
}
