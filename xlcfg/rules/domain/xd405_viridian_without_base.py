"""Viridian enlightenments without the base.

What it does
------------
Reports values of `viridian` that choose some enlightenments and not `base`.

Why
---
libxl refuses: "base group not enabled".

Example
-------
    name = "web"
    type = "hvm"
    viridian = [ "time_ref_count" ]

Fix
---
    name = "web"
    type = "hvm"
    viridian = [ "base", "time_ref_count" ]
"""

CODE = "XD405"
NAME = "viridian-without-base"
SUMMARY = "all viridian enlightenments need base"
SEVERITY = "error"
FIX = ""
KINDS = {
    "viridian.no-base": (
        "libxl refuses enlightenments without the base group",
        'add "base", or write "defaults"',
    ),
}
