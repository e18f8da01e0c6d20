"""A key of xl.conf that xl does not know.

What it does
------------
Reports every setting in xl.conf that no release of xl reads there, with what was probably meant.

Why
---
xl ignores such a line without a word. Keys of guest configs mean nothing in xl.conf.

Example
-------
    # xlcfg: --kind xl.conf
    autobaloon = "off"

Fix
---
    # xlcfg: --kind xl.conf
    autoballoon = "off"
"""

CODE = "XC101"
NAME = "unknown-xl-conf-key"
SUMMARY = "xl does not know a key of xl.conf and ignores it"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "conf.unknown": (
        "xl does not know `{key}` in xl.conf and ignores it",
        "{hint}",
    ),
}
