"""CPUs of a cpupool that xl cannot read, or that no host has.

What it does
------------
Reports `cpus` of a cpupool: a range that xl cannot read, a negative number, with `--host` a CPU
beyond the last; and as a warning an item of a list that is no number, which counts as CPU 0.

Why
---
xl does not create the pool: "Invalid pcpu range", "cpu -1 illegal or not free".

Example
-------
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "credit2"
    cpus = [ "two", "-1" ]

Fix
---
    # xlcfg: --kind cpupool
    name = "Pool-1"
    sched = "credit2"
    cpus = [ "2", "1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Atom

CODE = "CP202"
NAME = "pool-cpus-refused"
SUMMARY = "a cpupool names CPUs that xl refuses"
SEVERITY = ("error", "warning")
FIX = ""


def check(pool: Guest) -> Iterator[Diagnostic]:
    """Findings at the CPUs; none where `nodes` counts instead."""
    setting = pool.settings.get("cpus")
    nodes = pool.settings.get("nodes")
    if setting is None or (nodes is not None and nodes.value.is_list):
        return
    if setting.value.is_list:
        for item in setting.value.items:
            if item.is_list:
                return  # xl stops reading here
            yield from _item(item, pool)
        return
    from xlcfg.model.xl_conf import bad_range

    bad = bad_range(setting.value.text)
    if bad:
        yield _found(ERROR, f"xl cannot read `{bad}` as CPUs", setting.value)


def _item(item: Atom, pool: Guest) -> Iterator[Diagnostic]:
    from xlcfg.model.xl.ctext import atoi

    number = atoi(item.text)
    host = pool.target.host
    if number < 0 or (host is not None and number >= host.cpus):
        yield _found(ERROR, f"there is no CPU {number}", item)
    elif not item.text.strip().lstrip("+").isdecimal():
        yield _found(WARNING, f"xl reads `{item.text}` as CPU {number}", item)


def _found(severity: str, message: str, at: Atom) -> Diagnostic:
    return Diagnostic(
        CODE,
        severity,
        message,
        start=at.start,
        end=at.end,
        help='write numbers, [ "1", "2" ], or ranges, "1-2,^3"',
    )
