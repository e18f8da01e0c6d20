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
