"""A setting that has a successor.

What it does
------------
Reports settings that xl still reads and that another setting has replaced.

Why
---
Deprecated settings go away in the end, and xl ignores what it does not know without a word.

Example
-------
    name = "web"
    builder = "hvm"

Fix
---
    name = "web"
    type = "hvm"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic
from xlcfg.rules.keys import already_reported

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest

CODE = "XL108"
NAME = "deprecated-key"
SUMMARY = "another setting has replaced a setting"
SEVERITY = "info"
FIX = ("safe", "unsafe")
TOOLSTACKS = ("xl",)
#: those xl itself warns about
KINDS = {
    "altp2mhvm.old": (
        "`altp2mhvm` is deprecated",
        'write `altp2m = "mixed"`',
    ),
    "msr_relaxed.going": (
        "`msr_relaxed` will be removed from xl",
        "delete the line if the guest boots without it",
    ),
}

#: The others, and since when; the catalogue has the same in a half that is slow to load.
SINCE = {"builder": "4.10", "stdvga": "4.4"}


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at the setting that counts."""
    settings = guest.settings
    found = [name for name in SINCE if settings.get(name) is not None]
    if not found or guest.document.refused:
        return
    from xlcfg.catalogue import release_index

    target = guest.target
    for name in found:
        setting = settings.by_name[name]
        option = target.catalogue.guest_option(name)
        if option is None or not option.is_read(target.release, target.arch):
            continue
        old = release_index(target.release) < release_index(SINCE[name])
        if old or name in already_reported(guest):
            continue
        reading = guest.reading
        if name not in reading.values and name != "builder":
            continue
        if name == "builder":
            help_text = f'write type = "{reading.guest_type}"'
            if settings.get("type") is not None:
                help_text = "delete it, `type` says the same"
        else:
            help_text = 'write vga = "{}"'.format("stdvga" if reading.values[name] else "cirrus")
        yield Diagnostic(
            CODE,
            INFO,
            f"`{name}` is deprecated",
            start=setting.start,
            end=setting.name_end,
            help=help_text,
            fix=lambda name=name, help_text=help_text: _fix(guest, name, help_text),  # type: ignore[misc]
        )


def _fix(guest: Guest, name: str, help_text: str) -> Fix | None:
    from xlcfg.rules.edits import delete, rewrite

    if help_text.startswith("delete"):
        return delete(guest, guest.settings.by_name[name], help_text)
    return rewrite(guest, name, help_text.removeprefix("write "))
