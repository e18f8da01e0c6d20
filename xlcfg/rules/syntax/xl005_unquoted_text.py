"""A text value without quotes.

What it does
------------
Reports words, paths and other text where a value must be a string, a number or a list. `True`,
`yes` and `on` stand for 1, `False`, `no` and `off` for 0.

Why
---
xl has no bare words. It refuses the file rather than guess where the text ends.

Example
-------
    name = web
    acpi = True
    vif = [ bridge=xenbr0 ]

Fix
---
    name = "web"
    acpi = 1
    vif = [ "bridge=xenbr0" ]
"""

from __future__ import annotations

CODE = "XL005"
NAME = "unquoted-text"
SUMMARY = "text without quotes, or True, False, yes, no"
SEVERITY = "error"
FIX = "safe"

MESSAGES = {
    "text.unquoted": ("`{found}` needs quotes", "write `{string}`"),
    "text.truth": ("`{found}` is not a value xl can read", "write `{number}`"),
    "text.nothing": (
        "`{found}` is not a value xl can read",
        'leave the setting out, or write `"none"` where that is one of its values',
    ),
}
