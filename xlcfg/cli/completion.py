"""`xlcfg completion` prints a shell's completion script."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "Prints a script that completes xlcfg's commands, options and their values in a shell."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument(
        "shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish"
    )


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.cli.completion_scripts import script

    sys.stdout.write(script(arguments.shell))
    return EXIT_CLEAN
