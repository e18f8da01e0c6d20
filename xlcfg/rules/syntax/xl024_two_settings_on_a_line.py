"""Two settings on one line without `;` between them.

What it does
------------
Reports a setting that begins behind the value of another.

Why
---
A newline or `;` ends a setting. A blank does not.

Example
-------
    name = "web" memory = 512

Fix
---
    name = "web"
    memory = 512
"""

from __future__ import annotations

CODE = "XL024"
NAME = "two-settings-on-a-line"
SUMMARY = "a second setting begins on the same line"
SEVERITY = "error"
FIX = ("safe", "unsafe")

MESSAGES = {
    "setting.second": (
        "a new setting begins in the middle of a line",
        "begin a new line, or write `;` before it",
    ),
}
