"""A directory in which nothing looks like a guest config.

What it does
------------
Reports directories without any file that reads like a guest config.

Why
---
A directory is searched by what is in its files, and `.cfg` is the extension of many things.
When nothing is found the path is more likely wrong than the directory clean.

Example
-------
    xlcfg check /etc/xen/scripts

Fix
---
    xlcfg check /etc/xen

A file that is given by name is checked whatever it looks like.
"""

from __future__ import annotations

CODE = "IO004"
NAME = "nothing-found"
SUMMARY = "a directory holds no guest config"
SEVERITY = "error"
FIX = ""
