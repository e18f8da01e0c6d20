"""`xlcfg policy` shows which runstate translation policy holds."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN
from xlcfg.cli.arguments import (
    add_as_released,
    add_board,
    add_format,
    add_host,
    add_no_plugins,
    add_xen,
    linter_of,
)
from xlcfg.cli.errors import UsageError
from xlcfg.cli.run_once import print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("path", nargs="?", metavar="GUEST.CFG", help="a guest config, or -")
    add_xen(sub)
    add_host(sub)
    add_board(sub)
    add_no_plugins(sub)
    add_as_released(sub)
    add_format(sub, ("text", "json"))


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.checks.report import Report, Result
    from xlcfg.core.source import Source
    from xlcfg.policy import decide, has_runstate
    from xlcfg.rules.runstate.rs004_no_runstate_call import no_call
    from xlcfg.run import check_paths

    linter = linter_of(arguments)
    if arguments.path is not None:
        result = check_paths([arguments.path], linter)
    else:
        result = Result(linter.target)
        report = Report(Source(f"any guest on {linter.target.arch}", b""))
        if has_runstate(linter.target.arch):
            report.policy = decide(None, linter.target, linter.hooks)
        else:
            report.diagnostics.append(no_call(linter.target.arch))
        result.reports.append(report)
    if arguments.format == "json":
        return print_result(result, linter, "json")
    if arguments.format != "text":
        from xlcfg.cli.usage_errors import no_such

        raise UsageError(no_such("--format", arguments.format, ("json", "text")))
    from xlcfg.report.policy import render

    sys.stdout.write(render(result))
    told = any(report.unreadable or report.policy is not None for report in result.reports)
    if any(report.unreadable for report in result.reports) or not told:
        return result.exit_code
    return EXIT_CLEAN
