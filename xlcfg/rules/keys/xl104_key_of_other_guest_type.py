"""A setting that xl reads for other guest types only.

What it does
------------
Reports settings that have no effect for the type this guest is of (`type`, else `builder`, else PV
on x86 and PVH on Arm).

Why
---
xl ignores them, even with invalid values: an HVM setting in a PV guest does nothing.

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL104"
NAME = "key-of-other-guest-type"
SUMMARY = "a setting has no effect for this type of guest"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at its first setting."""
    if guest.type is None:
        return
    context = guest.context
    release, arch = context.release, context.arch
    written = guest.settings.get("type") or guest.settings.get("builder")
    seen: set[str] = set()
    for setting in guest.document.settings:
        name = setting.name
        if name in seen:
            continue
        seen.add(name)
        option = context.catalogue.guest_option(name)
        if option is None or guest.type in option.guest_types or not option.is_read(release, arch):
            continue
        types = " and ".join(kind.upper() for kind in option.guest_types)
        reads = f"xl reads `{name}`" if guest.toolstack == "xl" else f"`{name}` has an effect"
        by_default = "" if written else ", which it is for want of a `type`"
        yield Diagnostic(
            CODE,
            WARNING,
            f"{reads} for {types} guests only, not for {guest.type.upper()}{by_default}",
            start=setting.start,
            end=setting.name_end,
            help=f'remove the line, or make the guest one of type = "{option.guest_types[-1]}"',
        )
