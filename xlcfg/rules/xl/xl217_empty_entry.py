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
    kernel = "/boot/vmlinuz"
    bootloader = "pygrub"
    bootloader_args = ""

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    bootloader = "pygrub"
"""

CODE = "XL217"
NAME = "empty-entry"
SUMMARY = "an empty entry or value makes xl crash"
KINDS = ("spec.empty", "spec.empty-list", "bootloader_args.empty")
