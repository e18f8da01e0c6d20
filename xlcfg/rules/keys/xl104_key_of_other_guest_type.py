"""A setting that means something for other guest types only.

What it does
------------
Reports settings that have no effect for the type this guest is of (`type`, else `builder`, else PV
on x86 and PVH on Arm): xl does not read them, or nothing uses what it reads.

Why
---
xl ignores them, mostly even with invalid values: an HVM setting in a PV guest does nothing.

Example
-------
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
    xen_platform_pci = 1

Fix
---
    name = "web"
    type = "hvm"
    xen_platform_pci = 1
"""

from __future__ import annotations

from xlcfg.diagnostics import WARNING, Diagnostic
from xlcfg.rules.keys import spoken_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL104"
NAME = "key-of-other-guest-type"
SUMMARY = "a setting has no effect for this type of guest"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at the setting that counts."""
    if guest.document.refused:
        return
    reading = guest.reading
    kind = reading.guest_type
    if kind is None:
        return
    # what xl does not read it says itself; what it reads in vain the catalogue knows
    unread = {o.key for o in reading.outcomes if o.kind == "key.other-guest-type"}
    spoken = spoken_for(guest)
    context = guest.context
    for name, setting in guest.settings.by_name.items():
        option = context.catalogue.guest_option(name)
        if option is None or not option.is_read(context.release, context.arch):
            continue
        if name in spoken or (name not in unread and kind in option.guest_types):
            continue
        others = [other for other in option.guest_types if other != kind]
        types = " and ".join(other.upper() for other in others)
        if name in unread:
            message = f"xl reads `{name}` for {types} guests only, not for {kind.upper()}"
        else:
            message = f"`{name}` has an effect for {types} guests only, not for {kind.upper()}"
        if not (guest.settings.get("type") or guest.settings.get("builder")):
            message += ", which it is for want of a `type`"
        yield Diagnostic(
            CODE,
            WARNING,
            message,
            start=setting.start,
            end=setting.name_end,
            help=f'remove the line, or make the guest one of type = "{others[-1]}"',
        )
