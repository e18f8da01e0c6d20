"""Not a text file.

What it does
------------
Reports, once, that the file is full of control characters: an image, a kernel, a compressed file.
Shown here as ␀ and the like.

Why
---
Most likely another file was meant. xl refuses it.

Example
-------
    ␡ELF␂␁␁␀␀␀␀␀␀␀␀␀

Fix
---
    name = "web"
"""

from __future__ import annotations

CODE = "XL021"
NAME = "binary-file"
SUMMARY = "a binary file instead of a config"
SEVERITY = "error"
FIX = ""

MESSAGES = {
    "file.binary": (
        "this is a binary file, not a guest config",
        "name the text file that has the settings",
    ),
}
