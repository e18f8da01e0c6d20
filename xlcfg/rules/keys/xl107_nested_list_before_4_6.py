"""A list within a list, in a config for a release that does not have them.

What it does
------------
Reports nested lists when the chosen release is older than 4.6.

Why
---
Older parsers take only strings and numbers in a list: the file is refused.

Example
-------
    # xlcfg: --xen 4.5
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ [ "bridge=xenbr0", "mac=00:16:3e:1d:7a:01" ] ]

Fix
---
    # xlcfg: --xen 4.5
    name = "web"
    kernel = "/boot/vmlinuz"
    vif = [ "bridge=xenbr0,mac=00:16:3e:1d:7a:01" ]
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.syntax.tree import ListValue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.model.guest import Guest

CODE = "XL107"
NAME = "nested-list-before-4-6"
SUMMARY = "the chosen release takes no list within a list"
SEVERITY = "error"
FIX = ""
TOOLSTACKS = ("xl",)
SINCE = "4.6"


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per setting, at its first nested list."""
    from xlcfg.catalogue import release_index

    release = guest.target.release
    if release_index(release) >= release_index(SINCE):
        return
    for setting in guest.document.settings:
        if not isinstance(setting.value, ListValue):
            continue
        for item in setting.value.items:
            if isinstance(item, ListValue):
                yield Diagnostic(
                    CODE,
                    ERROR,
                    f"xl {release} takes no list within a list, as {SINCE} and later do",
                    start=item.start,
                    end=item.end,
                    help="write strings and numbers only; only `vnuma` and `vsnd` have such lists",
                )
                break
