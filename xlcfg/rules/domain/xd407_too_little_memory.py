"""Memory that is too small for any guest.

What it does
------------
Reports PV guests with 1 MiB, PVH guests with up to 4 MiB, HVM guests with up to 8 MiB beside their
video memory, and `shadow_memory = 0`.

Why
---
Paging pool, firmware or kernel do not fit, and the domain builder fails: "Failed to set paging
mempool size", "xc_dom_build_image failed", "segment kernel too large". A size without a unit is in
MiB.

Example
-------
    name = "web"
    type = "hvm"
    memory = 16

Fix
---
    name = "web"
    type = "hvm"
    memory = 16384
"""

CODE = "XD407"
NAME = "too-little-memory"
SUMMARY = "the memory is too small for a guest to be built in"
SEVERITY = "error"
FIX = ""
KINDS = {
    "memory.too-little": (
        "no guest of type `{guest}` can be built in {text} MiB",
        "write the size in MiB: 16384 for 16 GiB",
    ),
    "memory.no-pool": (
        "without a paging pool no guest of this type can be built",
        "write a size in MiB, or delete the line",
    ),
}
