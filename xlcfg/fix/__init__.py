"""Applies the fixes of findings, and proves that they change no more than they say.

After every round the text is read again. A safe fix that would change what xl makes of an accepted
file, or a setting that the reader made out in a refused one, is not applied, whatever it promises.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING, NamedTuple

from xlcfg.checks.guest import check_source
from xlcfg.core.source import Source
from xlcfg.syntax.shape import shape, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.core.diagnostics import Fix
    from xlcfg.model.guest import Guest

#: How often a text is read and fixed before it is given up on as never settling.
ROUNDS = 20
#: How often a text is read again to find the fixes that change too much: one trial tells about
#: half of those in doubt.
_TRIALS = 64


class Fixed(NamedTuple):
    """A fixed text: what its findings are now, and how many fixes went into it."""

    report: Report
    fixes: int


def fix_report(report: Report, linter: Linter, *, unsafe: bool = False) -> Fixed:
    """Apply the safe fixes of a checked input, and the others if `unsafe`, until none is left.

    The report handed back is `report` itself when there was nothing to do.
    """
    if report.guest is None or report.guest.toolstack != "xl":
        return Fixed(report, 0)
    count, trials = 0, [_TRIALS]
    for _ in range(ROUNDS):
        after, applied = fix_round(report, linter, unsafe=unsafe, trials=trials)
        if not applied:
            break
        report, count = after, count + applied
    return Fixed(report, count)


def fix_round(
    report: Report, linter: Linter, *, unsafe: bool = False, trials: list[int] | None = None
) -> Fixed:
    """One round: all safe fixes that go together, or where there is none all unsafe ones.

    `trials` has the number of those that all rounds have left.
    """
    trials = [_TRIALS] if trials is None else trials
    fixes = [fix for d in report.diagnostics if (fix := d.fix) is not None and fix.edits]
    safe = choose(fix for fix in fixes if fix.safe)
    if safe:
        after = _apply_all(report, safe, linter)
        if _keeps(report, after):
            return Fixed(after, len(safe))
        some = _without_harm(report, safe, linter, trials)
        if some.fixes:
            return some
    if unsafe:
        risky = choose(fix for fix in fixes if not fix.safe)
        if risky:
            return Fixed(_apply_all(report, risky, linter), len(risky))
    return Fixed(report, 0)


def _without_harm(report: Report, fixes: list[Fix], linter: Linter, trials: list[int]) -> Fixed:
    """As many of the fixes as change nothing together: those that do are searched for by halves."""
    good: list[Fix] = []
    best = report
    middle = len(fixes) // 2
    pending = [fixes[middle:], fixes[:middle]]
    while pending and trials[0]:
        group = pending.pop()
        if not group:
            continue
        trials[0] -= 1
        after = _apply_all(report, [*good, *group], linter)
        if _keeps(report, after):
            good += group
            best = after
        elif len(group) > 1:
            middle = len(group) // 2
            pending += [group[middle:], group[:middle]]
    return Fixed(best, len(good))


def choose(fixes: Iterable[Fix]) -> list[Fix]:
    """Those fixes that can be applied together, in the order of their places: first come, first."""
    chosen: list[Fix] = []
    taken: list[tuple[int, int]] = []
    for fix in sorted(fixes, key=lambda f: (f.edits[0][0], f.edits[-1][1])):
        if not _overlap(taken, fix):
            chosen.append(fix)
            for start, end, _ in fix.edits:
                insort(taken, (start, end))
    return chosen


def _overlap(taken: list[tuple[int, int]], fix: Fix) -> bool:
    for start, end, _ in fix.edits:
        at = bisect_right(taken, (start, end))
        # Two that touch may each be about the byte between them: one waits for the next round.
        if at and taken[at - 1][1] >= start:
            return True
        if at < len(taken) and taken[at][0] <= end:
            return True
    return False


def apply(data: bytes, fixes: Iterable[Fix]) -> bytes:
    """The text with these fixes, of which no two may overlap."""
    out: list[bytes] = []
    at = 0
    for start, end, text in sorted(edit for fix in fixes for edit in fix.edits):
        out += (data[at:start], text)
        at = end
    out.append(data[at:])
    return b"".join(out)


def _apply_all(report: Report, fixes: list[Fix], linter: Linter) -> Report:
    source = Source(report.source.path, apply(report.source.data, fixes))
    source.origin = report.source.origin
    after = check_source(source, linter)
    if linter.target.selection is not None or b"xlcfg:" in source.data:
        from xlcfg.checks.suppressions import filter_findings

        filter_findings(after, linter.target.selection, linter.codes)
    return after


# ---- the proof -------------------------------------------------------------------------------


def _keeps(before: Report, after: Report) -> bool:
    """Whether xl still reads what it read, or of a refused file what the reader made out."""
    old, new = before.guest, after.guest
    if old is None or new is None:
        return False
    if old.document.refused:
        # xl read nothing of it; what the reader made out must not become something else.
        rest = iter(shape(new.document))
        return all(item in rest for item in shape(old.document))
    return meaning(old) == meaning(new)


def meaning(guest: Guest) -> tuple[Any, ...]:
    """What xl makes of a guest: whether it takes it, all it would use, and what it never reads."""
    reading = guest.reading
    known = guest.target.catalogue.guest_option
    unread = {
        name: list(words(setting.value))
        for name, setting in guest.settings.by_name.items()
        if known(name) is None
    }
    values = dict(reading.values)
    if "stdvga" in values:
        values.setdefault("vga", "stdvga" if values.pop("stdvga") else "cirrus")
    return guest.document.refused, reading.guest_type, reading.refused, values, unread
