"""A command line or a ramdisk for a kernel that is not there.

What it does
------------
Reports `cmdline`, `root`, `extra` and `ramdisk` of an HVM guest without a `kernel`.

Why
---
xl exits with an error. A guest that boots from its disk has its command line there.

Example
-------
    name = "web"
    type = "hvm"
    extra = "console=ttyS0"

Fix
---
    name = "web"
    type = "hvm"
"""

CODE = "XL308"
NAME = "arguments-without-kernel"
SUMMARY = "an HVM guest has a command line or ramdisk but no kernel for it"
SEVERITY = "error"
FIX = ""
KINDS = {
    "check.no-kernel": (
        "`{key}` of an HVM guest needs a `kernel`",
        'delete the line, or add `kernel = "..."`',
    ),
}
