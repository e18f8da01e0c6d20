"""An element that libvirt does not know, and whose name is nearly that of one it does.

What it does
------------
Reports such elements right below `<domain>`.

Why
---
Unless asked to validate, libvirt passes over elements it does not know without a word.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <on_reboots>destroy</on_reboots>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <on_reboot>destroy</on_reboot>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_libvirt.names import DOMAIN_ELEMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV104"
NAME = "misspelt-element"
SUMMARY = "libvirt does not know an element and passes over it"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("libvirt",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per element."""
    from xlcfg.core.meant import closest

    domain = guest.origin
    for element in () if domain is None else domain.children:
        if element.namespace or element.tag in DOMAIN_ELEMENTS:
            continue
        meant = closest(element.tag[:48], DOMAIN_ELEMENTS, 0.8)
        if meant:
            yield Diagnostic(
                CODE,
                WARNING,
                f"libvirt has no <{element.tag}> in a domain and passes over it",
                start=element.start,
                end=element.name_end,
                help=f"write <{meant}>",
            )
