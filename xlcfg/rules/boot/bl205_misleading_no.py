"""A `no-` that has no effect, or the opposite one.

What it does
------------
Reports `no-` before parameters that are not booleans, and `no-x=false`, which switches x on.

Why
---
Xen takes the prefix off before it looks the name up; only booleans are inverted by it.

Example
-------
    no-smt=false

Fix
---
    smt
"""

CODE = "BL205"
NAME = "misleading-no"
SUMMARY = "the no- prefix does not do what it says"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.no-ignored": (
        "no- means nothing to {name}, which takes a {wants}",
        "leave the no- out",
    ),
    "boot.double-negative": (
        "no-{name}={value} switches {name} on",
        "write {name} for that",
    ),
}
