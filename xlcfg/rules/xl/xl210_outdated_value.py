"""A value in a form that xl takes for old times' sake.

What it does
------------
Reports numbers for names, strings for lists, abbreviated guest types and old parameter names that
xl still understands.

Why
---
xl warns, or guesses what was meant. A reader of the file has to guess as well.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    tsc_mode = 2

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    tsc_mode = "native"
"""

CODE = "XL210"
NAME = "outdated-value"
SUMMARY = "xl takes a value that is better written another way"
KINDS = (
    "enum.number",
    "bootloader_args.string",
    "vif.netdev",
    "type.abbreviated",
    "type.builder-means-pv",
)
