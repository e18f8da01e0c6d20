"""Turns what xl makes of a config into findings: the one checker behind all pages of `rules/xl/`.

A page there lists the kinds of outcome it is about (KINDS); `xlcfg.model.xl` finds them. The
severity follows from what xl does and from nothing else.
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Outcome

CODE = "XL2"
NAME = "reading"
SUMMARY = "what xl refuses, ignores or changes"

#: What xl does with a setting, and how bad that is for the one who wrote it.
SEVERITY = {
    "refused": ERROR,
    "crash": ERROR,
    "ignored": WARNING,
    "dropped": WARNING,
    "wrapped": WARNING,
    "cut": WARNING,
    "note": INFO,
    "advice": INFO,
}


#: What holds for every toolstack. The rest is about xl's own reading of a text that the guests of
#: others never were.
SHARED = frozenset(("vcpus.above-maximum",))


def check(guest: Guest) -> Iterator[Diagnostic]:
    """One finding per outcome, but for those that the rules on names report themselves."""
    if guest.document.refused:
        # xl never gets to read a file that its parser refuses
        return
    outcomes = guest.reading.outcomes
    if not outcomes:
        return
    from xlcfg.model.xl.kinds import cure, message
    from xlcfg.rules._index import KINDS

    for outcome in outcomes:
        code = KINDS.get(outcome.kind)
        if code is None or (guest.toolstack != "xl" and outcome.kind not in SHARED):
            continue
        yield Diagnostic(
            code,
            SEVERITY[outcome.effect],
            message(outcome),
            start=outcome.start,
            end=outcome.end,
            help=cure(outcome),
            fix=lambda outcome=outcome: _fix(guest, outcome),  # type: ignore[misc]
        )


def _fix(guest: Guest, outcome: Outcome) -> Fix | None:
    if guest.toolstack != "xl":
        return None  # the places are those of another language
    from xlcfg.fix.outcomes import fix

    return fix(guest, outcome)
