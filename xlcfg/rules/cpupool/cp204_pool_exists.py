"""A cpupool with the name of one that exists.

What it does
------------
Reports cpupools named `Pool-0`, which every host has, and with `--host` those of its pools.

Why
---
xl does not create a second one: "Pool name already exists".

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-0"
    sched = "credit2"

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "credit2"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "CP204"
NAME = "pool-exists"
SUMMARY = "a cpupool of that name exists already"
SEVERITY = "error"
FIX = ""


def check(pool: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the name."""
    setting = pool.settings.get("name")
    host = pool.target.host
    if setting is None or setting.value.is_list:
        return
    if setting.value.text in ("Pool-0", *(() if host is None else host.pools)):
        yield Diagnostic(
            CODE,
            ERROR,
            f"there is a cpupool `{setting.value.text}` already",
            start=setting.value.start,
            end=setting.value.end,
            help="give it another name",
        )
