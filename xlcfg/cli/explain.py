"""`xlcfg explain` explains a finding."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN
from xlcfg.cli import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.report.explain import index, page

    if arguments.code.lower() == "all":
        sys.stdout.write(index())
        return EXIT_CLEAN
    text = page(arguments.code)
    if text is None:
        raise UsageError(f"there is no code {arguments.code!r}; `xlcfg explain all` lists them")
    sys.stdout.write(text)
    return EXIT_CLEAN
