"""A file given by name that is no guest config, nor anything else that is checked.

What it does
------------
Says of a script, a program, JSON, a table and the like that it is none of the kinds that
`xlcfg check` knows. It is told once, in place of a list of what xl would say about its lines.

Why
---
Another file was meant, or it is of a kind that xlcfg cannot tell by its looks. A file that sets
keys of xl is checked as a guest config, whatever mistakes are in it.

Example
-------
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

CODE = "IO012"
NAME = "unread-form"
SUMMARY = "a file is of no kind that is checked"
SEVERITY = "error"
FIX = ""
