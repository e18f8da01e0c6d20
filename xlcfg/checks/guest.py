"""Checks guests: read them, ask the rules, resolve the policy."""

from __future__ import annotations

from xlcfg.checks.report import Report, unreadable
from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.rules import family

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.checks.linter import Linter
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.syntax.tree import Document


def check_source(source: Source, linter: Linter) -> Report:
    """Check the guest config in a source, of several the first, whatever its project's settings."""
    return check_guests(source, linter)[0]


def check_guests(source: Source, linter: Linter, target: Target | None = None) -> list[Report]:
    """Check every guest of a source: at least one report.

    `target` is what the check is about where it is not what the linter's run is about.
    """
    guests = linter.read_guests(source, target)
    if not guests:
        return [unreadable(source, "IO003", "this is no guest config that xlcfg can read")]
    return [_check_guest(guest, guest.name if len(guests) > 1 else "", linter) for guest in guests]


def _check_guest(guest: Guest, part: str, linter: Linter) -> Report:
    report = Report(guest.source)
    if part:
        from xlcfg.core.conversion import readable

        report.part = readable(part)
    report.guest = guest
    try:
        _look(report, guest, linter)
    except Exception as error:
        if linter.hooks.plugin_of(guest) == "xlcfg":
            raise
        # the guest is not what a plugin's reader makes it look like
        linter.hooks.fail(guest, "xlcfg_read_config", f"{type(error).__name__}: {error}")
    report.sort()
    return report


def _look(report: Report, guest: Guest, linter: Linter) -> None:
    """Fill a report in: what the rules find, and the policy where the guest could be read."""
    from xlcfg.policy import decide, has_runstate

    report.diagnostics.extend(findings(guest, linter))
    # A toolstack that could not make a guest of its file says so with a code of that family.
    report.unreadable = any(family(p.code) == "inputs" for p in guest.document.problems)
    if not report.unreadable and has_runstate(guest.target.arch):
        report.policy = decide(guest, guest.target, linter.hooks)


def findings(guest: Guest, linter: Linter) -> Iterator[Diagnostic]:
    """What the reader and every rule say about one guest."""
    yield from refusals(guest.document)
    for rule in linter.rules():
        toolstacks = getattr(rule, "TOOLSTACKS", None)
        if toolstacks is None or guest.toolstack in toolstacks:
            yield from rule.check(guest)
    target = guest.target
    if (target.host or target.boot) is not None and not guest.document.refused:
        from xlcfg.rules.answers import about_host

        yield from about_host(guest)


def refusals(document: Document) -> Iterator[Diagnostic]:
    """Why the toolstack's parser refuses a file."""
    if not document.problems:
        return
    from xlcfg.rules.syntax import texts

    for problem in document.problems:
        message, help_text = texts(problem)
        related: tuple[tuple[int, int, str], ...] = ()
        if problem.opened is not None and problem.opened != problem.start:
            related = ((problem.opened, problem.opened + 1, "opened here"),)
        yield Diagnostic(
            problem.code,
            ERROR,
            message,
            start=problem.start,
            end=problem.end,
            help=help_text,
            related=related,
            fix=problem.fix,
        )
