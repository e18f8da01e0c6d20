"""A comment that ends the file without a newline.

What it does
------------
Reports a comment in the last line when no newline follows it.

Why
---
To xl the newline is part of the comment, so an unfinished comment is an error although every
setting before it is fine. The example ends where ␄ stands.

Example
-------
    name = "web"
    # memory = 512␄

Fix
---
    name = "web"
    # memory = 512
"""

from __future__ import annotations

CODE = "XL008"
NAME = "comment-at-end"
SUMMARY = "the last line is a comment without a newline"
SEVERITY = "error"
FIX = "safe"

MESSAGES = {
    "comment.at-end": (
        "the file ends in a comment without a newline, which xl refuses",
        "end the last line with a newline",
    ),
}
