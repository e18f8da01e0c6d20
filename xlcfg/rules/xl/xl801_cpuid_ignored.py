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
SEVERITY = "warning"
FIX = ""
KINDS = {
    "cpuid.not-host": (
        "xl ignores all of `cpuid`: its first word is `{text}`, not `host`",
        'begin the string with "host,"',
    ),
    "cpuid.no-value": (
        "xl skips `{text}`, which has no `=`",
        "write `{text}=0` to hide the flag, `{text}=1` to show it",
    ),
    "cpuid.unknown-flag": (
        "xl ignores the CPUID flag `{text}`, which it does not know",
        "check the spelling; a flag newer than this xl needs the list form, LEAF:REGISTER=BITS",
    ),
    "cpuid.bad-value": (
        "xl ignores `{text}`, which is no value of a CPUID flag",
        "write 0, 1, x, k or s",
    ),
    "cpuid.bad-leaf": (
        "xl ignores `{text}`, which is no CPUID leaf",
        "write LEAF:REGISTER=BITS or LEAF,SUBLEAF:REGISTER=BITS",
    ),
    "cpuid.bad-register": (
        "xl ignores `{text}`, which is no CPUID register",
        "write eax=, ebx=, ecx= or edx=",
    ),
    "cpuid.bad-policy": (
        "xl ignores `{text}`: what a register holds is written with 32 characters",
        "write 32 characters out of 0, 1, x, k and s, the highest bit first",
    ),
}
