"""A domain without a name.

What it does
------------
Reports domains that have no `<name>`, or an empty one.

Why
---
libvirt refuses to define the domain.

Example
-------
    <domain type='xen'>
      <memory>524288</memory>
      <os><type>hvm</type></os>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV101"
NAME = "no-domain-name"
SUMMARY = "the domain has no name"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("libvirt",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the domain."""
    domain = guest.origin
    if domain is None or guest.settings.string("name"):
        return
    yield Diagnostic(
        CODE,
        ERROR,
        "libvirt refuses a domain without a name",
        start=domain.start,
        end=domain.name_end,
        help="add <name>...</name>",
    )
