"""A word whose effect a later one replaces.

What it does
------------
Reports repeated parameters of which only the last counts.

Why
---
Words are handled from left to right. The earlier one looks as if it were in force.

Example
-------
    loglvl=all sched=credit sched=credit2

Fix
---
    loglvl=all sched=credit2
"""

CODE = "BL204"
NAME = "overridden-word"
SUMMARY = "a later word takes the place of this one"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.overridden": (
        "a later {name} takes the place of this one",
        "remove one of them",
    ),
}
