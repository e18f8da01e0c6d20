"""A guest whose name does not say which site it runs at.

What it does
------------
Reports guests whose `name` has no `.site` at its end.

Why
---
The names of two sites' guests would clash when one is moved to the other.

Example
-------
    name = "web01"

Fix
---
    name = "web01.lab"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.core.diagnostics import WARNING, Diagnostic, Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "EX101"
NAME = "site-in-name"
SUMMARY = "the guest's name does not say which site it runs at"
#: The fix gives the guest another name: xl does not make the same of the file.
FIX = "unsafe"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the name."""
    setting = guest.settings.get("name")
    name = guest.settings.string("name")
    if setting is None or name is None or "." in name:
        return
    quote = setting.value.end - 1
    yield Diagnostic(
        CODE,
        WARNING,
        f"the name `{name}` does not say which site it is for",
        start=setting.value.start,
        end=setting.value.end,
        help=f'write a site behind it, such as "{name}.lab"',
        fix=Fix(f'call it "{name}.lab"', False, [(quote, quote, b".lab")]),
    )
