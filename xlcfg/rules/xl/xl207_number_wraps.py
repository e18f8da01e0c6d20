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
KINDS = ("number.wrapped", "ioports.reversed")
