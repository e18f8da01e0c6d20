"""A range of memory of the machine in the place of the guest's own.

What it does
------------
Reports entries of `iomem` in HVM and PVH guests whose frames are memory of the guest.

Why
---
Nobody complains: Xen takes these pages from the guest, which goes on to use them as its memory and
so writes to the machine. Without an `@` frames have the same numbers in the guest and in the
machine.

Example
-------
    name = "web"
    type = "hvm"
    memory = 3584
    iomem = [ "d0000,100" ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 3584
    iomem = [ "d0000,100@f8000" ]
"""

CODE = "XD452"
NAME = "memory-range-over-memory"
SUMMARY = "a range of the machine's memory takes the place of the guest's"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "iomem.memory": (
        "`{text}` takes the place of memory of the guest, which has its frames up to {last}",
        "write frames behind the @ that are no memory of the guest",
    ),
}
