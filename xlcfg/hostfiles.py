"""The host's own files: xl.conf, and the files from which Xen gets its boot line."""

from __future__ import annotations

from xlcfg.context import Boot, Context
from xlcfg.diagnostics import INFO, Diagnostic
from xlcfg.result import Report
from xlcfg.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.result import Result
    from xlcfg.source.boot import FoundLine


def check_xl_conf(source: Source, context: Context) -> Report:
    """Check an xl.conf, which xl parses with the parser of guest configs."""
    from xlcfg.checking import refusals
    from xlcfg.model.guest import Guest
    from xlcfg.rules.xl_conf import findings
    from xlcfg.syntax.guest import read_guest

    report = Report(source)
    conf = Guest(source, read_guest(source.text), context)
    report.diagnostics.extend(refusals(conf.document))
    if not conf.document.refused:
        report.diagnostics.extend(findings(conf))
    report.sort()
    return report


def check_boot_file(source: Source, kind: str, context: Context) -> Report:
    """Check every boot line of a file; places are those in the file."""
    from xlcfg.rules.boot import findings

    report = Report(source)
    # Menu entries share text, through a variable or an included piece: it is told once.
    told: set[tuple[str, int | None, int | None, str]] = set()
    for line in boot_lines(source, kind):
        boot = boot_of(source, line)
        report.boots.append(boot)
        for found in findings(boot, context.on(line.arch)):
            placed = _placed(found, line)
            key = (placed.code, placed.start, placed.end, placed.message)
            if key not in told:
                told.add(key)
                report.diagnostics.append(placed)
    report.sort()
    return report


def boot_lines(source: Source, kind: str) -> list[FoundLine]:
    """The boot lines of a file; `kind` is one of `xlcfg.source.files.BOOT_KINDS`."""
    from xlcfg.source.boot import lines_from, sniff

    if kind == "grub":
        found = sniff(source) or ""
        kind = found if found.startswith("grub") else "grub-default"
    return lines_from(source, "line" if kind == "boot-line" else kind)


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
    related = tuple((*line.span(a, b), said) for a, b, said in found.related)
    return Diagnostic(
        found.code,
        found.severity,
        found.message,
        start=start,
        end=end,
        help=found.help,
        related=related,
    )


def settle_boot(result: Result) -> None:
    """Take the boot line found beside guests for their policy, if there is no doubt which.

    Lines that say the same about the runstate translation are as good as one; of lines that do not,
    none is taken, and that is told.
    """
    from xlcfg.policy import decide
    from xlcfg.policy.votes import boot_votes

    context = result.context
    guests = [report for report in result.reports if report.policy is not None]
    found = [(report, boot) for report in result.reports for boot in report.boots]
    if context.boot is not None or not guests or not found:
        return
    said: dict[str, Boot] = {}
    for _, boot in found:
        context.boot = boot
        votes = boot_votes(context)
        said.setdefault(votes[0].policy if votes else "", boot)
    context.boot = None
    if len(said) > 1:
        for report in _once(report for report, _ in found):
            report.diagnostics.append(_undecided(list(said.values())))
            report.sort()
        return
    context.boot = found[0][1]
    for report in guests:
        # a guest whose file says which architecture it is for keeps it
        assert report.guest is not None
        report.policy = decide(report.guest, context.on(report.guest.context.arch))


def _once(reports: Iterator[Report]) -> list[Report]:
    return list({id(report): report for report in reports}.values())


def _undecided(boots: list[Boot]) -> Diagnostic:
    places = ", ".join(boot.where for boot in boots)
    return Diagnostic(
        "IO008",
        INFO,
        f"the boot lines differ in runstate-translation ({places}): none counts for the guests",
        help="give the one that is booted with --cmdline",
    )
