"""A backslash in a string before the wrong character.

What it does
------------
Reports escapes other than `\\\\` `\\'` `\\"` `\\a` `\\b` `\\f` `\\n` `\\r` `\\t` `\\v`. Hexadecimal
ones (`\\x41`) are never accepted, octal ones only in some forms, and then xl drops their value.

Why
---
xl does not keep an unknown sequence as it is, as many programs do: it refuses the file.

Example
-------
    name = "web"
    kernel = "C:\\Xen\\vmlinuz"

Fix
---
    name = "web"
    kernel = "C:\\\\Xen\\\\vmlinuz"
"""

from __future__ import annotations

CODE = "XL014"
NAME = "bad-escape"
SUMMARY = "a backslash sequence that xl refuses"
SEVERITY = "error"
FIX = "unsafe"

_NOT_AN_ESCAPE = "`{escape}` is not an escape xl can read"
_ESCAPES = "; escapes are \\\\ \\' \\\" \\a \\b \\f \\n \\r \\t \\v"

MESSAGES = {
    "escape.digits": (
        _NOT_AN_ESCAPE,
        "write the character itself; xl drops such numbers even where it takes them" + _ESCAPES,
    ),
    "escape.hex": (_NOT_AN_ESCAPE, "write the character itself" + _ESCAPES),
    "escape.blank": (
        "a backslash cannot stand before a blank",
        "delete the backslash" + _ESCAPES,
    ),
    "escape.unknown": (_NOT_AN_ESCAPE, "write `{doubled}` for a backslash" + _ESCAPES),
}
