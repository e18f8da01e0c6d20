"""A cpupool with a scheduler that does not exist.

What it does
------------
Reports values of `sched` in the config of a cpupool (`xl cpupool-create`) that name no scheduler
of Xen: credit, credit2, rtds, arinc653 or null.

Why
---
xl refuses the name ("Unknown scheduler"); `sedf` it still knows, and Xen has had none since 4.6.

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "arinc"
    cpus = [ "2" ]

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "arinc653"
    cpus = [ "2" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "CP201"
NAME = "unknown-scheduler"
SUMMARY = "a cpupool asks for a scheduler that does not exist"
SEVERITY = "error"
FIX = ""

_SCHEDULERS = ("credit", "credit2", "rtds", "arinc653", "null")


def check(pool: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the value of `sched`."""
    setting = pool.settings.get("sched")
    if setting is None or setting.value.is_list:
        return
    text = setting.value.text
    if text.lower() in _SCHEDULERS:
        return
    meant = next((name for name in _SCHEDULERS if text and name.startswith(text.lower())), "")
    yield Diagnostic(
        CODE,
        ERROR,
        f"there is no scheduler `{text}`",
        start=setting.value.start,
        end=setting.value.end,
        help=f'write "{meant}"' if meant else "write one of: " + ", ".join(_SCHEDULERS),
    )
