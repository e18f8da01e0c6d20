"""A cpupool of NUMA nodes that have no CPU.

What it does
------------
Reports `nodes` of a cpupool that name no node which a host can have: an empty list, negative
numbers, with `--host` nodes beyond the last.

Why
---
xl does not create the pool: "no free cpu found".

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-1"
    nodes = [ ]

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    nodes = [ "1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "CP203"
NAME = "pool-without-node"
SUMMARY = "a cpupool names no NUMA node with a CPU"
SEVERITY = "error"
FIX = ""


def check(pool: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at `nodes`."""
    from xlcfg.model.xl.ctext import atoi

    setting = pool.settings.get("nodes")
    if setting is None or not setting.value.is_list:
        return
    host = pool.target.host
    for item in setting.value.items:
        if item.is_list:
            break  # xl stops reading here
        number = atoi(item.text)
        if number >= 0 and (host is None or number < host.nodes):
            return
    yield Diagnostic(
        CODE,
        ERROR,
        "none of these nodes can have a CPU",
        start=setting.value.start,
        end=setting.value.end,
        help='write the numbers of nodes, such as [ "1" ]',
    )
