"""A limit of memory below what the guest is given.

What it does
------------
Reports `maxmem` below `memory`.

Why
---
xl takes both: the guest is made with a maximum that is less than its target. What it really has
depends on its type; PV guests get `memory`, others what `maxmem` says.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 4096
    maxmem = 2048

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 2048
    maxmem = 4096
"""

CODE = "XL905"
NAME = "maxmem-below-memory"
SUMMARY = "the maximum of memory is less than the memory"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "maxmem.below-memory": (
        "`maxmem` is {text} MiB, less than the {memory} MiB of `memory`",
        "make `maxmem` at least as big as `memory`, or delete it",
    ),
}
