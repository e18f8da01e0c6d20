"""Two devices of a guest that cannot both be there.

What it does
------------
Reports two disks with one vdev, two network interfaces with one MAC address, and two framebuffers
with one VNC display.

Why
---
xl takes such a file. With two disks of one vdev it makes the domain, then libxl refuses the second
("device already exists in xenstore"), and xl destroys the domain again. Two interfaces of one MAC
confuse the bridge and the guest; the second VNC server ends up on another display or nowhere.

Example
-------
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/root,raw,xvda,rw", "/dev/vg/data,raw,xvda,rw" ]
    vif = [ "mac=00:16:3e:00:00:01", "mac=00:16:3e:00:00:01,bridge=br1" ]

Fix
---
    name = "web"
    type = "hvm"
    disk = [ "/dev/vg/root,raw,xvda,rw", "/dev/vg/data,raw,xvdb,rw" ]
    vif = [ "mac=00:16:3e:00:00:01", "mac=00:16:3e:00:00:02,bridge=br1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL109"
NAME = "device-given-twice"
SUMMARY = "two disks, network interfaces or framebuffers share what must be their own"
SEVERITY = ("error", "warning")
FIX = ""

#: key of the list, field of its entries, what to call it, what to do about it, how bad it is
_OWN = (
    ("disk", "vdev", "vdev", "give each disk a vdev of its own", ERROR),
    ("vif", "mac", "MAC address", "give each interface a MAC address of its own", WARNING),
    ("vfb", "vnc.display", "VNC display", "give each framebuffer a display of its own", WARNING),
)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per entry that repeats an earlier one, at the entry."""
    if guest.document.refused:
        return
    values = guest.reading.values
    for key, field, what, help_text, severity in _OWN:
        entries = values.get(key)
        items = guest.settings.items(key)
        if not isinstance(entries, list) or len(entries) < 2 or items is None:
            continue
        first: dict[object, int] = {}
        for i, entry in enumerate(entries):
            value = entry.get(field)
            if not value:
                continue
            earlier = first.setdefault(value, i)
            if earlier == i:
                continue
            there = items[earlier]
            yield Diagnostic(
                CODE,
                severity,
                f"the {what} {value} is already taken by another entry of `{key}`",
                start=items[i].start,
                end=items[i].end,
                help=help_text,
                related=((there.start, there.end, "taken here"),),
            )
