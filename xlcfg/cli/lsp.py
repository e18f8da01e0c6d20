"""`xlcfg lsp` serves editors."""

from __future__ import annotations

import os
import signal
import sys

from xlcfg.cli import EXIT_INTERRUPTED, UsageError
from xlcfg.cli.common import context_of
from xlcfg.result import EXIT_CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command until the client says exit; its exit code."""
    context = context_of(arguments)
    context.given = tuple(
        name for name in ("xen", "arch", "dialect") if getattr(arguments, name, None)
    )
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
    serve(context)
    return EXIT_CLEAN
