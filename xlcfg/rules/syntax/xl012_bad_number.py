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
FIX = "safe"

_NOT_A_NUMBER = "`{found}` is not a number xl can read"

MESSAGES = {
    "number.size-in-mib": (_NOT_A_NUMBER, "`{name}` is in MiB: write `{size}`"),
    "number.size": (_NOT_A_NUMBER, "leave the unit off; where MiB are meant, write `{size}`"),
    "number.unit": (_NOT_A_NUMBER, "leave the unit off and write the plain number"),
    "number.negative": (_NOT_A_NUMBER, "put it in quotes: `{string}`"),
    "number.capitals": (_NOT_A_NUMBER, "write `{number}`, all in small letters"),
    "number.other-form": (_NOT_A_NUMBER, "write `{number}`"),
    "number.fraction": (
        _NOT_A_NUMBER,
        "write a whole number, or `{string}` where a text is meant",
    ),
}
