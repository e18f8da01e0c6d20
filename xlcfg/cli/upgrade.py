"""`xlcfg upgrade` tells what moving to another Xen release changes for given files."""

from __future__ import annotations

import sys

from xlcfg.cli import UsageError
from xlcfg.cli.common import linter_of, release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command; its exit code."""
    from xlcfg.catalogue import newest_release
    from xlcfg.report.upgrade import render, render_json
    from xlcfg.upgrade import compare

    start = release_of("--from", arguments.start)
    end = release_of("--to", arguments.end) or newest_release()
    if start == end:
        raise UsageError(f"--from and --to are the same release, {end}")
    given = linter_of(arguments)
    if not arguments.paths and given.target.boot is None:
        raise UsageError("nothing to compare: name files, or give a boot line with --cmdline")

    target = given.target.replace(as_released=False)
    before, after = (given.about(target.replace(release=release)) for release in (start, end))
    result = compare(arguments.paths, before, after, kind=arguments.kind or "")
    sys.stdout.write(render_json(result) if arguments.format == "json" else render(result))
    return result.exit_code
