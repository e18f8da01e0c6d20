"""A setting of a cpupool that xl passes over.

What it does
------------
Reports `name` and `sched` that are lists, `nodes` that is none, and `cpus` beside `nodes`.

Why
---
xl goes on without the setting: the pool gets the name of the file, the scheduler of the host, no
CPUs, or those of the nodes.

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-1"
    nodes = "1"

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    nodes = [ "1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting

CODE = "CP205"
NAME = "pool-setting-ignored"
SUMMARY = "xl passes over a setting of a cpupool"
SEVERITY = "warning"
FIX = ""


def check(pool: Guest) -> Iterator[Diagnostic]:
    """A finding for each such setting, at its value."""
    for key in ("name", "sched"):
        setting = pool.settings.get(key)
        if setting is not None and setting.value.is_list:
            yield _found(setting, f"`{key}` is a list, and xl ignores it", "write one value")
    nodes, cpus = pool.settings.get("nodes"), pool.settings.get("cpus")
    if nodes is not None and not nodes.value.is_list:
        yield _found(nodes, "`nodes` is no list, and xl ignores it", "write it in brackets")
    elif nodes is not None and cpus is not None:
        yield _found(cpus, "xl ignores `cpus` where there are `nodes`", "remove one of the two")


def _found(setting: Setting, message: str, help_text: str) -> Diagnostic:
    value = setting.value
    return Diagnostic(CODE, WARNING, message, start=value.start, end=value.end, help=help_text)
