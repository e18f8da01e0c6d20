"""A disk that does not say where the guest sees it.

What it does
------------
Reports `<disk>` elements without `<target dev='...'/>`.

Why
---
libvirt refuses to define the domain.

Example
-------
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <devices>
        <disk type='file' device='disk'>
          <source file='/var/web.img'/>
        </disk>
      </devices>
    </domain>

Fix
---
    <domain type='xen'>
      <name>web</name>
      <memory>524288</memory>
      <os><type>hvm</type></os>
      <devices>
        <disk type='file' device='disk'>
          <source file='/var/web.img'/>
          <target dev='xvda'/>
        </disk>
      </devices>
    </domain>
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "LV105"
NAME = "disk-without-target"
SUMMARY = "a disk has no target"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("libvirt",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per disk."""
    devices = guest.origin.find("devices") if guest.origin is not None else None
    for disk in devices.all("disk") if devices is not None else ():
        target = disk.find("target")
        if target is None or not target.get("dev"):
            yield Diagnostic(
                CODE,
                ERROR,
                "libvirt refuses a disk without a target",
                start=disk.start,
                end=disk.name_end,
                help="add <target dev='xvda'/> or the like",
            )
