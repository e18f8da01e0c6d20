"""A guest that needs what the described host does not have.

What it does
------------
With `--host FILE` that says what the host can run (`virt_caps` and `xen_caps` of `xl info`),
reports HVM and PVH guests on a machine without hardware virtualisation, PV guests on a Xen built
without PV, passed-through devices without an IOMMU, and `hap = 1` where there is none.

Why
---
The hypervisor or libxl refuses such a guest on that host: "passthrough not supported on this
platform", or "Invalid argument" for the creation.

Example
-------
    # with --host: {"cpus": 4, "virt_caps": ["pv"]}
    name = "web"
    type = "hvm"

Fix
---
    # with --host: {"cpus": 4, "virt_caps": ["pv"]}
    name = "web"
    type = "pv"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XH111"
NAME = "host-cannot-run-it"
SUMMARY = "a guest needs what the described host lacks"
SEVERITY = "error"
FIX = ""

#: From here on libxl looks at what the host can do, and `xl info` tells all of it.
_SINCE = "4.13"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """Findings at the type of the guest, its devices, and `hap`."""
    host, target = guest.target.host, guest.target
    if host is None or not target.arch.startswith("x86"):
        return
    if guest.type in ("hvm", "pvh") and host.virt_caps and "hvm" not in host.virt_caps:
        yield _found(guest, f"the host cannot run guests of type {guest.type}", "type", "builder")
        return
    if guest.type == "pv" and host.xen_caps and not _runs_pv(host.xen_caps):
        yield _found(guest, "the host cannot run guests of type pv", "type", "builder", "kernel")
        return
    from xlcfg.catalogue import release_index

    if not host.virt_caps or release_index(target.release) < release_index(_SINCE):
        return
    values = guest.reading.values
    if guest.type == "hvm" and "hvm_directio" not in host.virt_caps:
        for key in ("pci", "dtdev"):
            if values.get(key):
                yield _found(guest, "the host has no IOMMU: no device can be passed through", key)
        if str(values.get("passthrough")) in ("enabled", "sync_pt", "share_pt"):
            yield _found(guest, "the host has no IOMMU", "passthrough")
    if values.get("hap") is True and guest.type != "pv" and "hap" not in host.virt_caps:
        yield _found(guest, "the host has no hardware-assisted paging", "hap")


def _runs_pv(caps: tuple[str, ...]) -> bool:
    return any(word.startswith("xen-3.0-x86") for word in caps)


def _found(guest: Guest, message: str, *keys: str) -> Diagnostic:
    setting = next((s for s in map(guest.settings.get, keys) if s is not None), None)
    setting = setting or guest.settings.get("name")
    return Diagnostic(
        CODE,
        ERROR,
        message,
        start=None if setting is None else setting.value.start,
        end=None if setting is None else setting.value.end,
        help="change the guest, or run it on another host",
    )
