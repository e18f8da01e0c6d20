"""Line ends of another system.

What it does
------------
Reports, once per file, a CR byte where xl expects blanks or a newline. In a string or a comment CR
is allowed, so a file of nothing but comments would pass.

Why
---
Only space and tab are blanks to xl. A file saved by a Windows editor fails in its first line that
is not a comment. Shown here as ␍.

Example
-------
    name = "web"␍
    memory = 512␍

Fix
---
    name = "web"
    memory = 512
"""

from __future__ import annotations

CODE = "XL002"
NAME = "line-ends"
SUMMARY = "lines end in CR LF, or in CR alone"
SEVERITY = "error"
FIX = ("safe", "unsafe")

MESSAGES = {
    "line-end.cr": (
        "A CR byte stands where xl expects a newline",
        "end lines with LF alone: `tr '\\r' '\\n' < FILE`",
    ),
    "line-end.cr-lf": (
        "the lines end in CR LF, as on Windows, which xl cannot read",
        "convert the file: `sed -i 's/\\r$//' FILE` or `dos2unix FILE`",
    ),
}
