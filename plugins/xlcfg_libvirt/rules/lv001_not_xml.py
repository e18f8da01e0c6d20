"""XML that is not well-formed.

What it does
------------
Reports where the XML of a domain breaks off making sense; the reader finds it.

Why
---
libvirt refuses to define the domain.

Example
-------
    <domain type='xen'>
      <name>web</nam>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
    </domain>
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest

CODE = "LV001"
NAME = "not-xml"
SUMMARY = "libvirt cannot read the XML"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("libvirt",)


def check(guest: Guest) -> Iterable[Diagnostic]:  # noqa: ARG001 - the reader reports it
    """Nothing."""
    return ()
