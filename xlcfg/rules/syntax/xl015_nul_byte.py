"""A byte of value zero.

What it does
------------
Reports NUL bytes outside comments, shown here as ␀. They come from damaged files and from programs
that write their buffers whole.

Why
---
Outside a string xl refuses the file. Inside a string it crashes.

Example
-------
    name = "web␀"

Fix
---
    name = "web"
"""

from __future__ import annotations

CODE = "XL015"
NAME = "nul-byte"
SUMMARY = "a NUL byte in the file"
SEVERITY = "error"
FIX = ""

MESSAGES = {
    "nul.byte": ("there is a NUL byte in the file", "delete it"),
    "nul.in-string": ("there is a NUL byte in this string", "delete it"),
    "nul.crash": ("there is a NUL byte in this string, on which xl crashes", "delete it"),
}
