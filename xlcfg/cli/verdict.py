"""`xlcfg verdict` says who breaks when the policy changes."""

from __future__ import annotations

import sys

from xlcfg.cli.common import context_of
from xlcfg.verdict import gather, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    table = gather(arguments.paths, context_of(arguments))
    sys.stdout.write(render(table, arguments.format))
    return table.exit_code
