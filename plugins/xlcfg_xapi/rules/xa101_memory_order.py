"""Limits of memory that are not in their order.

What it does
------------
Reports a record whose `memory-static-min`, `memory-dynamic-min`, `memory-dynamic-max` and
`memory-static-max` do not grow in this order.

Why
---
xapi refuses to start such a VM, and to set the limits so.

Example
-------
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
         memory-static-max ( RW): 1073741824
        memory-dynamic-max ( RW): 2147483648
        memory-dynamic-min ( RW): 1073741824
         memory-static-min ( RW): 1073741824

Fix
---
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
         memory-static-max ( RW): 2147483648
        memory-dynamic-max ( RW): 2147483648
        memory-dynamic-min ( RW): 1073741824
         memory-static-min ( RW): 1073741824
"""

from __future__ import annotations

from itertools import pairwise

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XA101"
NAME = "memory-order"
SUMMARY = "limits of memory are not in their order"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("xapi",)

_ORDER = ("memory_static_min", "memory_dynamic_min", "memory_dynamic_max", "memory_static_max")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per limit that is below the one before it."""
    if guest.origin is None:
        return
    fields = guest.origin.fields
    there = [
        n for n in _ORDER if n in fields and fields[n].text.isascii() and fields[n].text.isdigit()
    ]
    for lower, upper in pairwise(there):
        low, high = fields[lower].text.lstrip("0"), fields[upper].text.lstrip("0")
        if (len(low), low) <= (len(high), high):
            continue
        names = [name.replace("_", "-") for name in (lower, upper)]
        yield Diagnostic(
            CODE,
            ERROR,
            f"xapi refuses a {names[1]} below the {names[0]}",
            start=fields[upper].start,
            end=fields[upper].end,
            help="keep static-min <= dynamic-min <= dynamic-max <= static-max",
        )
