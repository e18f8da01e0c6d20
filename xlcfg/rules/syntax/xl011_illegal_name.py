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
