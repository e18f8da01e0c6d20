"""A guest on its way into another toolstack's form: what xl would use of it, and what is lost."""

from __future__ import annotations

from xlcfg.core.conversion import ConversionLoss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.guest import Guest


class Leaving:
    """What xl would use of a guest, `values`, until somebody takes it.

    `left` are the keys that nobody has taken yet, `type` is "pv", "pvh" or "hvm". `no_place` says
    why what nobody takes is lost.
    """

    no_place = "the other form has no place for it that xlcfg knows of"

    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.settings = guest.settings
        self.values: dict[str, Any] = dict(guest.reading.values)
        self.left = set(guest.settings.by_name)
        self.lost: list[ConversionLoss] = []
        self.type = guest.reading.guest_type or guest.type or "pv"

    def take(self, name: str) -> Any:
        """What xl would use for a key; the key counts as written now."""
        self.left.discard(name)
        return self.values.get(name)

    def text(self, name: str) -> str | None:
        """The text of a setting as it is written; the key counts as written now."""
        self.left.discard(name)
        return self.settings.string(name)

    def lose(self, name: str, what: str, why: str = "") -> None:
        """Notes a loss at a setting, where the guest has it."""
        setting = self.settings.get(name)
        if setting is not None:
            why = why or self.no_place
            self.lost.append(ConversionLoss(what, why, setting.start, setting.end))

    def losses(self) -> list[ConversionLoss]:
        """What was noted, every key that nobody took, and what the guest had lost before."""
        for name in self.left:
            known = name in self.values
            self.lose(name, f"`{name}`", "" if known else "xl does not use it either")
        return [*self.lost, *self.guest.unsupported]

    def kernel_line(self) -> str:
        """The words for the kernel, from whichever settings they come."""
        words = [self.take(key) for key in ("cmdline", "root", "extra")]
        if words[1]:
            words[1] = f"root={words[1]}"
        return str(words[0] or " ".join(word for word in words[1:] if word))
