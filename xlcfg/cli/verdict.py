"""`xlcfg verdict` says who breaks when the policy changes."""

from __future__ import annotations

import sys

from xlcfg.cli.common import given_engine, given_part, given_paths, linter_of
from xlcfg.traces.verdict import gather, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    table = gather(
        given_paths(arguments, "replay"),
        linter_of(arguments),
        jobs=arguments.jobs,
        shard=given_part(arguments),
        engine=given_engine(arguments),
    )
    sys.stdout.write(render(table, arguments.format))
    return table.exit_code
