"""A PCI device that two guests are given.

What it does
------------
Says which `pci` entries name a device that another guest of the run is given as well.

Why
---
A device is in one guest at a time: while one of the two runs, the other cannot have it. That may
be what is meant, for guests that never run together.

Example
-------
    # file: game.cfg
    name = "game"
    type = "hvm"
    pci = [ "01:00.0" ]
    # file: render.cfg
    name = "render"
    type = "hvm"
    pci = [ "0000:01:00.0,permissive=1" ]

Fix
---
    # file: game.cfg
    name = "game"
    type = "hvm"
    pci = [ "01:00.0" ]
    # file: render.cfg
    name = "render"
    type = "hvm"
    pci = [ "0000:02:00.0,permissive=1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic
from xlcfg.rules.cross_file import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL156"
NAME = "shared-pci-device"
SUMMARY = "two guests are given one PCI device"
SEVERITY = "info"
FIX = ""


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    for device, start, end in entries(guest, "pci"):
        if "bus" in device:
            place = tuple(device.get(part) for part in ("domain", "bus", "dev", "func"))
            yield place, start, end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:
    """About one device that an earlier guest is given."""
    assert isinstance(what, tuple)
    address = "{:04x}:{:02x}:{:02x}.{:x}".format(*what)
    message = f"another guest is given the PCI device {address} as well ({where})"
    help_text = "fine if the two never run together; else give one of them another device"
    return Diagnostic(CODE, INFO, message, start=start, end=end, help=help_text)
