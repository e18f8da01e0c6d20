"""A set of physical CPUs that xl cannot read.

What it does
------------
Reports `cpus` and `cpus_soft` that are not made of `N`, `N-M`, `^N`, `node:N` and `all`, separated
by commas, and those that name no CPU, only take CPUs away, or take away all they name.

Why
---
xl exits with an error ("vcpu hard affinity map is empty") and the guest does not start.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    cpus = "0..3"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    cpus = "0-3"
"""

CODE = "XL310"
NAME = "bad-cpus"
SUMMARY = "xl cannot read which physical CPUs are meant"
SEVERITY = "error"
FIX = ""
KINDS = {
    "cpus.bad-range": (
        "`{text}` is no CPU and no range of CPUs",
        "write N, N-M, ^N, node:N or all, separated by commas, with no blank after a number",
    ),
    "cpus.not-all": (
        "`{text}` takes away all CPUs, which xl refuses",
        "name the CPUs that are to be left out, as in `all,^0`",
    ),
    "cpus.empty": (
        "`{key}` names no CPU at all",
        "name at least one CPU, as in `0-3`, or delete the line",
    ),
    "cpus.only-excluded": (
        "`{text}` only takes CPUs away: none is left, and xl refuses the guest",
        'begin with those to take from, as in "all,{text}"',
    ),
    "cpus.all-excluded": (
        "`{text}` takes away every CPU that it names, and xl refuses the guest",
        "leave at least one CPU, as in `0-3,^0`",
    ),
}
