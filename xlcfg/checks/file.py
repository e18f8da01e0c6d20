"""Checks one input, whatever it is: guests, or a file of their host."""

from __future__ import annotations

from xlcfg.checks.guest import check_guests
from xlcfg.checks.report import Report, unreadable
from xlcfg.core.diagnostics import ERROR, INFO, Diagnostic
from xlcfg.core.source import Source
from xlcfg.source.kinds import WITH_GUESTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter
    from xlcfg.model.target import Target
    from xlcfg.source.paths import Unreadable

#: Up to so many files are checked one after the other without a look at the cache: more processes,
#: or the modules that a cache needs, would cost more than they save.
FEW = 24


def check_item(item: Source | Unreadable, linter: Linter) -> list[Report]:
    """The reports on an input, or the one on why it cannot be read."""
    if isinstance(item, Source):
        return check_any(item, linter)
    return [unreadable(Source(item.path, b""), item.code, item.message, item.help)]


def check_any(source: Source, linter: Linter) -> list[Report]:
    """Check one input as what its `kind` says, which is guests unless it says otherwise.

    Settings of the project it belongs to hold for it, and what it says itself is to be ignored is.
    """
    target = linter.target_for(source.file)
    reports = _check_kind(source, target, linter)
    if target.selection is not None or b"xlcfg:" in source.data:
        from xlcfg.checks.suppressions import filter_findings

        for report in reports:
            filter_findings(report, target.selection, linter.codes)
    return reports


def _check_kind(source: Source, target: Target, linter: Linter) -> list[Report]:
    """A device tree holds boot lines, and guests where a toolstack finds some in it.

    So does what makes one: a script of U-Boot, a config of ImageBuilder.
    """
    if not source.kind:
        report = _unread(source, linter, target)
        if report is not None:
            return [report]
    if source.kind in ("", "guest"):
        return check_guests(source, linter, target)
    from xlcfg.checks.host import check_boot_file, check_cpupool, check_xl_conf

    if source.kind == "xl.conf":
        return [check_xl_conf(source, target)]
    if source.kind == "cpupool":
        return [check_cpupool(source, target)]
    reports = [check_boot_file(source, source.kind, linter, target)]
    if source.kind in WITH_GUESTS:
        reports.extend(
            report
            for report in check_guests(source, linter, target)
            if not report.unreadable and report.guest and report.guest.toolstack != "xl"
        )
    if source.kind == "uboot":
        return _of_script(reports)
    if len(reports) == 1 and not reports[0].boots and not reports[0].diagnostics:
        reports[0].diagnostics.append(_nothing(source))
    return reports


def _of_script(reports: list[Report]) -> list[Report]:
    """The reports on a script: a finding counts once, however many ways lead to it."""
    lines, *guests = reports
    if not guests and not lines.boots and not lines.diagnostics:
        return [
            unreadable(lines.source, "IO007", "this U-Boot script writes no line or guest of Xen")
        ]
    seen = set()
    for report in reports:
        kept = []
        for found in report.diagnostics:
            key = (found.code, found.start, found.end, found.message)
            if found.start is None or key not in seen:
                kept.append(found)
            seen.add(key)
        report.diagnostics = kept
    return reports


def _unread(source: Source, linter: Linter, target: Target) -> Report | None:
    """The report on a file that looks like nothing known, and like no guest config either."""
    found = unread(source)
    if found is None:
        return None
    guests = linter.read_guests(source, target)
    if guests and guests[0].toolstack != "xl":
        return None
    report = Report(source)
    report.diagnostics.append(found)
    return report


def unread(source: Source) -> Diagnostic | None:
    """What there is to say of a file that nobody knows and that is no guest config of xl's."""
    if source.kind:
        return None
    from xlcfg.source.unread import form

    told, help_text = form(source.file, source.data)
    if not told:
        return None
    return Diagnostic("IO012", ERROR, f"this is no guest config: {told}", help=help_text)


def _nothing(source: Source) -> Diagnostic:
    return Diagnostic("IO013", INFO, f"no boot line of Xen is in this file ({source.kind})")
