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
KINDS = (
    "spec.stops",
    "ioports.junk",
    "irqs.junk",
    "iomem.junk",
    "llc_colors.junk",
    "disk.last-equals",
)
