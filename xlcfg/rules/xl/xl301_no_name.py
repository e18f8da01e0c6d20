"""A guest without a name.

What it does
------------
Reports files that do not set `name`.

Why
---
xl exits with an error and the guest does not start.

Example
-------
    kernel = "/boot/vmlinuz"
    memory = 512

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

CODE = "XL301"
NAME = "no-name"
SUMMARY = "a guest needs a name"
SEVERITY = "error"
FIX = ""
KINDS = {
    "name.missing": (
        "the guest has no name",
        'add `name = "..."`',
    ),
}
