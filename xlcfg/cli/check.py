"""`xlcfg check` checks guest configs."""

from __future__ import annotations

from xlcfg.cli.arguments import (
    add_as_released,
    add_board,
    add_dialects,
    add_host,
    add_kind,
    add_many,
    add_output,
    add_running,
    add_selection,
    add_stdin_filename,
    add_xen,
    given_paths,
    parse_shard,
    settle_stdin,
)
from xlcfg.cli.errors import UsageError
from xlcfg.cli.run_once import check_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result

DESCRIPTION = (
    "Checks guest configs, xl.conf, and the boot lines in files of GRUB and other boot loaders, in "
    "device trees and in logs. What a file is shows from its contents. Behind one guest's file and "
    "`--` may stand settings, `vcpus=4`, as `xl create` takes them."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="file, directory, URL, or - for stdin (default: this directory)",
    )
    sub.set_defaults(settings=[])
    add_stdin_filename(sub)
    add_xen(sub)
    add_host(sub)
    add_board(sub)
    add_dialects(sub)
    add_kind(sub)
    sub.add_argument(
        "--trace", metavar="FILE", help="replay this boot trace under the policy that results"
    )
    add_running(sub)
    sub.add_argument(
        "--sniff", action="store_true", help="skip files that look like nothing xlcfg checks"
    )
    sub.add_argument(
        "--only",
        choices=("guests", "host"),
        metavar="WHAT",
        help="check only what looks like guests, or like the host's xl.conf and boot lines (host)",
    )
    sub.add_argument(
        "--fix", action="store_true", help="fix the files, where that is safe; report the rest"
    )
    sub.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also fixes that change what xl reads, or guess",
    )
    sub.add_argument(
        "--diff", action="store_true", help="show what --fix would change, and change nothing"
    )
    sub.add_argument(
        "--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C"
    )
    sub.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say which files are passed over and why, and where plugins failed",
    )
    add_as_released(sub)
    sub.add_argument(
        "--show-policy",
        action="store_true",
        help="show every guest's runstate translation policy, not only one that somebody chose",
    )
    add_selection(sub)
    add_output(sub)
    add_many(sub)


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    settle_stdin(arguments)
    if arguments.settings:
        from xlcfg.cli.guest_arguments import refuse

        refuse(arguments)
    if not arguments.paths and arguments.files_from is None:
        if arguments.fix:
            raise UsageError("--fix has no default: name files or directories, . for this one")
        arguments.paths = ["."]
    if arguments.watch:
        from xlcfg.cli.watching import watch

        watch(arguments, _check)
    return _check(arguments)[0]


def _check(arguments: Namespace) -> tuple[int, Result, Linter]:
    """Check, or fix, everything once: the exit code, and what it is about."""
    paths, part = given_paths(arguments, "check"), parse_shard(arguments)
    if part is not None and arguments.trace is not None:
        raise UsageError("--trace goes with no --shard: it is replayed for the guests of all parts")
    if arguments.fix or arguments.diff or arguments.unsafe_fixes:
        from xlcfg.cli.fixing import run_fixes

        return run_fixes(arguments, paths)
    return check_once(arguments, paths, part)
