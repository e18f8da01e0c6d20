"""What a file calls the setting of a guest's policy: each toolstack has its own name for it."""

from __future__ import annotations

from xlcfg.core.policy import GUEST_KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting


def written_name(guest: Guest, setting: Setting) -> str:
    """The name as it stands in the file; xl's where the file has none, as a blob."""
    text = guest.source.data[setting.start : setting.name_end].decode("utf-8", "replace")
    return text.lstrip("<") if "runstate" in text else GUEST_KEY
