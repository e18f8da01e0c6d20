"""`xlcfg cmdline` checks a Xen boot command line."""

from __future__ import annotations

import os

from xlcfg.cli.arguments import add_as_released, add_format, add_no_plugins, add_xen, linter_of
from xlcfg.cli.run_once import print_result
from xlcfg.cli.usage_errors import complain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("line", nargs="+", metavar="LINE", help="the words after xen.gz")
    add_xen(sub)
    add_no_plugins(sub)
    add_as_released(sub)
    add_format(sub)


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.checks.report import Result
    from xlcfg.run import check_boot, plugin_failures
    from xlcfg.syntax.cmdline import read_boot

    for word in arguments.line:
        if "=" not in word and os.path.isfile(word):
            complain(f"{word} is taken for a word; `xlcfg check {word}` finds the line in a file")
    linter = linter_of(arguments)
    linter.target = linter.target.replace(boot=read_boot(" ".join(arguments.line)))
    result = Result(linter.target)
    result.reports.append(check_boot(linter))
    plugin_failures(result, linter.hooks)
    return print_result(result, linter, arguments.format)
