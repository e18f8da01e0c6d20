"""A first NUMA node that does not hold the video memory.

What it does
------------
Reports HVM guests whose first entry of `vnuma` is smaller than their video memory.

Why
---
Video memory belongs to the first node. libxl refuses the guest: "vnode 0 too small to contain video
ram".

Example
-------
    name = "web"
    type = "hvm"
    vcpus = 2
    vnuma = [ [ "size=4", "vcpus=0" ], [ "size=512", "vcpus=1" ] ]

Fix
---
    name = "web"
    type = "hvm"
    vcpus = 2
    vnuma = [ [ "size=256", "vcpus=0" ], [ "size=512", "vcpus=1" ] ]
"""

CODE = "XD505"
NAME = "vnuma-node-below-video-memory"
SUMMARY = "the first NUMA node must hold the video memory"
SEVERITY = "error"
FIX = ""
KINDS = {
    "vnuma.video": (
        "the first node has {text} MiB and must hold {video} MiB of video memory",
        "make it larger",
    ),
}
