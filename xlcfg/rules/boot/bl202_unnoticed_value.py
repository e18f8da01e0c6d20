"""A value that Xen does not know and does not report either.

What it does
------------
Reports pieces of a value for which the parameter has no meaning and Xen no message.

Why
---
The default is taken, silently: the clock is another one than was meant.

Example
-------
    clocksource=rtc

Fix
---
    clocksource=hpet
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
