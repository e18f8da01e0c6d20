"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.choosing import chosen_linter, conclude, inputs, settle_stdin
from xlcfg.cli.common import given_engine, given_part, given_paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    settle_stdin(arguments)
    if arguments.watch:
        from xlcfg.cli.watching import watch

        watch(arguments)
    return check_once(arguments)[0]


def check_once(arguments: Namespace) -> tuple[int, Result, Linter]:
    """Check everything and print what there is to say: the exit code, and what it is about."""
    from xlcfg.run import check_items
    from xlcfg.source.files import read_by_threads

    paths, part = given_paths(arguments, "check"), given_part(arguments)
    if part is not None and arguments.trace is not None:
        from xlcfg.cli import UsageError

        raise UsageError("--trace goes with no --shard: it is replayed for the guests of all parts")
    if arguments.fix or arguments.diff or arguments.unsafe_fixes:
        from xlcfg.cli.fixing import run_fixes

        return run_fixes(arguments, paths)
    linter = chosen_linter(arguments)
    given = linter.target.boot is not None
    result = check_items(
        inputs(paths, arguments, linter, part),
        linter,
        jobs=arguments.jobs,
        cache=None if arguments.no_cache else arguments.cache_dir or "",
        part=part,
        engine=given_engine(arguments),
        early=read_by_threads(paths),
    )
    return conclude(result, linter, arguments, given), result, linter
