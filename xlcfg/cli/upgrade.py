"""`xlcfg upgrade` tells what moving to another Xen release changes for given files."""

from __future__ import annotations

import sys

from xlcfg.cli.arguments import (
    add_arch,
    add_dialects,
    add_host,
    add_kind,
    add_text_or_json,
    completes,
    linter_of,
    release_of,
    releases,
)
from xlcfg.cli.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


DESCRIPTION = (
    "Tells what each release from one to another breaks, ignores or silently changes in exactly "
    "these files and boot lines."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("paths", nargs="*", metavar="PATH", help="file, directory, or - for stdin")
    start = sub.add_argument(
        "--from", dest="start", required=True, metavar="RELEASE", help="the Xen release that runs"
    )
    end = sub.add_argument(
        "--to",
        dest="end",
        metavar="RELEASE",
        help="the one to move to (default: the newest released)",
    )
    completes(start, releases)
    completes(end, releases)
    add_arch(sub, "x86_64")
    add_host(sub)
    add_dialects(sub)
    add_kind(sub)
    add_text_or_json(sub)


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

    target = given.target.replace(as_released=True, given=("xen",))
    before, after = (given.about(target.replace(release=release)) for release in (start, end))
    result = compare(arguments.paths, before, after, kind=arguments.kind or "")
    sys.stdout.write(render_json(result) if arguments.format == "json" else render(result))
    return result.exit_code
