"""A list without its closing bracket.

What it does
------------
Reports the `[` of a list that goes on to the end of the file, or to the next line that begins a
setting.

Why
---
A list spans lines, so xl reads the following settings as items and complains far from the mistake.

Example
-------
    name = "web"
    disk = [ "/dev/vg0/web,raw,xvda,rw"
    memory = 512

Fix
---
    name = "web"
    disk = [ "/dev/vg0/web,raw,xvda,rw" ]
    memory = 512
"""

from __future__ import annotations

CODE = "XL006"
NAME = "unclosed-bracket"
SUMMARY = "a list is never closed"
SEVERITY = "error"
FIX = ("safe", "unsafe")

_OPEN = {
    "bracket.one": "`{bracket}` is never closed",
    "bracket.several": "`{bracket}` is never closed ({count} brackets are open here)",
}
_PLACES = {
    "on-its-line": "write `{closing}` at its end",
    "on-its-line.before-setting": "write `{closing}` at its end, before `{name}`",
    "on-other-line": "write `{closing}` at the end of line {line}",
    "on-other-line.before-setting": "write `{closing}` at the end of line {line}, before `{name}`",
}
MESSAGES = {
    f"{brackets}.{place}": (message, advice)
    for brackets, message in _OPEN.items()
    for place, advice in _PLACES.items()
}
