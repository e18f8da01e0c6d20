"""Alternate p2m that the host's Xen was not booted for.

What it does
------------
Where the host's boot line is known (`--cmdline`, or a `--host` that has it), reports guests with
`altp2m` or `altp2mhvm` when `altp2m=1` is not on that line. With the described host this is an
error from Xen 4.21 on and a warning before; with a bare `--cmdline` it is advice.

Why
---
Up to 4.20 Xen creates the guest, and then answers every altp2m call with "Operation not supported",
to the guest and to a monitor in dom0. From 4.21 on it does not create it: "domain creation fail:
Invalid argument". On AMD processors Xen has no altp2m whatever its boot line says.

Example
-------
    # with --host: {"cpus": 4, "cmdline": "dom0_mem=4G"}
    name = "web"
    type = "hvm"
    altp2m = "external"

Fix
---
    # with --host: {"cpus": 4, "cmdline": "dom0_mem=4G altp2m=1"}
    name = "web"
    type = "hvm"
    altp2m = "external"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XH113"
NAME = "altp2m-not-enabled"
SUMMARY = "Xen was not booted for the alternate p2m that a guest asks for"
SEVERITY = ("error", "warning", "info")
FIX = ""

#: From here on Xen does not create the domain.
_REFUSED_SINCE = "4.21"
_OFF = (None, False, "disabled")


def check(guest: Guest) -> Iterator[Diagnostic]:
    """At most one finding, at the setting."""
    target, values = guest.target, guest.reading.values
    key = next((k for k in ("altp2m", "altp2mhvm") if values.get(k) not in _OFF), "")
    setting = guest.settings.get(key)
    boot = target.boot
    if setting is None or boot is None or not target.arch.startswith("x86") or guest.type == "pv":
        return
    from xlcfg.catalogue import release_index
    from xlcfg.model.boot import read_boot_line

    if read_boot_line(boot.line.text, target.release, "x86_64").value("altp2m"):
        return
    if release_index(target.release) >= release_index(_REFUSED_SINCE):
        severity, what = ERROR, "does not create the guest: domain creation fail"
    else:
        severity, what = WARNING, "answers its altp2m calls with: Operation not supported"
    yield Diagnostic(
        CODE,
        severity if target.host is not None else INFO,
        f"Xen is booted without `altp2m=1` and {what}",
        start=setting.value.start,
        end=setting.value.end,
        help="add `altp2m=1` to Xen's boot line (on Intel), or delete this",
    )
