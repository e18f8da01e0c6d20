"""A framebuffer of type vnc, in the words of xend.

What it does
------------
Reports `type=vnc` in `vfb` entries.

Why
---
xl does not know the parameter and ignores it. Nothing is lost: VNC is on without it.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "type=vnc" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "vnc=1" ]
"""

CODE = "XL711"
NAME = "vfb-type"
SUMMARY = "a framebuffer is of type vnc without saying so"
SEVERITY = "info"
FIX = ""
KINDS = {
    "vfb.type": (
        "xl ignores `{text}`: VNC is on without it",
        "write `vnc=1`",
    ),
}
