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
SEVERITY = "warning"
FIX = "unsafe"
KINDS = {
    "number.not-a-number": (
        "`{text}` is no number: xl ignores `{key}`",
        "write a whole number without a unit, such as 512 or 0x200; yes and no are 1 and 0",
    ),
    "number.out-of-range": (
        "`{text}` does not fit 64 bits: xl ignores `{key}`",
        "write a smaller number",
    ),
    "number.plus": (
        "`+=` does not work for numbers: xl ignores `{key}`",
        "write the whole number in one line, with `=`",
    ),
    "number.silently-ignored": (
        "`{key}` is no number: xl ignores it without a word",
        "write a whole number",
    ),
}
