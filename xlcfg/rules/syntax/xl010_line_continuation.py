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
