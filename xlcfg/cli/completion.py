"""`xlcfg completion` prints a shell's completion script."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.docs.completion import script

    sys.stdout.write(script(arguments.shell))
    return EXIT_CLEAN
