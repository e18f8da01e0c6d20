"""`xlcfg plugins` lists the plugins that take part."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS
from xlcfg.cli.arguments import add_no_plugins
from xlcfg.hooks import Hooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_no_plugins(sub)


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.report.plugins import render

    hooks = Hooks(plugins=not arguments.no_plugins)
    sys.stdout.write(render(hooks))
    return EXIT_FINDINGS if hooks.failures else EXIT_CLEAN
