"""A number in xl.conf that makes xl give up.

What it does
------------
Reports `max_grant_frames`, `max_maptrack_frames` and `max_grant_version` when the value is no
number, or none that xl takes.

Why
---
Since 4.13 xl exits before it does anything: with such a line every command fails, `xl list` too,
and not even with a message.

Example
-------
    # xlcfg: --kind xl.conf
    max_grant_frames = "64M"

Fix
---
    # xlcfg: --kind xl.conf
    max_grant_frames = 64
"""

CODE = "XC201"
NAME = "refused-xl-conf-number"
SUMMARY = "a number in xl.conf makes every command of xl fail"
SEVERITY = "error"
FIX = ""
KINDS = {
    "conf.refused": (
        "`{key}` takes a number from {least} to {most}: xl refuses every command",
        "write a number such as {example}, or delete the line",
    ),
}
