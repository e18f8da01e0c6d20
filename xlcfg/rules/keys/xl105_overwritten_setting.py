"""A setting that a later one of the same name replaces.

What it does
------------
Reports assignments whose value nobody will see, because the same name is assigned again below.
With `+=` below, nothing is lost and nothing is reported.

Why
---
The last assignment wins, silently. The earlier line looks as if it were in force.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 512
    memory = 1024

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 1024
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting

CODE = "XL105"
NAME = "overwritten-setting"
SUMMARY = "a later setting of the same name wins"
SEVERITY = "warning"
FIX = ("safe", "unsafe")
TOOLSTACKS = ("xl",)


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per dead assignment, at its name."""
    settings = guest.document.settings
    if len(guest.settings.by_name) == len(settings):
        return
    alive: dict[str, list[Setting]] = {}
    for setting in settings:
        earlier = alive.get(setting.name)
        if setting.op == "=" and earlier:
            for dead in earlier:
                line = guest.source.line_of(setting.start)
                yield Diagnostic(
                    CODE,
                    WARNING,
                    f"`{dead.name}` is set again on line {line}; this setting has no effect",
                    start=dead.start,
                    end=dead.name_end,
                    help="remove whichever of the two is wrong",
                    related=((setting.start, setting.end, "this one wins"),),
                    fix=lambda dead=dead: _fix(guest, dead),  # type: ignore[misc]
                )
            earlier.clear()
        alive.setdefault(setting.name, []).append(setting)


def _fix(guest: Guest, dead: Setting) -> Fix | None:
    if guest.document.refused:
        return None  # which one wins is not sure before all of them can be read
    from xlcfg.rules.edits import delete

    return delete(guest, dead, "delete it, as it has no effect")
