"""A disk that two guests write to.

What it does
------------
Reports `disk` entries whose target another guest of the run writes to as well. Targets that are
only read (`access=r`, CD-ROMs) may be shared.

Why
---
No ordinary file system survives two writers. For block devices the hotplug script notices and
refuses the second guest; for image files nobody does.

Example
-------
    # file: web1.cfg
    name = "web1"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/xen/web.img,raw,xvda,rw" ]
    # file: web2.cfg
    name = "web2"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/xen/web.img,raw,xvda,rw" ]

Fix
---
    # file: web1.cfg
    name = "web1"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/xen/web.img,raw,xvda,r" ]
    # file: web2.cfg
    name = "web2"
    kernel = "/boot/vmlinuz"
    disk = [ "/srv/xen/web.img,raw,xvda,ro" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules.cross_file import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.claims import Claim, What
    from xlcfg.model.guest import Guest

CODE = "XL154"
NAME = "shared-disk"
SUMMARY = "two guests write to one disk"
SEVERITY = "warning"
FIX = ""

#: disks of the example configs that come with Xen, which nobody starts as they are
_EXAMPLES = ("/dev/vg/guest-volume", "/dev/zvol/tank/guest-volume")


def claims(guest: Guest) -> Iterator[Claim]:
    """What the guest wants for itself."""
    for disk, start, end in entries(guest, "disk"):
        target = disk.get("pdev_path")
        if target in _EXAMPLES:
            continue
        if target and disk.get("readwrite") and disk.get("format") != "empty":
            # the same path in another driver domain, or for another script, is another disk
            yield (target, disk.get("backend_domname"), disk.get("script")), start, end


def finding(what: What, where: str, start: int, end: int) -> Diagnostic:
    """About one disk that an earlier guest writes to."""
    assert isinstance(what, tuple)
    message = f"another guest writes to `{what[0]}` as well ({where})"
    help_text = "give each guest a disk of its own, or share it read-only with access=r"
    return Diagnostic(CODE, WARNING, message, start=start, end=end, help=help_text)
