"""A guest whose domain does not run.

What it does
------------
With `--running FILE`, notes guests of whose name, and of whose UUID, no domain is in that list.

Why
---
There is nothing to hold the file against.

Example
-------
    # file: web.cfg, and no such domain in list.json
    name = "web"
    kernel = "/boot/vmlinuz"

Fix
---
    name = "web2"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

CODE = "XH102"
NAME = "does-not-run"
SUMMARY = "no domain of that name runs"
SEVERITY = "info"
FIX = ""
