"""A number outside the bounds xl sets.

What it does
------------
Reports numbers that are smaller or larger than xl allows, and more entries than it allows.

Why
---
xl exits with an error, for some settings without any message at all.

Example
-------
    name = "web"
    type = "hvm"
    mmio_hole = 128

Fix
---
    name = "web"
    type = "hvm"
    mmio_hole = 256
"""

CODE = "XL208"
NAME = "number-out-of-bounds"
SUMMARY = "xl refuses a number outside its bounds"
SEVERITY = "error"
FIX = ""
KINDS = {
    "number.out-of-bounds": (
        "`{key}` must lie between {least} and {most}, not be {text}",
        "write a number from {least} to {most}",
    ),
    "number.silent-exit": (
        "`{key}` must be a number from 0 to {limit}; else xl exits without a message",
        "write such a number, or delete the line for the default",
    ),
    "number.too-big": (
        "`{text}` is too big a number for `{key}`",
        "write a number below 4294967295",
    ),
    "check.grant-version": (
        "there is no grant table version {text}",
        "write `max_grant_version = 1` or `max_grant_version = 2`",
    ),
    "smbios.too-many": (
        "there are more than {limit} `oem` strings",
        "delete all but {limit} of them",
    ),
}
