"""The host's own files: xl.conf, and the files from which Xen gets its boot line."""

from __future__ import annotations

from xlcfg.checks.report import Report
from xlcfg.core.diagnostics import SEVERITIES, Diagnostic
from xlcfg.core.source import Source
from xlcfg.model.target import Target
from xlcfg.source.kinds import WITH_GUESTS, boot_lines, boot_problems
from xlcfg.syntax.cmdline import Boot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.checks.linter import Linter
    from xlcfg.model.guest import Guest
    from xlcfg.source.boot import FoundLine


def check_xl_conf(source: Source, target: Target) -> Report:
    """Check an xl.conf, which xl parses with the parser of guest configs."""
    from xlcfg.rules.xl_conf import findings

    return _check_settings(source, target, findings)


def check_cpupool(source: Source, target: Target) -> Report:
    """Check the config of a cpupool, which xl parses with the parser of guest configs."""
    from xlcfg.rules.cpupool import findings

    return _check_settings(source, target, findings)


def _check_settings(
    source: Source, target: Target, findings: Callable[[Guest], Iterable[Diagnostic]]
) -> Report:
    """Check a file in the syntax of guest configs that is no guest."""
    from xlcfg.checks.guest import refusals
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.guest import read_guest

    report = Report(source)
    read = Guest(source, read_guest(source.text), target)
    report.diagnostics.extend(refusals(read.document))
    if not read.document.refused:
        report.diagnostics.extend(findings(read))
    report.sort()
    return report


def check_boot_file(
    source: Source, kind: str, linter: Linter, target: Target | None = None
) -> Report:
    """Check every boot line of a file; places are those in the file."""
    from xlcfg.rules.boot import findings

    target = target or linter.target
    report = Report(source)
    problems = boot_problems(source, kind)
    if problems:
        from xlcfg.rules.boot_files import finding

        report.diagnostics.extend(map(finding, problems))
    if any(problem.fatal for problem in problems):
        return report
    # Menu entries share text, through a variable or an included piece: it is reported once.
    reported: set[tuple[str, int | None, int | None, str]] = set()
    for line in boot_lines(source, kind, target.board):
        boot = boot_of(source, line)
        if line.text or not line.said:
            report.boots.append(boot)
        about, version = about_line(target, line)
        parameters = linter.boot_parameters(about)
        made: Iterable[Diagnostic] = (
            _placed(one, line) for one in findings(boot, about, parameters, version)
        )
        if line.said:
            from xlcfg.checks.complaints import compared

            made = compared(made, line, about, version, parameters)
        for placed in made:
            key = (placed.code, placed.start, placed.end, placed.message)
            if key not in reported:
                reported.add(key)
                report.diagnostics.append(placed)
    report.diagnostics = _without_milder(report.diagnostics)
    if kind in WITH_GUESTS:
        report.diagnostics.extend(_about_file(source, kind, linter, target))
    report.sort()
    return report


def _without_milder(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings without those that are worse in another line with the same word in it."""
    worst: dict[tuple[str, int | None, int | None], int] = {}
    for one in found:
        key, rank = (one.code, one.start, one.end), SEVERITIES.index(one.severity)
        worst[key] = min(rank, worst.get(key, rank))
    return [
        one
        for one in found
        if one.start is None
        or SEVERITIES.index(one.severity) == worst[one.code, one.start, one.end]
    ]


def about_line(target: Target, line: FoundLine) -> tuple[Target, str]:
    """What a check of the line is about, and the version of Xen where the line's file tells it.

    The Xen that wrote a log counts, unless the command line of this run names one.
    """
    about = target.on(line.arch)
    if not line.release or "xen" in target.given:
        return about, ""
    from xlcfg.catalogue.releases import UnknownReleaseError, nearest_release

    try:
        release = nearest_release(line.release)
    except UnknownReleaseError:
        return about, ""
    about = about.replace(release=release, as_released="as_proposed" not in target.given)
    return about, line.release if line.release.startswith(release + ".") else ""


def _about_file(source: Source, kind: str, linter: Linter, target: Target) -> Iterator[Diagnostic]:
    """What there is to say of a file as a whole, beside its lines and guests."""
    if kind == "uboot":
        from xlcfg.rules.uboot import findings

        yield from findings(source, target)
    linter.load_for(source)
    for rule in linter.rules():
        if kind in getattr(rule, "FILES", ()):
            yield from rule.check_file(source, target)


def boot_of(source: Source, line: FoundLine) -> Boot:
    """A line of a file as the boot line of a run."""
    at = source.position(line.offset(0))
    boot = Boot(Source(source.path, line.text.encode("latin-1")))
    boot.where = f"{source.path}:{at.line}:{at.column}"
    return boot


def _placed(found: Diagnostic, line: FoundLine) -> Diagnostic:
    if found.start is None:
        return found
    start, end = line.span(found.start, found.start if found.end is None else found.end)
    related = tuple((*line.span(a, b), text) for a, b, text in found.related)
    return Diagnostic(
        found.code,
        found.severity,
        found.message,
        start=start,
        end=end,
        help=found.help,
        related=related,
    )
