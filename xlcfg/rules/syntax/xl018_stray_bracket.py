"""A closing bracket too many, or of the wrong kind.

What it does
------------
Reports `]`, `)` and `}` without an opening partner, and `)` or `}` where `]` belongs.

Why
---
xl refuses the file at the first bracket that does not fit.

Example
-------
    name = "web"
    vif = [ "bridge=xenbr0" ]]

Fix
---
    name = "web"
    vif = [ "bridge=xenbr0" ]
"""

from __future__ import annotations

CODE = "XL018"
NAME = "stray-bracket"
SUMMARY = "a closing bracket that closes nothing"
SEVERITY = "error"
FIX = ("safe", "unsafe")

MESSAGES = {
    "closer.of-list": ("`{closer}` does not close `{opener}`", "write `]`"),
    "closer.of-other-brackets": ("`{closer}` does not close `{opener}`", "write `[ ... ]`"),
    "closer.stray": ("`{found}` closes nothing", "delete it"),
}
