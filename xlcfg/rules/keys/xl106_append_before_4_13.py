"""`+=` in a config for a release that does not have it.

What it does
------------
Reports `name += value` when the chosen release is older than 4.13.

Why
---
Older parsers know no such operator: to them it is a syntax error and the guest is refused.

Example
-------
    # xlcfg: --xen 4.12
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0" ]
    vif += [ "bridge=xenbr1" ]

Fix
---
    # xlcfg: --xen 4.12
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0", "bridge=xenbr1" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL106"
NAME = "append-before-4-13"
SUMMARY = "the chosen release does not know +="
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("xl",)
SINCE = "4.13"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per `+=`."""
    appended = [s for s in guest.document.settings if s.op == "+="]
    if not appended:
        return
    from xlcfg.catalogue import release_index

    release = guest.target.release
    if release_index(release) >= release_index(SINCE):
        return
    for setting in appended:
        at = guest.source.text.index("+=", setting.name_end)
        yield Diagnostic(
            CODE,
            ERROR,
            f"xl {release} does not know `+=`, which came with {SINCE}",
            start=at,
            end=at + 2,
            help=f"write the whole value of `{setting.name}` in one assignment",
        )
