"""A setting that is not of the form `name = value`.

What it does
------------
Reports names without a value, values without `=`, and other signs in its place, such as `:` or
`:=`.

Why
---
Only `=` and, from Xen 4.13, `+=` give a setting a value, and both need one on the same line. An
empty string is written `""`.

Example
-------
    name = "web"
    memory: 512
    vcpus =

Fix
---
    name = "web"
    memory = 512
    vcpus = 2
"""

from __future__ import annotations

CODE = "XL017"
NAME = "missing-value"
SUMMARY = "a setting without `=` or without a value"
SEVERITY = "error"
