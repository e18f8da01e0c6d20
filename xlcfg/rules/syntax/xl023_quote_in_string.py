"""A quote within a string of the same quotes.

What it does
------------
Reports a quote that ends a string in the middle of its text.

Why
---
The rest of the text stands outside the string then, where xl cannot read it. Use the other kind of
quotes around the string, or `\\"` inside it.

Example
-------
    name = "web"
    extra = "root="UUID=1234" ro"

Fix
---
    name = "web"
    extra = 'root="UUID=1234" ro'
"""

from __future__ import annotations

CODE = "XL023"
NAME = "quote-in-string"
SUMMARY = "a quote inside a string ends it too early"
SEVERITY = "error"
FIX = "unsafe"

_ENDS_EARLY = "the string ends at this {quote}, but its text goes on"

MESSAGES = {
    "inner-quote.one": (_ENDS_EARLY, "write {other} around it"),
    "inner-quote.both": (_ENDS_EARLY, "write `\\{quote}` for each `{quote}` inside"),
}
