"""Graphics passthrough without a device to pass.

What it does
------------
Reports `gfx_passthru` without a kind and without `pci`.

Why
---
libxl looks among the PCI devices for one it knows and finds none: "unable to detect required
gfx_passthru_kind".

Example
-------
    name = "web"
    type = "hvm"
    gfx_passthru = 1

Fix
---
    name = "web"
    type = "hvm"
    gfx_passthru = "igd"
"""

CODE = "XD308"
NAME = "graphics-passthrough-without-device"
SUMMARY = "libxl cannot tell which graphics card is meant"
SEVERITY = "error"
FIX = ""
KINDS = {
    "gfx_passthru.no-device": (
        "`gfx_passthru` has no graphics card to pass: libxl refuses the guest",
        'add its address to `pci`, write "igd", or delete the line',
    ),
}
