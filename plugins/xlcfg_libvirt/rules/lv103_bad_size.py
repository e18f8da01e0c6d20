"""A size of memory that libvirt cannot read.

What it does
------------
Reports `<memory>` and `<currentMemory>` that do not begin with a number, or have an unknown unit.

Why
---
libvirt refuses to define the domain. The unit is an attribute, not part of the text; without one
it is KiB.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory unit='MegaBytes'>524288</memory>
      <os><type>hvm</type></os>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory unit='MiB'>524288</memory>
      <os><type>hvm</type></os>
    </domain>
"""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg_libvirt.names import UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV103"
NAME = "bad-size"
SUMMARY = "libvirt cannot read a size of memory"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("libvirt",)


_NUMBER = re.compile(r"\s*[+-]?[0-9]")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per size, at the number or at the unit."""
    if guest.origin is None:
        return
    for tag in ("memory", "currentMemory"):
        element = guest.origin.find(tag)
        if element is None:
            continue
        text, unit = element.text, element.value("unit")
        if text.text and not _NUMBER.match(text.text):
            yield Diagnostic(
                CODE,
                ERROR,
                f"libvirt cannot read `{text.text}` as a size",
                start=text.start,
                end=text.end,
                help="write a number, and its unit as in unit='MiB'",
            )
        elif unit is not None and unit.text.lower() not in UNITS:
            yield Diagnostic(
                CODE,
                ERROR,
                f"libvirt knows no unit `{unit.text}`",
                start=unit.start,
                end=unit.end,
                help="write KiB, MiB, GiB, ...; KB and the like count by 1000",
            )
