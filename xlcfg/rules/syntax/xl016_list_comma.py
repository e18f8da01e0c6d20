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
