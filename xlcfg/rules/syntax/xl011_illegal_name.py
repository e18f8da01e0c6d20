"""A name xl cannot read.

What it does
------------
Reports names with capital letters, hyphens, blanks or quotes, names that begin with anything but a
small letter, and words such as `export` before a name.

Why
---
A name is a small letter followed by small letters, digits, `_` and `.`. Anything else is a syntax
error, not just an unknown name.

Example
-------
    Name = "web"
    on-crash = "restart"

Fix
---
    name = "web"
    on_crash = "restart"
"""

from __future__ import annotations

CODE = "XL011"
NAME = "illegal-name"
SUMMARY = "the name of a setting has characters xl does not allow"
SEVERITY = "error"
FIX = ("safe", "unsafe")

_FAULTS = {
    "quotes": "the name `{found}` must stand without quotes",
    "blank": "the name `{found}` has a blank in it",
    "capitals": "the name `{found}` must be in small letters",
    "beginning": "the name `{found}` must begin with a small letter",
    "characters": "the name `{found}` may only have small letters, digits, `_` and `.`",
}
MESSAGES = {
    **{f"name.{fault}.known": (text, "write `{name}`") for fault, text in _FAULTS.items()},
    **{
        f"name.{fault}": (text, "begin with a small letter; then also digits, `_`, `.`")
        for fault, text in _FAULTS.items()
    },
    "name.declared": ("`{found}` cannot stand before a name", "delete it"),
}
