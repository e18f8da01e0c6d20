"""`xlcfg lsp` serves editors."""

from __future__ import annotations

import os
import signal
import sys

from xlcfg.cli.arguments import (
    add_as_released,
    add_dialects,
    add_host,
    add_xen,
    given_options,
    linter_of,
)
from xlcfg.cli.errors import EXIT_INTERRUPTED, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "A language server over standard input and output, for guest configs, xl.conf, cpupools, "
    "device trees and the files of boot loaders."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_xen(sub)
    add_host(sub)
    add_dialects(sub)
    add_as_released(sub)


def run(arguments: Namespace) -> int:
    """Run the command until the client says exit: 0, or 1 for an exit without a shutdown."""
    linter = linter_of(arguments)
    linter.target = linter.target.replace(given=given_options(arguments))
    if sys.stdin is None:
        raise UsageError("lsp: standard input is closed, and nobody can ask anything")
    # The thread that reads what the client says cannot be woken, and an orderly end waits for it.
    signal.signal(signal.SIGINT, lambda *_: os._exit(EXIT_INTERRUPTED))
    from xlcfg.lsp.server import serve

    return serve(linter)
