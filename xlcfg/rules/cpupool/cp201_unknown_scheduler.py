"""A cpupool with a scheduler that does not exist.

What it does
------------
Reports values of `sched` in the config of a cpupool (`xl cpupool-create`) that name no scheduler
of this Xen: credit, credit2, arinc653, rtds (from 4.5 on) and null (from 4.9 on).

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

#: Each scheduler and the first and last release that has it, "" for the last of all.
_SCHEDULERS = {
    "credit": ("4.4", ""),
    "credit2": ("4.4", ""),
    "rtds": ("4.5", ""),
    "arinc653": ("4.4", ""),
    "null": ("4.9", ""),
    "sedf": ("4.4", "4.5"),
}


def check(pool: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the value of `sched`."""
    setting = pool.settings.get("sched")
    if setting is None or setting.value.is_list:
        return
    text = setting.value.text
    known = _known(pool.target.release)
    if text.lower() in known:
        return
    meant = next((name for name in known if text and name.startswith(text.lower())), "")
    yield Diagnostic(
        CODE,
        ERROR,
        f"there is no scheduler `{text}`",
        start=setting.value.start,
        end=setting.value.end,
        help=f'write "{meant}"' if meant else "write one of: " + ", ".join(known),
    )


def _known(release: str) -> list[str]:
    from xlcfg.catalogue import release_index

    at = release_index(release)
    return [
        name
        for name, (first, last) in _SCHEDULERS.items()
        if release_index(first) <= at and (not last or at <= release_index(last))
    ]
