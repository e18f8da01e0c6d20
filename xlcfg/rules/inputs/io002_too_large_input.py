"""A file that is too large to be a guest config.

What it does
------------
Reports files of more than 256 MiB, and does not read them.

Why
---
No guest config comes near this size: the path most likely names a disk image or a core dump.

Example
-------
    xlcfg check /srv/images/web01.img

Fix
---
    xlcfg check /etc/xen/web01.cfg
"""

from __future__ import annotations

CODE = "IO002"
NAME = "too-large-input"
SUMMARY = "an input is larger than any guest config"
SEVERITY = "error"
FIX = ""
