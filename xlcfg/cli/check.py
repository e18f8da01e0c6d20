"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.common import context_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.check import check_boot, check_paths

    context = context_of(arguments)
    result = check_paths(arguments.paths, context, sniff=arguments.sniff)
    if context.boot is not None:
        result.reports.append(check_boot(context))
    if arguments.trace is not None:
        from xlcfg.replay import attach

        attach(result, arguments.trace)
    return print_result(result, arguments.format)
