"""A key of xl.conf that its new name overrules.

What it does
------------
Reports an old name (`vifscript`, `defaultbridge`) where the new one is set as well.

Why
---
The new name wins, wherever the two stand. The old line looks as if it were in force.

Example
-------
    # xlcfg: --kind xl.conf
    vif.default.bridge = "xenbr0"
    defaultbridge = "xenbr1"

Fix
---
    # xlcfg: --kind xl.conf
    vif.default.bridge = "xenbr0"
"""

CODE = "XC104"
NAME = "old-xl-conf-name-lost"
SUMMARY = "the new name of a key of xl.conf wins over the old one"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "conf.old-name-lost": (
        "`{key}` is the old name of `{replacement}`, which is set too and wins",
        "delete `{key}`",
    ),
}
