"""A number of vCPUs below 1.

What it does
------------
Reports a record whose `VCPUs-max` or `VCPUs-at-startup` is below 1.

Why
---
xapi refuses to start such a VM: `invalid_value`.

Example
-------
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
                 VCPUs-max ( RW): 4
          VCPUs-at-startup ( RW): 0

Fix
---
    uuid ( RO)                  : 1f0c8b5e-7d43-4c11-8d6c-3a9b2c4d5e6f
                name-label ( RW): web
                 VCPUs-max ( RW): 4
          VCPUs-at-startup ( RW): 4
"""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XA103"
NAME = "vcpus-refused"
SUMMARY = "xapi refuses a number of vCPUs"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("xapi",)

_BELOW_ONE = re.compile(r"-[0-9]+|\+?0+")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per number."""
    fields = {} if guest.origin is None else guest.origin.fields
    for name in ("VCPUs_max", "VCPUs_at_startup"):
        found = fields.get(name)
        if found is None or not _BELOW_ONE.fullmatch(found.text.strip()):
            continue
        yield Diagnostic(
            CODE,
            ERROR,
            f"xapi starts no VM with {found.text.strip()} as its {name.replace('_', '-')}",
            start=found.start,
            end=found.end,
            help="write a number from 1 on",
        )
