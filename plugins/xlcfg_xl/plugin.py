"""xl's answers to the hooks."""

from __future__ import annotations

from xlcfg.core.policy import DEFAULT, GUEST_KEY, Vote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.conversion import Conversion
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target


def xlcfg_read_config(source: Source, target: Target) -> Guest:
    """Any bytes are a guest config to xl, good or bad; so this reader is the last one asked."""
    # not before there is one: of many files, all may be remembered
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.guest import read_guest

    return Guest(source, read_guest(source.text), target)


def xlcfg_policy(guest: Guest | None, target: Target) -> list[Vote]:  # noqa: ARG001
    """The guest's own `runstate_translation`, whichever toolstack reads it."""
    setting = guest.settings.get(GUEST_KEY) if guest is not None else None
    if guest is None or setting is None or setting.value.is_list:
        return []
    from xlcfg.policy import parse_guest_value

    policy = parse_guest_value(setting.value.text)
    text = guest.source.data[setting.start : setting.end]
    if guest.toolstack != "xl":
        # the setting stands for something that other files spell in their own way
        text = f"{GUEST_KEY} {setting.value.text}".encode("latin-1")
    shown = text.decode("utf-8", "backslashreplace")
    if policy is None:
        # RS001 reports the value; it decides nothing
        policy, shown = DEFAULT, f"{shown} (no policy)"
    return [Vote(policy, "guest", guest.source.path, shown, setting.start, setting.end)]


def xlcfg_targets() -> list[str]:
    """The form that xl reads."""
    return ["xl"]


def xlcfg_convert(guest: Guest, to: str, target: Target) -> Conversion | None:  # noqa: ARG001
    """A guest's settings as xl reads them, in the order of its source."""
    if to != "xl":
        return None
    from xlcfg.core.conversion import Conversion
    from xlcfg.syntax.printer import print_document

    return Conversion(print_document(guest.document), list(guest.unsupported))
