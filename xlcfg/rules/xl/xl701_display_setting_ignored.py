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
SEVERITY = "warning"
FIX = ""
KINDS = {
    "vnc.off": (
        "`vnc` is off: xl ignores `{key}`",
        "add `vnc = 1`, or delete `{key}`",
    ),
    "vnc.vfb-wins": (
        "`vfb` makes xl ignore `{key}`",
        "write it into the entry of `vfb`, and delete the line",
    ),
    "vfb.unknown-key": (
        "xl ignores `{text}`, which a vfb does not have",
        "delete it, or write one of: {accepted}",
    ),
    "stdvga.vga-wins": (
        "`vga` makes xl ignore `stdvga`",
        "delete `stdvga`",
    ),
    "check.redirection-off": (
        "`spice` is off: libxl ignores `spiceusbredirection`",
        "add `spice = 1`, or delete the line",
    ),
}
