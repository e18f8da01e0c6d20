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

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.keys import already_reported, unusual
from xlcfg.rules.keys.xl110_other_type_than_declared import type_to_add

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting

CODE = "XL104"
NAME = "key-of-other-guest-type"
SUMMARY = "a setting has no effect for this type of guest"
SEVERITY = "warning"
FIX = ""


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at the setting that counts; only one where the type is a default."""
    if guest.document.refused or guest.reading.guest_type is None:
        return
    ours = guest.toolstack == "xl"
    if not ours and guest.type != guest.reading.guest_type:
        return  # xl of that release could not have been told the type
    # What has no effect only because the declared type is missing is reported by XL110.
    missing = type_to_add(guest) if ours else ""
    found = [one for one in _vain(guest) if missing not in one[1]]
    if len(found) > 1 and not (guest.settings.get("type") or guest.settings.get("builder")):
        yield _type_forgotten(guest, found)
        return
    kind = guest.reading.guest_type
    for setting, others, unread in found:
        types = " and ".join(other.upper() for other in others)
        what = (
            f"xl reads `{setting.name}`" if unread and ours else f"`{setting.name}` has an effect"
        )
        message = f"{what} for {types} guests only, not for {kind.upper()}"
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


def _vain(guest: Guest) -> Iterator[tuple[Setting, list[str], bool]]:
    """Settings of no effect, the types they are for, and whether xl does not even read them."""
    kind = guest.reading.guest_type
    # xl's reader notes what xl does not read; the catalogue knows what it reads in vain
    unread = {o.key for o in guest.reading.outcomes if o.kind == "key.other-guest-type"}
    if not unread and not unusual(guest, kind):
        return
    reported = already_reported(guest)
    target = guest.target
    for name, setting in guest.settings.by_name.items():
        option = target.catalogue.guest_option(name)
        if option is None or (name not in unread and kind in option.guest_types):
            continue
        if name in reported or not option.is_read(target.release, target.arch):
            continue
        others = [other for other in option.guest_types if other != kind]
        yield setting, others, name in unread


def _type_forgotten(guest: Guest, found: list[tuple[Setting, list[str], bool]]) -> Diagnostic:
    """Many such settings mean that the type is wrong, not the settings."""
    kind = guest.reading.guest_type or ""
    common = [other for other in ("hvm", "pvh", "pv") if all(other in o for _, o, _ in found)]
    first = found[0][0]
    help_text = (
        f'add type = "{common[0]}"' if common else "add the `type` the guest is meant to be of"
    )
    return Diagnostic(
        CODE,
        WARNING,
        f"`{first.name}` and {len(found) - 1} more settings have no effect for "
        f"{kind.upper()} guests, which this one is for want of a `type`",
        start=first.start,
        end=first.name_end,
        help=help_text,
        related=tuple((s.start, s.name_end, "has no effect") for s, _, _ in found[1:]),
    )
