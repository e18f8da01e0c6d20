"""A parameter that Xen of the chosen release does not have.

What it does
------------
Reports parameters that only later releases have, and those that later releases removed.

Why
---
To that Xen the word is unknown, and whatever it was meant to do does not happen.

Example
-------
    # xlcfg: --xen 4.17
    flask_enforcing=1

Fix
---
    # xlcfg: --xen 4.17
    flask=enforcing
"""

CODE = "BL102"
NAME = "parameter-of-other-release"
SUMMARY = "the chosen release does not have a parameter that others do"
SEVERITY = ("error", "warning")
FIX = ""
KINDS = {
    "boot.removed": (
        'Xen {release} no longer has the parameter "{name}", last in {last}; {says}',
        "{hint}",
    ),
    "boot.not-yet": (
        'Xen {release} does not have the parameter "{name}" yet, it came with {first}; {says}',
        "remove it for this release",
    ),
}
