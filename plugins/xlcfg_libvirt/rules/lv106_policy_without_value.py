"""A runstate policy in the metadata that names none.

What it does
------------
Reports `<runstate>` elements of xlcfg's namespace that have no `translation`.

Why
---
It decides nothing; the host's or the architecture's default holds.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <metadata>
        <runstate xmlns='https://xlcfg.org/xmlns/libvirt/1.0'>hypercall</runstate>
      </metadata>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <metadata>
        <runstate xmlns='https://xlcfg.org/xmlns/libvirt/1.0' translation='hypercall'/>
      </metadata>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg_libvirt.names import POLICY_NAMESPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV106"
NAME = "policy-without-value"
SUMMARY = "the metadata's runstate element names no policy"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("libvirt",)
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per element."""
    metadata = guest.origin.find("metadata") if guest.origin is not None else None
    for runstate in metadata.all("runstate", POLICY_NAMESPACE) if metadata is not None else ():
        if "translation" not in runstate.attributes:
            yield Diagnostic(
                CODE,
                WARNING,
                "<runstate> names no policy",
                start=runstate.start,
                end=runstate.name_end,
                help='write translation="hypercall" or translation="update" as its attribute',
            )
