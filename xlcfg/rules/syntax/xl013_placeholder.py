"""A placeholder where a value belongs.

What it does
------------
Reports `@@NAME@@`, `<NAME>`, `${NAME}`, `$NAME`, `{{ name }}`, `{name}`, `%NAME%`, `...` and their
like outside quotes.

Why
---
The file is a template, or the tool that should have filled it in did not. xl has no variables.
Inside quotes a placeholder is text like any other, and xl accepts it.

Example
-------
    name = "web"
    memory = @@MEMORY@@
    vcpus = ${VCPUS}

Fix
---
    name = "web"
    memory = 512
    vcpus = 2
"""

from __future__ import annotations

CODE = "XL013"
NAME = "placeholder"
SUMMARY = "a placeholder was never filled in"
SEVERITY = "error"
FIX = ""

MESSAGES = {
    "placeholder.left-out": (
        "`{found}` was never filled in",
        "write the value that belongs here",
    ),
    "placeholder.unfilled": (
        "`{found}` was never filled in",
        "write the value, or run the tool that fills it in; check the file it makes",
    ),
}
