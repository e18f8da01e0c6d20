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
KINDS = (
    "boot.quoted",
    "boot.joined",
    "boot.not-space",
    "boot.variable",
)
