"""xl's answers to the hooks."""

from __future__ import annotations

from xlcfg.model.guest import Guest
from xlcfg.policy import DEFAULT, GUEST_KEY, Vote, parse_guest_value
from xlcfg.syntax.guest import read_guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.check import Context
    from xlcfg.source import Source


def xlcfg_read_config(source: Source, context: Context) -> Guest:
    """Any bytes are a guest config to xl, good or bad; so this reader is the last one asked."""
    return Guest(source, read_guest(source.text), context)


def xlcfg_policy(guest: Guest | None, context: Context) -> list[Vote]:  # noqa: ARG001
    """The guest's own `runstate_translation`."""
    setting = guest.settings.get(GUEST_KEY) if guest is not None else None
    if guest is None or setting is None or setting.value.is_list:
        return []
    policy = parse_guest_value(setting.value.text)
    said = guest.source.data[setting.start : setting.end].decode("utf-8", "backslashreplace")
    if policy is None:
        # RS001 reports the value; it decides nothing
        policy, said = DEFAULT, f"{said} (no policy)"
    return [Vote(policy, "guest", guest.source.path, said, setting.start, setting.end)]
