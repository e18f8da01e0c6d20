"""Less memory than `maxmem`, next to something that rules it out.

What it does
------------
Reports HVM and PVH guests that start with less memory than `maxmem` and have devices passed
through, `altp2m` or `vnuma`.

Why
---
Such a guest's memory is populated on demand. Those three need all of it from the start, so xl
refuses.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    maxmem = 2048
    pci = [ "01:00.0" ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 2048
    maxmem = 2048
    pci = [ "01:00.0" ]
"""

CODE = "XL901"
NAME = "memory-below-maxmem"
SUMMARY = "memory on demand does not go together with another setting"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.populate-on-demand": (
        "`memory` below `maxmem` does not go together with `{with_}`",
        "set `memory` and `maxmem` to the same size, or delete `maxmem`",
    ),
}
