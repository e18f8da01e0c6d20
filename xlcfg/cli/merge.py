"""`xlcfg merge` joins the JSON results of several runs."""

from __future__ import annotations

import sys

from xlcfg.cli.errors import UsageError
from xlcfg.cli.usage_errors import complain
from xlcfg.report import FORMATS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "Joins what `xlcfg check` or `xlcfg verdict` printed with --format json for parts of the same "
    "files. Of all parts of --shard it makes what one run over all files prints, findings across "
    "files included; while parts are missing, it makes JSON alone, to which they can be joined. "
    "The exit code is that of one run over all."
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
        choices=(*FORMATS, "markdown"),
        default="json",
        help="a format of check; of verdicts json, text or markdown; default: json",
    )


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.merge import MergeError, exit_code, inputs, merge, missing, read_all, render, summary

    try:
        parts = read_all(arguments.files)
        paths = inputs(parts)
        document = merge(parts)
        lacking = missing(document)
        if lacking and arguments.format != "json":
            raise UsageError(f"{lacking}; --format json joins what there is")
        text = render(document, arguments.format, paths)
        code = exit_code(document)
        reason = summary(document, paths) if code else ""
    except MergeError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(text)
    if lacking:
        complain(lacking)
    if reason:
        complain(reason)
    return code
