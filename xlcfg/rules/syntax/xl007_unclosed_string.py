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
FIX = "unsafe"

_NEVER_CLOSED = "this string is never closed"
_NO_CLOSING_QUOTE = "the closing quote of this string is missing"
_QUOTES_DIFFER = "this string begins with {quote} and ends with {other}"

MESSAGES = {
    "string.unclosed": (_NEVER_CLOSED, "write `{string}`"),
    "string.unclosed.empty": (_NEVER_CLOSED, "delete the quote"),
    "string.closing-quote-missing": (_NO_CLOSING_QUOTE, "write `{string}`"),
    "string.closing-quote-missing.empty": (_NO_CLOSING_QUOTE, "delete the quote"),
    "string.quotes-differ": (_QUOTES_DIFFER, "write `{string}`"),
    "string.quotes-differ.empty": (_QUOTES_DIFFER, "delete the quote"),
    "string.unopened": ("the opening quote of this string is missing", "write `{string}`"),
    "string.stray-quote": (
        "this quote opens a string that is never closed",
        "delete it: the string before it is complete",
    ),
    "string.over-lines": (
        "this string goes on in the next line, which xl cannot read",
        "write it all on one line",
    ),
}
