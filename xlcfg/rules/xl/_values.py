"""What the fixes of values share: the value an outcome is about, and another one in its place."""

from __future__ import annotations

from xlcfg.core.diagnostics import Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Outcome
    from xlcfg.syntax.tree import Setting


def whole_setting(guest: Guest, outcome: Outcome) -> Setting | None:
    """The setting an outcome is about, when its value is written in one place."""
    setting = guest.settings.get(outcome.key)
    if setting is None or setting.op != "=":
        return None
    value = setting.value
    return setting if (value.start, value.end) == (outcome.start, outcome.end) else None


def new_value(guest: Guest, outcome: Outcome, title: str, safe: bool, text: str) -> Fix | None:
    """A fix that writes `text`, Latin-1, in place of the whole value; None when it is in parts."""
    setting = whole_setting(guest, outcome)
    if setting is None or setting.value.is_list:
        return None
    return Fix(title, safe, [(outcome.start, outcome.end, text.encode("latin-1"))])


def new_string(guest: Guest, outcome: Outcome, text: str) -> Fix | None:
    """A safe fix that writes a string in place of the whole value."""
    from xlcfg.syntax.printer import print_string

    printed = print_string(text)
    return new_value(guest, outcome, f"write {printed}", True, printed)
