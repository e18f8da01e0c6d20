"""Names of settings: unknown, too new, too old, for others, written twice."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.catalogue.options import GuestOption
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting


def unusual(guest: Guest, kind: str | None = None) -> list[tuple[Setting, GuestOption | None]]:
    """The last settings of names that are no keys, or keys that not every guest reads: those of
    another release or architecture, or of another type than `kind` (the guest's own unless given).
    """
    target, settings = guest.target, guest.settings.by_name
    catalogue = target.catalogue
    names = catalogue.unusual(settings, target.release, target.arch, kind or guest.type or "")
    return [(settings[name], catalogue.guest_option(name)) for name in names]


def already_reported(guest: Guest) -> set[str]:
    """The settings that a rule of `rules/xl/` reports: refused, or ignored as a whole.

    One finding for one line is enough: what xl does with the value comes first.
    """
    if guest.document.refused:
        return set()
    outcomes = guest.reading.outcomes
    if not outcomes:
        return set()
    from xlcfg.rules._index import KINDS

    settings = guest.settings.by_name
    reported = set()
    for outcome in outcomes:
        setting = settings.get(outcome.key)
        if setting is None or outcome.kind not in KINDS:
            continue
        whole = (setting.value.start, setting.value.end)
        if outcome.effect in ("refused", "crash") or (outcome.start, outcome.end) == whole:
            reported.add(outcome.key)
    return reported
