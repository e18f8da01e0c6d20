"""`xlcfg cmdline` checks a Xen boot command line."""

from __future__ import annotations

from xlcfg.cli.common import linter_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.checks.report import Result
    from xlcfg.run import check_boot, plugin_failures
    from xlcfg.syntax.cmdline import read_boot

    linter = linter_of(arguments)
    linter.target = linter.target.replace(boot=read_boot(" ".join(arguments.line)))
    result = Result(linter.target)
    result.reports.append(check_boot(linter))
    plugin_failures(result, linter.hooks)
    return print_result(result, linter, arguments.format)
