"""A `runstate_translation` that is none of the accepted values.

What it does
------------
Reports a guest's `runstate_translation` that names no policy. It is a proposed setting, which no
release of Xen reads.

Why
---
xl takes any value and ignores it. As proposed the policy would fall back to the host's or the
architecture's default, which may be the very one the setting was written to avoid.

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    runstate_translation = "once"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
    runstate_translation = "hypercall"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.core.policy import GUEST_KEY
from xlcfg.policy import ACCEPTED_IN_GUEST, parse_guest_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "RS001"
NAME = "bad-runstate-translation"
SUMMARY = "runstate_translation names no policy"
SEVERITY = "warning"
FIX = ""
#: shown by `xlcfg policy` too
POLICY = True


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the value."""
    setting = guest.settings.get(GUEST_KEY)
    if setting is None:
        return
    value = setting.value
    if not value.is_list and parse_guest_value(value.text) is not None:
        return
    written = "a list" if value.is_list else f"`{value.text}`" if value.text else "empty"
    from xlcfg.rules.runstate._written import written_name

    yield Diagnostic(
        CODE,
        WARNING,
        f"`{written_name(guest, setting)}` cannot be {written}",
        start=value.start,
        end=value.end,
        help=f"write one of {ACCEPTED_IN_GUEST}",
    )
