"""`xlcfg policy` shows which runstate translation policy holds."""

from __future__ import annotations

import sys

from xlcfg.cli import UsageError
from xlcfg.cli.common import context_of, print_result
from xlcfg.result import EXIT_CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.checking import check_paths
    from xlcfg.policy import decide
    from xlcfg.result import Report, Result
    from xlcfg.source import Source

    context = context_of(arguments)
    if arguments.path is not None:
        result = check_paths([arguments.path], context)
    else:
        result = Result(context)
        report = Report(Source(f"any guest on {context.arch}", b""))
        report.policy = decide(None, context)
        result.reports.append(report)
    if arguments.format == "json":
        return print_result(result, "json")
    if arguments.format != "text":
        raise UsageError(f"--format: there is no {arguments.format!r}; choose from json, text")
    from xlcfg.report.policy import render

    sys.stdout.write(render(result))
    return result.exit_code if any(r.unreadable for r in result.reports) else EXIT_CLEAN
