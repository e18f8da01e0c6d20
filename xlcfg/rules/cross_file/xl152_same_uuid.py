"""Two guests of one UUID.

What it does
------------
Reports guests that have the UUID of another guest of the run.

Why
---
Toolstacks and monitoring tell guests apart by UUID. Such a file is mostly a copy of the other.

Example
-------
    # file: web1.cfg
    name = "web1"
    uuid = "5a4f1c0e-2b7d-4c61-a1d0-e6f3b2c49a87"
    kernel = "/boot/vmlinuz"
    # file: web2.cfg
    name = "web2"
    uuid = "5A4F1C0E-2B7D-4C61-A1D0-E6F3B2C49A87"
    kernel = "/boot/vmlinuz"

Fix
---
    # file: web1.cfg
    name = "web1"
    uuid = "5a4f1c0e-2b7d-4c61-a1d0-e6f3b2c49a87"
    kernel = "/boot/vmlinuz"
    # file: web2.cfg
    name = "web2"
    uuid = "0e9c2f5b-7a1d-4f60-8b3e-94d2c7a6f158"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL152"
NAME = "same-uuid"
SUMMARY = "two guests have one UUID"
SEVERITY = "warning"
FIX = ""


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    uuid = guest.settings.string("uuid")
    if uuid is not None:
        value = guest.settings.by_name["uuid"].value
        yield uuid.lower(), value.start, value.end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:  # noqa: ARG001
    """About one guest whose UUID an earlier one has."""
    message = f"another guest has this UUID as well ({where})"
    help_text = "delete `uuid`, or give each guest its own (`uuidgen` makes one)"
    return Diagnostic(CODE, WARNING, message, start=start, end=end, help=help_text)
