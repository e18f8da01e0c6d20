"""A display setting that has no effect.

What it does
------------
Reports VNC, SDL, Spice and graphics settings that xl does not use because `vnc` or `spice` is off,
or because `vfb` or `vga` takes their place, and parameters that a `vfb` does not have.

Why
---
xl ignores them without a word.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vnclisten = "0.0.0.0"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vnc = 1
    vnclisten = "0.0.0.0"
"""

CODE = "XL701"
NAME = "display-setting-ignored"
SUMMARY = "another setting makes xl ignore a display setting"
KINDS = ("vnc.off", "vnc.vfb-wins", "vfb.unknown-key", "stdvga.vga-wins", "check.redirection-off")
