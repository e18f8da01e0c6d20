"""A runstate option that no released Xen has.

What it does
------------
Says, once per run and place, that `runstate_translation` in a guest config and
`runstate-translation` on the boot command line are not part of any released Xen.

Why
---
Released Xen ignores the key and translates at every update, on every architecture. The options
state what a hypervisor with a choice of policy should do. They count where no release is named, and
with `--as-proposed`; where `--xen` names one, and with `--as-released`, the answer is what it does,
and its boot line is checked as it reads it (BL101).

Example
-------
    name = "web"
    kernel = "/boot/vmlinuz"
    runstate_translation = "hypercall"

Fix
---
    name = "web"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic
from xlcfg.core.policy import GUEST_KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "RS002"
NAME = "runstate-option-unreleased"
SUMMARY = "no released Xen implements the runstate options"
SEVERITY = "info"
FIX = ""
#: shown by `xlcfg policy` too
POLICY = True

MESSAGE = "no released Xen implements `{}`: each translates at every update"
HELP = "--as-released answers what released Xen does with this guest"
HELP_RELEASED = "--as-proposed answers what a Xen with this option would do"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the key."""
    setting = guest.settings.get(GUEST_KEY)
    if setting is not None:
        from xlcfg.rules.runstate._written import written_name

        yield Diagnostic(
            CODE,
            INFO,
            MESSAGE.format(written_name(guest, setting)),
            start=setting.start,
            end=setting.name_end,
            help=HELP_RELEASED if guest.target.as_released else HELP,
        )
