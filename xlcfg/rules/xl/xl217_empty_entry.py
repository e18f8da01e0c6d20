"""An empty entry that makes xl crash.

What it does
------------
Reports empty items of `channel` and `p9`, empty lists within an entry, and `bootloader_args`
without a word in it.

Why
---
xl dies of a signal instead of refusing the file.

Example
-------
    name = "web"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
    bootloader = "pygrub"
    bootloader_args = ""

Fix
---
    name = "web"
    disk = [ "/dev/vg/web,raw,xvda,rw" ]
    bootloader = "pygrub"
"""

CODE = "XL217"
NAME = "empty-entry"
SUMMARY = "an empty entry or value makes xl crash"
SEVERITY = "error"
FIX = ""
KINDS = {
    "spec.empty": (
        "an empty item of `{key}` makes xl crash",
        "delete the item",
    ),
    "spec.empty-list": (
        "an empty `{name}` makes xl crash",
        "write at least one value, or delete `{name}=`",
    ),
    "bootloader_args.empty": (
        "bootloader arguments without a word in them make xl crash",
        "delete the line, or write a list of strings",
    ),
}
