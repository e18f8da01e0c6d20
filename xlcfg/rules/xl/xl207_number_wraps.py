"""A number that xl turns into another one.

What it does
------------
Reports numbers that do not fit the field xl keeps them in, negative ones among them, and port
ranges that end before they start.

Why
---
xl cuts the number to the width of its field and says nothing: -512 MiB become 16 EiB.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = "-512"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

CODE = "XL207"
NAME = "number-wraps"
SUMMARY = "a number does not fit and silently becomes another"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "number.wrapped": (
        "`{key}` cannot hold {text}: xl makes {value} of it",
        "write a number that fits, from 0 on where a size is meant",
    ),
    "spec.wrapped": (
        "`{name}` cannot hold {text}: xl makes {value} of it",
        "write a number that fits",
    ),
    "ioports.reversed": (
        "the range `{text}` ends before it starts: xl makes a huge one of it",
        "write the smaller port first",
    ),
}
