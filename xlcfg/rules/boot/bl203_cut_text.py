"""A word or value longer than what Xen has room for.

What it does
------------
Reports words above 127 characters (99 before 4.10), strings longer than their buffer, and a NUL.

Why
---
What is beyond is dropped without a word, and the rest is taken as if it were all.

Example
-------
    sched=creditcredit2

Fix
---
    sched=credit2
"""

CODE = "BL203"
NAME = "cut-text"
SUMMARY = "Xen keeps only the beginning"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.cut": (
        "Xen {release} reads the first {limit} characters of a word and drops the other {more}",
        "split it: most parameters may be given several times",
    ),
    "boot.string-cut": (
        "{name} holds {limit} characters; the rest is dropped: {value}",
        "shorten it",
    ),
    "boot.nul": (
        "a NUL byte ends the command line; the rest is lost",
        "remove it",
    ),
}
