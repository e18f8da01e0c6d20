"""A setting that means nothing on the chosen architecture.

What it does
------------
Reports settings that have an effect on Arm guests only, or on x86 guests only, in a config for
the other.

Why
---
xl parses them everywhere, and then nothing uses them. A value that xl refuses is refused on every
architecture, and reported as that.

Example
-------
    # xlcfg: --arch x86_64
    name = "web"
    kernel = "/boot/vmlinuz"
    gic_version = "v3"

Fix
---
    # xlcfg: --arch arm64
    name = "web"
    kernel = "/boot/vmlinuz"
    gic_version = "v3"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.keys import already_reported, unusual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL103"
NAME = "key-of-other-architecture"
SUMMARY = "a setting has no effect on the chosen architecture"
SEVERITY = "warning"
FIX = ""


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per name, at the setting that counts."""
    target = guest.target
    release, arch = target.release, target.arch
    for setting, option in unusual(guest):
        name = setting.name
        if option is None or option.arch == "any":
            continue
        if not option.is_parsed(release) or option.is_read(release, arch):
            continue
        if name in already_reported(guest):
            continue
        family = "Arm" if option.arch.startswith("arm") else "x86"
        yield Diagnostic(
            CODE,
            WARNING,
            f"`{name}` has an effect on {family} only, this guest is for {arch}",
            start=setting.start,
            end=setting.name_end,
            help="remove the line, or name the guest's architecture with --arch",
        )
