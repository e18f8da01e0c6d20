"""A key that xl does not read in the config of a cpupool.

What it does
------------
Reports settings other than `name`, `sched`, `cpus` and `nodes` in the config of a cpupool.

Why
---
xl ignores them without a word.

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "credit2"
    cpu = [ "2" ]

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "credit2"
    cpus = [ "2" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "CP101"
NAME = "unknown-pool-key"
SUMMARY = "xl does not read this key of a cpupool"
SEVERITY = "warning"
FIX = ""

KEYS = ("name", "sched", "cpus", "nodes")


def check(pool: Guest) -> Iterator[Diagnostic]:
    """A finding for each such setting, at its name."""
    for name, setting in pool.settings.by_name.items():
        if name not in KEYS:
            meant = next((key for key in KEYS if name.startswith(key[:3])), "")
            yield Diagnostic(
                CODE,
                WARNING,
                f"xl does not know `{name}` of a cpupool and ignores it",
                start=setting.start,
                end=setting.name_end,
                help=f"write `{meant}`" if meant else "a cpupool has " + ", ".join(KEYS),
            )
