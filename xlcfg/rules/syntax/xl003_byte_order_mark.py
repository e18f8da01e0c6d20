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
FIX = "safe"

MESSAGES = {
    "mark.utf-8": (
        "the file begins with a byte order mark, which xl cannot read",
        "save it as UTF-8 without BOM: `sed -i '1s/^\\xEF\\xBB\\xBF//' FILE`",
    ),
    "mark.utf-16": (
        "the file is UTF-16, which xl cannot read",
        "save it as UTF-8 without byte order mark: `iconv -f UTF-16 -t UTF-8`",
    ),
}
