"""A setting that xl of the chosen release does not read.

What it does
------------
Reports settings that only later releases read, and those that later releases dropped.

Why
---
xl ignores a name it does not read, so the same file makes different guests on two hosts.

Example
-------
    # xlcfg: --xen 4.14
    name = "web"
    kernel = "/boot/vmlinuz"
    vpmu = 1

Fix
---
    # xlcfg: --xen 4.17
    name = "web"
    kernel = "/boot/vmlinuz"
    vpmu = 1
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.keys import unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest

CODE = "XL102"
NAME = "key-of-other-release"
SUMMARY = "xl of the chosen release does not read a setting that other releases do"
SEVERITY = "warning"
FIX = "unsafe"
TOOLSTACKS = ("xl",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at the setting that counts."""
    target = guest.target
    for setting, option in unusual(guest):
        if option is None or option.is_parsed(target.release):
            continue
        name = setting.name
        from xlcfg.catalogue import release_index

        if release_index(target.release) < release_index(option.first):
            message = f"xl {target.release} does not read `{name}`, which came with {option.first}"
            help_text = f"needs Xen {option.first} or later; until then the line has no effect"
        else:
            message = f"xl {target.release} no longer reads `{name}`; {option.last} was the last"
            help_text = f"write {option.replacement}" if option.replacement else "remove the line"
        yield Diagnostic(
            CODE,
            WARNING,
            message,
            start=setting.start,
            end=setting.name_end,
            help=help_text,
            fix=lambda name=name: _fix(guest, name),  # type: ignore[misc]
        )


def _fix(guest: Guest, name: str) -> Fix | None:
    """The new name of a setting that was renamed, and takes the values it took."""
    from xlcfg.rules.edits import rename

    target = guest.target
    option = target.catalogue.guest_option(name)
    successor = target.catalogue.guest_option(option.replacement) if option else None
    if option is None or successor is None or successor.kind != option.kind:
        return None
    if not successor.is_read(target.release, target.arch):
        return None
    return rename(guest, name, successor.name)
