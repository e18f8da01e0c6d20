"""A list where xl wants a single value.

What it does
------------
Reports settings that take one number or one string and got a list in brackets.

Why
---
xl prints a warning, leaves the setting out and exits 0: the guest starts with the default.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = [ 512 ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

CODE = "XL201"
NAME = "list-for-single-value"
SUMMARY = "a list stands where xl wants a single value, and xl ignores the setting"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "type.list-for-value": (
        "`{key}` is a single value, not a list: xl ignores it",
        "write the value without brackets",
    ),
}
