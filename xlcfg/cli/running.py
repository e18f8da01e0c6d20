"""`xlcfg check --running FILE`: what the running domains have otherwise than their files say."""

from __future__ import annotations

import os

from xlcfg.cli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.report import Report


def hold_against_running(reports: list[Report], arguments: Namespace) -> None:
    """Add what the domains of `--running` have otherwise than the guests' files say."""
    from xlcfg.checks.running import add_differences
    from xlcfg.model.running import RunningError, read_running

    try:
        domains = read_running(arguments.running)
    except RunningError as error:
        raise UsageError(f"--running: {error}") from None
    add_differences(reports, domains, any(map(os.path.isdir, arguments.paths)))
    for report in reports:
        from xlcfg.checks.suppressions import choose

        if report.guest is not None:
            choose(report, report.guest.target.selection)
