"""A key of xl.conf that the chosen release does not read.

What it does
------------
Reports settings in xl.conf that came with a later release than the chosen one.

Why
---
xl ignores keys it does not know without a word.

Example
-------
    # xlcfg: --kind xl.conf --xen 4.13
    domid_policy = "random"

Fix
---
    # xlcfg: --kind xl.conf --xen 4.14
    domid_policy = "random"
"""

CODE = "XC102"
NAME = "xl-conf-key-of-other-release"
SUMMARY = "the chosen release does not read a key of xl.conf that others do"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "conf.other-release": (
        "xl {release} does not read `{key}` in xl.conf (read from {first} to {last})",
        "delete it, or check for a release that reads it",
    ),
}
