"""A CPUID setting that xl ignores.

What it does
------------
Reports flags, values, leaves and registers in `cpuid` that xl cannot read, and a string that does
not begin with `host`.

Why
---
xl prints a message and goes on: the guest sees the feature that was to be hidden.

Example
-------
    name = "web"
    type = "hvm"
    cpuid = "host,avx512=0"

Fix
---
    name = "web"
    type = "hvm"
    cpuid = "host,avx512f=0"
"""

CODE = "XL801"
NAME = "cpuid-ignored"
SUMMARY = "xl ignores a part of `cpuid`"
KINDS = (
    "cpuid.not-host",
    "cpuid.no-value",
    "cpuid.unknown-flag",
    "cpuid.bad-value",
    "cpuid.bad-leaf",
    "cpuid.bad-register",
    "cpuid.bad-policy",
)
