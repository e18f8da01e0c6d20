"""A value that Xen does not know and does not report either.

What it does
------------
Reports pieces of a value for which the parameter has no meaning and Xen no message.

Why
---
The default is taken, silently: a console that is not there prints nothing.

Example
-------
    com1=115200,8n1 console=ttyS0

Fix
---
    com1=115200,8n1 console=com1
"""

CODE = "BL202"
NAME = "unnoticed-value"
SUMMARY = "Xen takes the default instead of a value it does not know, silently"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.unknown-value": (
        'Xen {release} finds no "{part}" for {name} and takes the default',
        "{name} takes {expected}",
    ),
}
