"""Video memory that leaves nothing for the guest.

What it does
------------
Reports HVM guests whose `videoram`, or what their `vga` takes without it (qxl 128, stdvga 16 and
cirrus 8 MiB), is as much as all of their memory or more.

Why
---
Video memory is part of the guest's memory. The domain builder fails: "can't allocate low memory
for domain".

Example
-------
    name = "web"
    type = "hvm"
    memory = 64
    vga = "qxl"

Fix
---
    name = "web"
    type = "hvm"
    memory = 512
    vga = "qxl"
"""

CODE = "XD310"
NAME = "video-memory-takes-all"
SUMMARY = "video memory is taken from the guest's memory"
SEVERITY = "error"
FIX = ""
KINDS = {
    "memory.all-video": (
        "{text} MiB of video memory leave nothing of {memory} MiB: the domain cannot be built",
        "give the guest more `memory`, or less `videoram`",
    ),
}
