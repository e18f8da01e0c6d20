"""A key of xl.conf under its old name.

What it does
------------
Reports `vifscript` and `defaultbridge`.

Why
---
xl still reads them, but complains on every command.

Example
-------
    # xlcfg: --kind xl.conf
    defaultbridge = "xenbr1"

Fix
---
    # xlcfg: --kind xl.conf
    vif.default.bridge = "xenbr1"
"""

CODE = "XC103"
NAME = "old-xl-conf-name"
SUMMARY = "a key of xl.conf has a new name"
SEVERITY = "info"
FIX = ""
KINDS = {
    "conf.old-name": (
        "xl warns about the old name `{key}`",
        "write `{replacement}`",
    ),
}
