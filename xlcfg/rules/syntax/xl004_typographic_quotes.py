"""Quotes that are not the quotes of a keyboard.

What it does
------------
Reports strings in typographic quotes and backticks. They come from word processors, web pages and
chat programs.

Why
---
Only `"` and `'` begin and end a string. Everything else outside a string is an error for xl.

Example
-------
    name = “web”

Fix
---
    name = "web"
"""

from __future__ import annotations

CODE = "XL004"
NAME = "typographic-quotes"
SUMMARY = "quotes of a word processor instead of \" or '"
SEVERITY = "error"
FIX = "safe"

MESSAGES = {
    "quotes.typographic": (
        "xl cannot read typographic quotes",
        "write `{string}` with plain quotes",
    ),
}
