"""`xlcfg check FILE -- key=value ...`: settings behind a guest's file, as xl takes them."""

from __future__ import annotations

import os

from xlcfg.cli.errors import UsageError
from xlcfg.core.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.source.paths import Unreadable

#: xl reads nothing from this file, so that arguments can say everything.
_NOTHING = "/dev/null"


def split(argv: list[str]) -> tuple[list[str], list[str]]:
    """The command line without the settings behind `--`, and these.

    Behind `--` may also be names of files, as everywhere: then no word there has a `=`, or no file
    is named before it.
    """
    if "--" not in argv:
        return argv, []
    at = argv.index("--")
    behind = argv[at + 1 :]
    return (argv[:at], behind) if any("=" in word for word in behind) else (argv, [])


def check_with(arguments: Namespace, linter: Linter) -> list[Report]:
    """Check the one file that is named with the settings behind it.

    UsageError for a file that no settings can stand behind.
    """
    from xlcfg.checks.arguments import apart, joined
    from xlcfg.checks.file import check_any, check_item
    from xlcfg.cli.arguments import read_stdin
    from xlcfg.source.files import read_named
    from xlcfg.source.kinds import CPUPOOL, GUEST

    settings: list[str] = arguments.settings
    path = arguments.paths[0]
    kind = arguments.kind or ""
    item: Source | Unreadable
    if path == _NOTHING:
        from xlcfg.source.kinds import looks_like_cpupool

        item = Source(path, b"")
        text = os.fsencode("\n".join(settings))
        item.kind = kind or (CPUPOOL if looks_like_cpupool(text) else GUEST)
    elif path == "-":
        item = read_stdin(arguments)
    else:
        item = read_named(path, kind)
    if not isinstance(item, Source):
        return check_item(item, linter)
    if item.kind not in ("", GUEST, CPUPOOL):
        raise UsageError(f"settings behind -- are for guests and cpupools, not for {item.kind}")
    if item.data.strip():
        for guest in linter.read_guests(item):
            if guest.toolstack != "xl":
                raise UsageError(
                    f"settings behind -- are for xl's guests, not for {guest.toolstack}'s"
                )
    whole, parts = joined(item, [os.fsencode(word) for word in settings])
    if not item.kind and not item.data.strip():
        whole.kind = GUEST
    reports = check_any(whole, linter)
    if arguments.running is not None:
        from xlcfg.cli.running import hold_against_running

        hold_against_running(reports, arguments)
    return [one for report in reports for one in apart(report, parts)]


def refuse(arguments: Namespace) -> None:
    """UsageError for what does not go with settings behind the file."""
    for word in arguments.settings:
        if "=" not in word:
            raise UsageError(f"{word!r} behind -- is no key=value, and xl takes one file only")
    others = ("fix", "diff", "unsafe_fixes", "watch", "files_from", "shard", "engine")
    given = [name for name in others if getattr(arguments, name)]
    if given:
        raise UsageError(f"--{given[0].replace('_', '-')} goes with no settings behind --")
    if len(arguments.paths) != 1 or os.path.isdir(arguments.paths[0]):
        raise UsageError("settings behind -- go with one file, as with xl create")
