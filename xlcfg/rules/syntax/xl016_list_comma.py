"""A comma that is missing or misplaced.

What it does
------------
Reports list items and strings side by side, empty places in a list, `;` in a list, and a comma
behind a setting.

Why
---
Items need a comma between them, also at the end of a line. xl does not join neighbouring strings.
Only before the closing bracket is an additional comma allowed.

Example
-------
    name = "web"
    vif = [ "bridge=xenbr0"
            "bridge=xenbr1" ]

Fix
---
    name = "web"
    vif = [ "bridge=xenbr0",
            "bridge=xenbr1" ]
"""

from __future__ import annotations

CODE = "XL016"
NAME = "list-comma"
SUMMARY = "a comma is missing, or there is one too many"
SEVERITY = "error"
FIX = ("safe", "unsafe")

MESSAGES = {
    "comma.missing": (
        "a comma is missing behind this item",
        "write `,` between the items of a list",
    ),
    "comma.empty-slot": ("a list item is missing before this comma", "delete the comma"),
    "comma.semicolon": ("`;` cannot stand in a list", "separate items by `,`"),
    "comma.stray": ("a comma cannot end a setting", "delete it"),
    "comma.adjacent-strings": (
        "two strings cannot stand side by side",
        "write them as one string, or as a list `[ ..., ... ]`",
    ),
}
