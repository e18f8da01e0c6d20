"""A piece of `console=` that Xen has no device for.

What it does
------------
Reports the pieces of `console=` that Xen names in its log, and those without a device behind them:
`dbgp` needs a `dbgp=` that sets it up, and an empty piece is one as well.

Why
---
Xen prints `Bad console= option` for each, and uses the others. With none left, nothing that it
prints can be seen until dom0 asks for it. A `loglvl=` below the level of the message keeps it back:
from 4.18 on `warning` is.

Example
-------
    com1=115200,8n1 console=com1,ttyS0 loglvl=warning

Fix
---
    com1=115200,8n1 console=com1 loglvl=warning
"""

CODE = "BL208"
NAME = "bad-console"
SUMMARY = "Xen has no console device of that name, says so, and uses the rest"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.bad-console": (
        'Xen {release} has no console "{part}" and uses the rest; {says}',
        "{hint}",
    ),
    "boot.no-console-left": (
        'Xen {release} has no console "{part}", and no other is left; {says}',
        "{hint}",
    ),
}
