"""Two guests that insist on one VNC display.

What it does
------------
Reports guests whose `vncdisplay` another guest of the run has on the same address, when both set
`vncunused = 0`.

Why
---
By default the device model looks for a free display. With `vncunused = 0` it does not: while one
of the two guests runs, the other does not start.

Example
-------
    # file: web1.cfg
    name = "web1"
    type = "hvm"
    vnc = 1
    vncunused = 0
    vncdisplay = 5
    # file: web2.cfg
    name = "web2"
    type = "hvm"
    vnc = 1
    vncunused = 0
    vncdisplay = 5

Fix
---
    # file: web1.cfg
    name = "web1"
    type = "hvm"
    vnc = 1
    vncunused = 0
    vncdisplay = 5
    # file: web2.cfg
    name = "web2"
    type = "hvm"
    vnc = 1
    vncunused = 0
    vncdisplay = 6
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.cross_file import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL155"
NAME = "same-vnc-display"
SUMMARY = "two guests insist on one VNC display"
SEVERITY = "warning"
FIX = ""

_LOCAL = "127.0.0.1"


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    values = guest.reading.values
    setting = guest.settings.get("vncdisplay")
    if setting is not None:
        display = values.get("vncdisplay")
        on = values.get("vnc") is not False and values.get("vncunused") is False
        if display is not None and on:
            place = setting.value
            yield (values.get("vnclisten") or _LOCAL, display), place.start, place.end
    for vfb, start, end in entries(guest, "vfb"):
        display = vfb.get("vnc.display")
        on = vfb.get("vnc.enable") is not False and vfb.get("vnc.findunused") is False
        if display is not None and on:
            yield (vfb.get("vnc.listen") or _LOCAL, display), start, end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:
    """About one display that an earlier guest has."""
    assert isinstance(what, tuple)
    message = f"another guest insists on VNC display {what[1]} as well ({where})"
    help_text = "give each guest a display of its own, or delete `vncunused`"
    return Diagnostic(CODE, WARNING, message, start=start, end=end, help=help_text)
