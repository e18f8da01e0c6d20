"""`altp2m` together with `nestedhvm`.

What it does
------------
Reports guests with both alternate p2m and nested virtualisation.

Why
---
Xen cannot do both in one guest, and xl refuses.

Example
-------
    name = "web"
    type = "hvm"
    altp2m = "external"
    nestedhvm = 1

Fix
---
    name = "web"
    type = "hvm"
    altp2m = "external"
"""

CODE = "XL903"
NAME = "altp2m-and-nestedhvm"
SUMMARY = "`altp2m` and `nestedhvm` exclude each other"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.altp2m-nested": (
        "`nestedhvm` and `{key}` exclude each other",
        "delete one of the two",
    ),
}
