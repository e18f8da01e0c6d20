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
FIX = "safe"

MESSAGES = {
    "syntax.foreign-comment": ("this is no comment to xl", "begin a comment with `#`"),
    "syntax.no-break-space": (
        "there is a no-break space, which xl cannot read",
        "write a plain blank",
    ),
    "syntax.section": ("xl has no sections", "delete the line"),
    "syntax.unexpected": ("xl cannot read `{found}` here", "delete it, or put text in quotes"),
    "syntax.control-character": (
        "there is a control character `{char}`, which xl cannot read",
        "delete it or write a plain blank",
    ),
    "syntax.after-item": (
        "`{found}` stands behind a complete item",
        "delete it, or put it in quotes behind a comma",
    ),
    "syntax.after-value": (
        "`{found}` stands behind a complete value",
        "delete it, or put `#` before it",
    ),
    "syntax.not-a-setting": (
        "`{found}` is not a setting",
        "write `name = value`, or put `#` before a remark",
    ),
    "syntax.xml": (
        "this is XML, not an xl guest config",
        "`xlcfg convert FILE --to xl` writes a libvirt domain as one",
    ),
    "syntax.json": (
        "this is JSON, not an xl guest config",
        "write one `name = value` on each line, without braces around all",
    ),
    "syntax.refused": (
        "xl cannot read `{found}` here",
        "write one `name = value` on each line",
    ),
    "syntax.ends-early": ("the file ends too early", "write one `name = value` on each line"),
}
