"""A guest on its way into domain XML: what xl would use, what is written already, what is lost."""

from __future__ import annotations

from xlcfg.model.leaving import Leaving
from xlcfg_libvirt.nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.guest import Guest


class GuestValues(Leaving):
    """What is left of a guest, and the element `root` that it is written to."""

    no_place = "domain XML has no element for it that xlcfg knows of"

    def __init__(self, guest: Guest) -> None:
        super().__init__(guest)
        self.root = Node("domain", type="xen")

    def rest(self, name: str, item: Mapping[str, Any], written: set[str]) -> None:
        """Note the fields of a device that were not written."""
        for field, value in item.items():
            if field not in written and value not in (None, "", 0, False):
                self.lose(name, f"{field}={value} in `{name}`")
