"""Text that looks like several words, or like quoting, and is one word to Xen.

What it does
------------
Reports quotes, tabs, commas between parameters, and variables that nobody expands.

Why
---
Only the space character separates words and nothing quotes: the value holds all of it.

Example
-------
    com1=115200,8n1,console=com1

Fix
---
    com1=115200,8n1 console=com1
"""

CODE = "BL206"
NAME = "joined-words"
SUMMARY = "something else than a space stands between words"
SEVERITY = "warning"
FIX = ""
KINDS = {
    "boot.quoted": (
        "to Xen a quote is a character of the word like any other",
        "{hint}",
    ),
    "boot.joined": (
        '"{part}" is a part of the value of {name} here, not a parameter',
        "put a space before {part}",
    ),
    "boot.not-space": (
        "only a space separates words; {char} becomes a part of this one",
        "use a space",
    ),
    "boot.variable": (
        "nothing expands {part}: Xen gets it as it stands",
        "write the value; only a boot loader's own files have variables",
    ),
}
