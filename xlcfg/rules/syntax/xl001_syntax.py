"""Something xl cannot read.

What it does
------------
Reports text that is neither a setting, a blank line nor a comment, and none of the mistakes that
have a rule of their own: remarks without `#`, `//` comments, section headers, stray characters,
text behind a complete value, XML or JSON in place of a config.

Why
---
A guest config is a list of `name = value` lines. Whatever else xl finds makes it refuse the whole
file, and nothing is created.

Example
-------
    name = "web"
    [network]
    memory = 512   // MiB

Fix
---
    name = "web"
    memory = 512   # MiB
"""

from __future__ import annotations

CODE = "XL001"
NAME = "syntax"
SUMMARY = "xl cannot read this, for a reason no other rule names"
SEVERITY = "error"
