"""NUMA nodes that hold less than the memory of the guest.

What it does
------------
Reports a `memory` that is more than the sizes of the nodes in `vnuma` together.

Why
---
xl takes the sum of the nodes for the most memory of the guest, and says nothing: `xl list` shows
that it has no more, while its target in xenstore is what was written.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    vcpus = 2
    vnuma = [ [ "pnode=0", "size=512", "vcpus=0-1", "vdistances=10" ] ]

Fix
---
    name = "web"
    type = "hvm"
    memory = 1024
    vcpus = 2
    vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-1", "vdistances=10" ] ]
"""

CODE = "XD504"
NAME = "vnuma-below-memory"
SUMMARY = "the nodes of a guest hold less than its memory"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vnuma.below-memory": (
        "the guest gets the {nodes} MiB of its nodes, not {text}",
        "make the sizes in `vnuma` add up to it",
    ),
}
