"""`xlcfg merge` joins the JSON results of several runs."""

from __future__ import annotations

import sys

from xlcfg.cli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "Joins what `xlcfg check` or `xlcfg verdict` printed with --format json for parts of the same "
    "files. Of all parts of --shard it makes what one run over all files prints, findings across "
    "files included. The exit code is that of one run over all."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument(
        "files",
        nargs="+",
        metavar="FILE.json",
        help="what check or verdict --format json --shard K/N printed",
    )
    sub.add_argument(
        "--format",
        choices=("json", "text", "markdown"),
        default="json",
        help="json (default); of verdicts also text or markdown",
    )


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.report.merge import MergeError, exit_code, merge, read, render

    try:
        document = merge([read(path) for path in arguments.files])
        text = render(document, arguments.format)
    except MergeError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(text)
    return exit_code(document)
