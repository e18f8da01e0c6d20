"""Turns what xl makes of configs into findings: one checker for `xl/` and `domain/`.

A file there has the words for the kinds of outcome it is about (KINDS); `xlcfg.model.xl` finds
them. The severity follows from what xl does and from nothing else.
"""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl.outcome import Outcome

CODE = "XL2"
NAME = "reading"
SUMMARY = "what xl refuses, ignores or changes"

#: What xl does with a setting, and how bad that is for the one who wrote it.
SEVERITIES = {
    "refused": ERROR,
    "crash": ERROR,
    "fails": ERROR,
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
    from xlcfg.rules._index import KINDS

    templates = _templates(guest)
    for outcome in outcomes:
        if outcome.kind not in KINDS:
            continue
        if guest.toolstack != "xl" and outcome.kind not in SHARED:
            continue
        severity = SEVERITIES[outcome.effect]
        if severity != ERROR and any(a <= outcome.start < b for a, b in templates):
            continue
        code, message, help_text = outcome_words(outcome)
        yield Diagnostic(
            code,
            severity,
            message,
            start=outcome.start,
            end=outcome.end,
            help=help_text,
            fix=lambda outcome=outcome: _fix(guest, outcome),  # type: ignore[misc]
        )


def _templates(guest: Guest) -> list[tuple[int, int]]:
    """Strings still to be filled in (XL113): of their text nothing else is worth telling."""
    data = guest.source.data
    if guest.toolstack != "xl" or (b"{{" not in data and b"${" not in data):
        return []
    from xlcfg.rules.keys.xl113_quoted_placeholder import strings

    return strings(guest)


def outcome_words(outcome: Outcome) -> tuple[str, str, str]:
    """Code, message and help for an outcome; KeyError for a kind that the rules on names report."""
    from xlcfg.rules.messages import words

    return words(outcome.kind, {"key": outcome.key, **outcome.args})


def _fix(guest: Guest, outcome: Outcome) -> Fix | None:
    if guest.toolstack != "xl":
        return None  # the places are those of another language
    from xlcfg.rules.messages import rule_of

    make = getattr(rule_of(outcome.kind), "FIXES", {}).get(outcome.kind)
    return make(guest, outcome) if make is not None else None
