"""A file that is no boot trace, or one that breaks off.

What it does
------------
Reports traces whose header or events do not follow the format, at the line where they stop to.

Why
---
A replay predicts every later update from every earlier event. Going on after a line that was
not understood would give numbers that look right and are not.

Example
-------
    {"trace": "xlcfg-boot-trace", "version": 2}

Fix
---
Record the trace again, or repair the line; `docs/trace-format.md` describes version 1.
"""

from __future__ import annotations

CODE = "IO005"
NAME = "bad-trace"
SUMMARY = "a boot trace cannot be replayed"
SEVERITY = "error"
FIX = ""
