"""`xlcfg lsp` serves editors."""

from __future__ import annotations

import os
import signal
import sys

from xlcfg.checks.report import EXIT_CLEAN
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
    "A language server for guest configs over standard input and output. Needs what `pip install "
    "'xlcfg[lsp]'` installs."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_xen(sub)
    add_host(sub)
    add_dialects(sub)
    add_as_released(sub)


def run(arguments: Namespace) -> int:
    """Run the command until the client says exit; its exit code."""
    linter = linter_of(arguments)
    linter.target = linter.target.replace(given=given_options(arguments))
    try:
        from xlcfg.lsp.server import serve
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("pygls", "lsprotocol")):
            raise
        raise UsageError(
            f"lsp: the module {error.name} is missing: pip install 'xlcfg[lsp]'"
        ) from None
    if sys.stdin is None:
        raise UsageError("lsp: standard input is closed, and nobody can ask anything")
    # The thread that reads what the client says cannot be woken, and an orderly end waits for it.
    signal.signal(signal.SIGINT, lambda *_: os._exit(EXIT_INTERRUPTED))
    serve(linter)
    return EXIT_CLEAN
