"""Two runstate policies in the metadata of one domain.

What it does
------------
Reports a second `<runstate>` element of xlcfg's namespace that asks for another policy than the one
before it.

Why
---
A guest has one policy. The last element counts, and the writer of the first meant something else.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <metadata>
        <runstate xmlns='https://xlcfg.org/xmlns/libvirt/1.0' translation='update'/>
        <runstate xmlns='https://xlcfg.org/xmlns/libvirt/1.0' translation='hypercall'/>
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
from xlcfg.policy import parse_guest_value
from xlcfg_libvirt.names import POLICY_NAMESPACE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV107"
NAME = "metadata-policies-differ"
SUMMARY = "two runstate elements of a domain ask for different policies"
SEVERITY = "warning"
FIX = ""
TOOLSTACKS = ("libvirt",)
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per element that differs from the one before it."""
    metadata = guest.origin.find("metadata") if guest.origin is not None else None
    before = None
    for runstate in metadata.all("runstate", POLICY_NAMESPACE) if metadata is not None else ():
        value = runstate.value("translation")
        if value is None:
            continue
        if before is not None and _asked(before.text) != _asked(value.text):
            yield Diagnostic(
                CODE,
                WARNING,
                f"<runstate> says `{before.text}` before and `{value.text}` here, which counts",
                start=value.start,
                end=value.end,
                help="keep one of the two elements",
            )
        before = value


def _asked(text: str) -> str:
    return parse_guest_value(text) or text
