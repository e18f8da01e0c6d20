"""`root` or `extra` next to `cmdline`.

What it does
------------
Reports `root` and `extra` in a file that also sets `cmdline`.

Why
---
xl builds the kernel's command line from `root` and `extra` only when there is no `cmdline`.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    cmdline = "console=hvc0"
    root = "/dev/xvda1"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    cmdline = "console=hvc0 root=/dev/xvda1"
"""

CODE = "XL307"
NAME = "cmdline-wins"
SUMMARY = "`cmdline` makes xl ignore `root` and `extra`"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "cmdline.wins": (
        "`cmdline` makes xl ignore `{key}`",
        "add what `{key}` says to `cmdline`, and delete `{key}`",
    ),
}
