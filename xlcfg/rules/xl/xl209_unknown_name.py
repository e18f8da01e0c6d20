"""A name that a setting does not know.

What it does
------------
Reports settings that choose from a fixed set of names and got something else. For some of them,
such as `on_crash` and `vga`, upper and lower case differ.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    on_crash = "reboot"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    on_crash = "restart"
"""

CODE = "XL209"
NAME = "unknown-name"
SUMMARY = "xl refuses a name that is not among those it knows"
SEVERITY = "error"
FIX = ""
KINDS = {
    "enum.unknown": (
        "`{key}` does not know `{text}`",
        "write one of: {accepted}",
    ),
}
