"""A setting that is not of the form `name = value`.

What it does
------------
Reports names without a value, values without `=`, and other signs in its place, such as `:` or
`:=`.

Why
---
Only `=` and, from Xen 4.13, `+=` give a setting a value, and both need one on the same line. An
empty string is written `""`.

Example
-------
    name = "web"
    memory: 512
    vcpus =

Fix
---
    name = "web"
    memory = 512
    vcpus = 2
"""

from __future__ import annotations

CODE = "XL017"
NAME = "missing-value"
SUMMARY = "a setting without `=` or without a value"
SEVERITY = "error"
FIX = ("safe", "unsafe")

_NO_EQUAL = "there is no `=` between `{found}` and its value"

MESSAGES = {
    "value.missing": (
        "`{name}` has no value",
        "write the value behind the `=` on the same line, or put `#` before `{name}`",
    ),
    "value.of-bare-name": ("`{name}` has no value", "write `{setting}`, or put `#` before it"),
    "value.without-equal": (_NO_EQUAL, "write `{setting}` before the value"),
    "value.unquoted-without-equal": (_NO_EQUAL, "write `{setting}`"),
    "value.colon": ("a setting's value follows `=`, not `:`", "write `{setting}`"),
    "value.operator": ("`{found}` cannot give a setting its value", "write `=`"),
    "value.equal-twice": ("there is one `=` too many", "write a single `=`"),
}
