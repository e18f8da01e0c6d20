"""A list added to a single value, or the other way round.

What it does
------------
Reports `+=` when the setting already has a value of the other kind.

Why
---
`+=` joins strings with strings and lists with lists. xl refuses to mix them.

Example
-------
    name = "web"
    vif = "bridge=xenbr0"
    vif += [ "bridge=xenbr1" ]

Fix
---
    name = "web"
    vif = [ "bridge=xenbr0" ]
    vif += [ "bridge=xenbr1" ]
"""

from __future__ import annotations

CODE = "XL020"
NAME = "mixed-append"
SUMMARY = "+= joins a list and a single value"
SEVERITY = "error"
FIX = ""

_HELP = "make both lists or both strings, or write `=` to replace the old value"

MESSAGES = {
    "append.to-value": (
        "`+=` cannot join a list to `{name}`, a single value since line {line}",
        _HELP,
    ),
    "append.to-list": (
        "`+=` cannot join a single value to `{name}`, a list since line {line}",
        _HELP,
    ),
}
