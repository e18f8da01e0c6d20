"""A guest with more memory than the described host has.

What it does
------------
With `--host FILE` that says how much memory the host has, reports guests that ask for more than all
of it, and notes those that ask for more than is free now.

Why
---
xl fails to free that much and does not create the guest. What is not free xl takes from dom0, where
`autoballoon` lets it; else the guest is refused while other guests have that memory.

Example
-------
    # with --host: {"cpus": 4, "memory_mb": 8192}
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 16384

Fix
---
    # with --host: {"cpus": 4, "memory_mb": 8192}
    name = "web"
    kernel = "/boot/vmlinuz"
    memory = 4096
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, INFO, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XH112"
NAME = "more-memory-than-host"
SUMMARY = "a guest asks for more memory than the host has"
SEVERITY = ("error", "info")
FIX = ""


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at `memory`."""
    host = guest.target.host
    setting = guest.settings.get("memory")
    memory = guest.reading.values.get("memory")
    if host is None or setting is None or not isinstance(memory, int) or memory < 0:
        return
    mib = memory // 1024
    start, end = setting.value.start, setting.value.end
    if 0 < host.memory_mb < mib:
        message = f"the guest asks for {mib} MiB, and the host has {host.memory_mb}"
        yield Diagnostic(CODE, ERROR, message, start=start, end=end, help="ask for less")
    elif 0 <= host.free_mb < mib:
        message = f"the guest asks for {mib} MiB, of which {host.free_mb} are free on the host now"
        yield Diagnostic(
            CODE,
            INFO,
            message,
            start=start,
            end=end,
            help="xl takes the rest from dom0 where xl.conf lets it (`autoballoon`)",
        )
