"""A value that xl wants to be a number and cannot read as one.

What it does
------------
Reports values of number and yes-or-no settings that C's `strtol` does not take as a whole, that do
not fit 64 bits, or that were put together with `+=`.

Why
---
xl prints a warning at most, ignores the setting and exits 0: the guest starts with the default.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = "512M"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
"""

CODE = "XL206"
NAME = "not-a-number"
SUMMARY = "xl cannot read a value as a number and ignores the setting"
KINDS = (
    "number.not-a-number",
    "number.out-of-range",
    "number.plus",
    "number.silently-ignored",
)
