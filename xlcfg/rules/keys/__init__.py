"""Names of settings: unknown, too new, too old, for others, written twice."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.guest import Guest


def spoken_for(guest: Guest) -> set[str]:
    """The settings whose values a page of `rules/xl/` speaks about.

    One finding for one line is enough: what xl does with the value comes first.
    """
    if guest.document.refused:
        return set()
    outcomes = guest.reading.outcomes
    if not outcomes:
        return set()
    from xlcfg.rules._index import KINDS

    return {outcome.key for outcome in outcomes if outcome.kind in KINDS}
