"""Values of Python that xl does not have.

What it does
------------
Reports values in `( )` and `{ }`, and several values with commas between but no brackets.

Why
---
A list is written in square brackets and is the only value made of others. Parts that have names are
strings such as "bridge=xenbr0,model=e1000".

Example
-------
    name = "web"
    vif = ( "bridge=xenbr0", "bridge=xenbr1" )

Fix
---
    name = "web"
    vif = [ "bridge=xenbr0", "bridge=xenbr1" ]
"""

from __future__ import annotations

CODE = "XL022"
NAME = "tuple-or-dictionary"
SUMMARY = "round brackets, braces or several values without brackets"
SEVERITY = "error"
FIX = ""

_HELP = "write a list as `[ ... ]`, a single value without brackets"

MESSAGES = {
    "tuple.round-brackets": ("xl has no values in round brackets", _HELP),
    "tuple.braces": ("xl has no values in braces", _HELP),
    "tuple.commas": (
        "`{name}` has several values without brackets",
        "write a list as `[ ... ]`, or one string in quotes with the commas inside",
    ),
}
