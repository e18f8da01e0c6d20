"""A value spread over lines.

What it does
------------
Reports backslashes at the end of a line, strings and values that go on in the next line, and values
on a line of their own.

Why
---
A line ends a setting. Only a list may span lines, and it needs no backslash.

Example
-------
    name = "web"
    vif = [ "bridge=xenbr0", \\
            "bridge=xenbr1" ]

Fix
---
    name = "web"
    vif = [ "bridge=xenbr0",
            "bridge=xenbr1" ]
"""

from __future__ import annotations

CODE = "XL010"
NAME = "line-continuation"
SUMMARY = "a value goes on in the next line"
SEVERITY = "error"
FIX = "safe"

MESSAGES = {
    "continuation.backslash": (
        "xl has no line continuation",
        "write it all on one line; inside `[ ]` leave out the `\\`",
    ),
    "continuation.string": (
        "a string cannot go on in the next line",
        "write it all on one line",
    ),
    "continuation.value": (
        "a value cannot go on in the next line",
        "write it on the line of its setting; only a list `[ ... ]` spans lines",
    ),
    "continuation.value-below": (
        "the value of `{name}` is not on its line",
        "write name, `=` and the beginning of the value on one line",
    ),
}
