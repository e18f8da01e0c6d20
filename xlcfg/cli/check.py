"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.common import context_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.check import check_boot, check_paths

    if arguments.fix or arguments.diff or arguments.unsafe_fixes:
        from xlcfg.cli.fixing import run_fixes

        return run_fixes(arguments)
    context = context_of(arguments)
    given = context.boot is not None
    result = check_paths(arguments.paths, context, sniff=arguments.sniff, kind=arguments.kind or "")
    if given:
        result.reports.append(check_boot(context))
    if arguments.trace is not None:
        from xlcfg.replay import attach

        attach(result, arguments.trace)
    return print_result(result, arguments.format)
