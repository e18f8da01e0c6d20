"""`xlcfg lsp` serves editors."""

from __future__ import annotations

import os
import signal
import sys

from xlcfg.checks.report import EXIT_CLEAN
from xlcfg.cli import EXIT_INTERRUPTED, UsageError
from xlcfg.cli.choosing import given_options
from xlcfg.cli.common import linter_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


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
