"""Lists within lists within lists.

What it does
------------
Reports nesting that fills the stack of xl's parser. It takes 4997 levels when each list is the
first item of its list, and 2000 when it is the second.

Why
---
xl gives up with "memory exhausted". No setting needs more than two levels. The example is shortened
at `…`.

Example
-------
    name = "web"
    vnuma = [[[…]]]

Fix
---
    name = "web"
    vnuma = [ [ "pnode=0" ] ]
"""

from __future__ import annotations

CODE = "XL019"
NAME = "nested-too-deep"
SUMMARY = "lists nested deeper than xl can read"
SEVERITY = "error"
FIX = ""

MESSAGES = {
    "depth.lists": (
        "lists are nested too deep for xl",
        "xl reads about 2000 levels, or 4996 when each list is the first item of its list",
    ),
}
