"""A file or directory that cannot be read.

What it does
------------
Reports inputs that do not exist, that the user may not read, that are neither a plain file nor
a pipe, and directories that cannot be listed.

Why
---
What was not read was not checked. The run goes on with the other inputs, and exits with code 2
so that a pipeline does not take silence for a clean result.

Example
-------
    xlcfg check /etc/xen/web01.cfg

as a user who may not read the file.

Fix
---
Give the user read access, or the path that was meant. `-` reads standard input.
"""

from __future__ import annotations

CODE = "IO001"
NAME = "unreadable-input"
SUMMARY = "an input cannot be read"
SEVERITY = "error"
FIX = ""
