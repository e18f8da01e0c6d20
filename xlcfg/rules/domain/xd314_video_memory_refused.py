"""A size of video memory that the graphics card cannot have.

What it does
------------
Reports HVM guests with a `videoram` other than 8 or 16 for the card `cirrus`, which is the usual
one, and sizes that are no power of two for `stdvga` and `qxl` (which has two memories of half the
size).

Why
---
libxl takes every size above the least. QEMU knows two sizes of a cirrus card: "Invalid cirrus_vga
ram size". It rounds the memory of the others up to a power of two, and Xen does not give it more
than libxl has set aside: "xen: failed to populate ram". One MiB too many is there for `stdvga`,
where no emulated interface takes it.

Example
-------
    name = "web"
    type = "hvm"
    memory = 1024
    videoram = 32

Fix
---
    name = "web"
    type = "hvm"
    memory = 1024
    vga = "stdvga"
    videoram = 32
"""

CODE = "XD314"
NAME = "video-memory-refused"
SUMMARY = "the graphics card cannot have video memory of this size"
SEVERITY = "error"
FIX = ""
KINDS = {
    "videoram.cirrus": (
        "QEMU refuses {text} MiB for a cirrus card: Invalid cirrus_vga ram size",
        'write 8 or 16, or add `vga = "stdvga"`',
    ),
    "videoram.rounded": (
        "QEMU rounds {text} MiB of `{vga}` to {taken}, more than there is: failed to populate ram",
        "write {taken}, or {less} where that is enough",
    ),
}
