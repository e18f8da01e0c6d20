"""`xlcfg cmdline` checks a Xen boot command line."""

from __future__ import annotations

from xlcfg.cli.common import context_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.checking import check_boot, plugin_failures
    from xlcfg.context import read_boot
    from xlcfg.result import Result

    context = context_of(arguments)
    context.boot = read_boot(" ".join(arguments.line))
    result = Result(context)
    result.reports.append(check_boot(context))
    plugin_failures(result)
    return print_result(result, arguments.format)
