"""`xlcfg verdict` says who breaks when the policy changes."""

from __future__ import annotations

import sys

from xlcfg.cli.check import given_engine, given_paths, given_shard
from xlcfg.cli.common import context_of
from xlcfg.verdict import gather, render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.cli import UsageError
    from xlcfg.engine import EngineError
    from xlcfg.source.files import Shard

    shard = given_shard(arguments.shard)
    try:
        table = gather(
            given_paths(arguments, "replay"),
            context_of(arguments),
            jobs=arguments.jobs,
            shard=None if shard is None else Shard(*shard),
            engine=given_engine(arguments),
        )
    except EngineError as error:
        raise UsageError(str(error)) from None
    sys.stdout.write(render(table, arguments.format))
    return table.exit_code
