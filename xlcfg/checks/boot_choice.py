"""Which of the boot lines found beside guests counts for their policy."""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.checks.report import Report, Result
    from xlcfg.hooks import Hooks
    from xlcfg.syntax.cmdline import Boot


def settle_boot(result: Result, hooks: Hooks) -> None:
    """Take the boot line found beside guests for their policy, if there is no doubt which.

    Lines that say the same about the runstate translation are as good as one; of lines that do not,
    none is taken, and that is reported.
    """
    from xlcfg.policy import boot_votes, decide

    target = result.target
    guests = [report for report in result.reports if report.policy is not None]
    found = [(report, boot) for report in result.reports for boot in report.boots]
    if target.boot is not None or not guests or not found:
        return
    asked: dict[str, Boot] = {}
    for _, boot in found:
        votes = boot_votes(target.replace(boot=boot))
        asked.setdefault(votes[0].policy if votes else "", boot)
    if len(asked) > 1:
        for report in _once(report for report, _ in found):
            report.diagnostics.append(_undecided(list(asked.values())))
            report.sort()
        return
    result.target = target = target.replace(boot=found[0][1])
    for report in guests:
        # a guest whose file says which architecture it is for keeps it
        guest = report.guest
        assert guest is not None
        report.policy = decide(guest, target.on(guest.target.arch), hooks)


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
