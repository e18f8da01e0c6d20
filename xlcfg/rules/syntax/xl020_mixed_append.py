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
