"""A guest on its way into domain XML: what xl would use, what is written already, what is lost."""

from __future__ import annotations

from xlcfg.core.conversion import ConversionLoss
from xlcfg_libvirt.nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.guest import Guest

NO_ELEMENT = "domain XML has no element for it that xlcfg knows of"


class GuestValues:
    """What xl would use of a guest, `values`, and the element `root` that they are written to.

    `left` are the keys that nobody has taken yet, `type` is "pv", "pvh" or "hvm".
    """

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.settings = guest.settings
        self.values: dict[str, Any] = dict(guest.reading.values)
        self.left = set(guest.settings.by_name)
        self.lost: list[ConversionLoss] = []
        self.root = Node("domain", type="xen")
        self.type = guest.reading.guest_type or guest.type or "pv"

    def take(self, name: str) -> Any:
        """What xl would use for a key; the key counts as written now."""
        self.left.discard(name)
        return self.values.get(name)

    def lose(self, name: str, what: str, why: str = NO_ELEMENT) -> None:
        setting = self.settings.get(name)
        if setting is not None:
            self.lost.append(ConversionLoss(what, why, setting.start, setting.end))

    def losses(self) -> list[ConversionLoss]:
        for name in self.left:
            known = name in self.values
            self.lose(name, f"`{name}`", NO_ELEMENT if known else "xl does not use it either")
        return self.lost

    def rest(self, name: str, item: Mapping[str, Any], written: set[str]) -> None:
        """Note the fields of a device that were not written."""
        for field, value in item.items():
            if field not in written and value not in (None, "", 0, False):
                self.lose(name, f"{field}={value} in `{name}`")
