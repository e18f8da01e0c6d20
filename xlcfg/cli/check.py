"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.choosing import choose, excluder, finish
from xlcfg.cli.common import context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.check import SettingsError
    from xlcfg.cli import UsageError

    try:
        return _run(arguments)
    except SettingsError as error:
        raise UsageError(str(error)) from None


def _run(arguments: Namespace) -> int:
    from xlcfg.check import check_boot, check_paths

    if arguments.fix or arguments.diff or arguments.unsafe_fixes:
        from xlcfg.cli.fixing import run_fixes

        return run_fixes(arguments)
    context = context_of(arguments)
    choose(arguments, context)
    given = context.boot is not None
    result = check_paths(
        arguments.paths,
        context,
        sniff=arguments.sniff,
        kind=arguments.kind or "",
        excluded=excluder(arguments, context),
    )
    if given:
        result.reports.append(check_boot(context))
    if arguments.trace is not None:
        from xlcfg.replay import attach

        attach(result, arguments.trace)
    return finish(result, arguments)
