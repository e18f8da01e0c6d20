"""A word where xl wants a number.

What it does
------------
Reports on/off and number parameters of `vfb` entries whose value is no plain number.

Why
---
xl reads as many digits as there are, none meaning 0: `vnc=yes` switches VNC off.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "vnc=yes" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "vnc=1" ]
"""

CODE = "XL215"
NAME = "read-as-zero"
SUMMARY = "xl reads a word as a number"
SEVERITY = "info"
FIX = ""
KINDS = {
    "spec.read-as-zero": (
        "xl reads `{text}` as {value}",
        "write a number; yes and no are 1 and 0",
    ),
}
