"""A string that is not closed on its line.

What it does
------------
Reports the opening quote of a string without an end, a quote that stands alone, and strings that
begin with one kind of quote and end with the other.

Why
---
A string cannot span lines, and `"` and `'` do not match each other.

Example
-------
    name = "web
    kernel = "/boot/vmlinuz'

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

CODE = "XL007"
NAME = "unclosed-string"
SUMMARY = "a string lacks one of its quotes"
SEVERITY = "error"
