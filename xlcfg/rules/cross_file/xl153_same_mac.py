"""Network interfaces of two guests with one MAC address.

What it does
------------
Reports `vif` entries with the MAC address of another guest of the run.

Why
---
xl does not compare them. On one bridge, packets for one guest go to the other.

Example
-------
    # file: web1.cfg
    name = "web1"
    kernel = "/boot/vmlinuz"
    vif = [ "mac=00:16:3e:1d:7a:01,bridge=xenbr0" ]
    # file: web2.cfg
    name = "web2"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3E:1D:7A:01" ]

Fix
---
    # file: web1.cfg
    name = "web1"
    kernel = "/boot/vmlinuz"
    vif = [ "mac=00:16:3e:1d:7a:01,bridge=xenbr0" ]
    # file: web2.cfg
    name = "web2"
    kernel = "/boot/vmlinuz"
    vif = [ "mac=00:16:3e:1d:7a:02,bridge=xenbr0" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.cross_file import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL153"
NAME = "same-mac"
SUMMARY = "network interfaces of two guests have one MAC address"
SEVERITY = "warning"
FIX = ""


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    for nic, start, end in entries(guest, "vif"):
        if "mac" in nic:
            yield nic["mac"], start, end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:
    """About one interface whose address an earlier guest has."""
    message = f"another guest has the MAC address {what} as well ({where})"
    help_text = "give each interface an address of its own; those from 00:16:3e on are Xen's"
    return Diagnostic(CODE, WARNING, message, start=start, end=end, help=help_text)
