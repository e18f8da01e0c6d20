"""An entry whose end xl does not read.

What it does
------------
Reports entries that xl stops reading at a word without `=`, and numbers with text behind them.

Why
---
xl uses what came before and goes on, without a word or with one line on the terminal.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "vnc=1,vncunused,keymap=de" ]

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    vfb = [ "vnc=1,vncunused=1,keymap=de" ]
"""

CODE = "XL216"
NAME = "rest-ignored"
SUMMARY = "xl reads the beginning of an entry and ignores the rest"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "spec.stops": (
        "xl stops reading this entry at `{text}`, which has no `=`",
        "write NAME=VALUE, or delete the word",
    ),
    "ioports.junk": (
        "xl ignores `{text}` behind the port",
        "delete it; a range is written like `2f8-2ff`",
    ),
    "irqs.junk": (
        "xl of this release ignores `{text}` behind the number",
        "delete it: interrupts are decimal numbers",
    ),
    "iomem.junk": (
        "xl of this release ignores `{text}` behind the range",
        "delete it; later releases refuse it",
    ),
    "llc_colors.junk": (
        "xl ignores `{text}` behind the color",
        "write an item of its own for each color or range",
    ),
    "disk.last-equals": (
        "xl ignores the `=` at the end of the disk",
        "delete the `=`",
    ),
}
