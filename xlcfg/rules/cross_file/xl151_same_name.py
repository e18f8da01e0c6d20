"""Two guests of one name.

What it does
------------
Reports guests that have the name of another guest of the run.

Why
---
Names are a host's handle for its guests: while one of the two runs, xl refuses to start the other.

Example
-------
    # file: web1.cfg
    name = "web"
    kernel = "/boot/vmlinuz"
    # file: web2.cfg
    name = "web"
    kernel = "/boot/vmlinuz"

Fix
---
    # file: web1.cfg
    name = "web1"
    kernel = "/boot/vmlinuz"
    # file: web2.cfg
    name = "web2"
    kernel = "/boot/vmlinuz"
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL151"
NAME = "same-name"
SUMMARY = "two guests have one name"
SEVERITY = "warning"
FIX = ""


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    name = guest.settings.string("name")
    if name is not None:
        value = guest.settings.by_name["name"].value
        yield name, value.start, value.end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:
    """About one guest whose name an earlier one has."""
    message = f"another guest is called `{what}` as well ({where})"
    help_text = "give each guest a name of its own"
    return Diagnostic(CODE, WARNING, message, start=start, end=end, help=help_text)
