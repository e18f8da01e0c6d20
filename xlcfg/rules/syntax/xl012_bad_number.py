"""A number with a sign, a unit, a fraction or capital hex digits.

What it does
------------
Reports numbers such as `-1`, `2G`, `1.5`, `0x1F` and `1_000`.

Why
---
A number begins with a digit and goes on with digits, `a` to `f` and `x`. Sizes have a fixed unit,
which for memory is MiB. A negative number must be a string: xl turns it into a number when it reads
the setting.

Example
-------
    name = "web"
    memory = 2G
    vncdisplay = -1

Fix
---
    name = "web"
    memory = 2048
    vncdisplay = "-1"
"""

from __future__ import annotations

CODE = "XL012"
NAME = "bad-number"
SUMMARY = "a number in a form xl cannot read"
SEVERITY = "error"
