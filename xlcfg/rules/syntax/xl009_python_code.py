"""Python code in the config.

What it does
------------
Reports imports, functions, conditions, calls, arithmetic, joined or formatted strings, strings in
three quotes and string prefixes. A block counts once.

Why
---
The configs of xm, the toolstack before xl, were Python programs. xl only reads settings and refuses
code.

Example
-------
    import os
    name = u"web01"
    if os.path.exists("/boot/vmlinuz"):
        kernel = "/boot/vmlinuz"

Fix
---
    name = "web01"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

CODE = "XL009"
NAME = "python-code"
SUMMARY = "Python code, which xl does not run"
SEVERITY = "error"
FIX = ("safe", "unsafe")

MESSAGES = {
    "python.statement": (
        "this is Python code, which xl does not run",
        "write the settings it would give, each as `name = value`",
    ),
    "python.expression": (
        "`{found}` is Python code, which xl does not run",
        "write the value that the code would give",
    ),
    "python.triple-quotes": (
        "xl has no strings in three quotes",
        "write one quote on each side, and all on one line",
    ),
    "python.prefix": (
        "A Python prefix `{prefix}` cannot stand before a string",
        "write the string alone",
    ),
}
