"""A domain that runs and has no file.

What it does
------------
With `--running FILE` and a directory of guests, notes the domains for which the directory has no
file.

Why
---
Such a domain does not come back when the host starts again.

Example
-------
    # file: web.cfg; list.json has the domains web and old
    name = "web"
    kernel = "/boot/vmlinuz"

Fix
---
    # file: old.cfg beside it
    name = "old"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

CODE = "XH103"
NAME = "domain-without-file"
SUMMARY = "a running domain has no file in the directory"
SEVERITY = "info"
FIX = ""
