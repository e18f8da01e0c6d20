"""A byte order mark at the beginning of the file.

What it does
------------
Reports the three bytes EF BB BF that some editors put before UTF-8 text, and files saved as UTF-16.

Why
---
The mark is invisible in an editor, but xl takes it for part of the first line and refuses the file.
The example begins with one.

Example
-------
    \ufeffname = "web"

Fix
---
    name = "web"
"""

from __future__ import annotations

CODE = "XL003"
NAME = "byte-order-mark"
SUMMARY = "the file begins with a byte order mark, or is UTF-16"
SEVERITY = "error"
