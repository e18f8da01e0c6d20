"""`xlcfg verdict` says who breaks when the policy changes."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_USAGE
from xlcfg.cli.arguments import (
    add_domain,
    add_no_plugins,
    add_spread,
    given_engine,
    given_paths,
    linter_of,
    parse_shard,
    refuse_page_over,
)
from xlcfg.cli.usage_errors import complain
from xlcfg.traces.verdict import gather, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "Replays many boot traces under both policies: which guest is safe under which, and what "
    "flipping the default of an architecture would break."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("paths", nargs="*", metavar="PATH", help="boot traces, directories or URLs")
    add_domain(sub)
    add_no_plugins(sub)
    add_spread(sub, "replay", "traces")
    sub.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="text (default), json or markdown",
    )
    sub.add_argument("--html", metavar="FILE", help="also write a page, with a timeline per guest")


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    paths = given_paths(arguments, "replay")
    refuse_page_over(arguments.html, paths)
    table = gather(
        paths,
        linter_of(arguments),
        jobs=arguments.jobs,
        shard=parse_shard(arguments),
        engine=given_engine(arguments),
        domain=arguments.domain,
        pictures=arguments.html is not None,
    )
    sys.stdout.write(render(table, arguments.format))
    if arguments.html is not None:
        from xlcfg.traces.page import PageError, write_verdict

        try:
            write_verdict(arguments.html, table, _command(arguments))
        except PageError as error:
            complain(error)
            return EXIT_USAGE
    return table.exit_code


def _command(arguments: Namespace) -> list[str]:
    """What decides about the answer, as it was typed."""
    command = ["xlcfg", "verdict", *arguments.paths]
    for option, value in (
        ("--files-from", arguments.files_from),
        ("--shard", arguments.shard),
        ("--domain", arguments.domain),
    ):
        if value is not None:
            command += [option, str(value)]
    return command
