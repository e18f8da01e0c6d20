"""`xlcfg merge` joins the JSON results of several runs."""

from __future__ import annotations

import sys

from xlcfg.cli import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


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
