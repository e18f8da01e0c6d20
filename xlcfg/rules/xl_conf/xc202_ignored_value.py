"""A value in xl.conf that xl does not take.

What it does
------------
Reports lists where a single value belongs, text where a number belongs, and words that the key
does not know.

Why
---
xl prints a complaint, which scripts swallow, and goes on as if the line were not there.

Example
-------
    # xlcfg: --kind xl.conf
    autoballoon = "no"

Fix
---
    # xlcfg: --kind xl.conf
    autoballoon = "off"
"""

CODE = "XC202"
NAME = "ignored-xl-conf-value"
SUMMARY = "xl does not take a value in xl.conf and ignores it"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "conf.list": (
        "`{key}` is a single value, not a list: xl ignores it",
        "write the value without brackets",
    ),
    "conf.not-a-number": (
        "`{key}` takes a number, not `{text}`: xl ignores it",
        "write {numbers}",
    ),
    "conf.bad-word": (
        "`{key}` does not take `{text}`: xl complains and uses `{default}`",
        "write one of: {accepted}",
    ),
}
