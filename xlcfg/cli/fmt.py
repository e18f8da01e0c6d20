"""`xlcfg fmt` writes guest configs in one style."""

from __future__ import annotations

import sys

from xlcfg.checks.file import unread
from xlcfg.checks.guest import refusals
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from xlcfg.cli.arguments import (
    add_exclusion,
    add_stdin_filename,
    input_filter,
    inputs,
    read_stdin,
    settle_stdin,
)
from xlcfg.cli.errors import UsageError
from xlcfg.cli.fixing import refuse_urls
from xlcfg.cli.usage_errors import complain
from xlcfg.core.diagnostics import ERROR, Diagnostic
from xlcfg.core.screen import safe
from xlcfg.core.source import Source
from xlcfg.fix.files import Output, write_out
from xlcfg.fmt import format_source
from xlcfg.hooks import Hooks
from xlcfg.model.target import Target
from xlcfg.report.text import finding
from xlcfg.source.kinds import (
    GUEST,
    SNIFF_BYTES,
    has_only_xls_keys,
    looks_like_guest_config,
)
from xlcfg.source.paths import STDIN, display
from xlcfg.syntax.guest import read_guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from xlcfg.source.paths import Unreadable


DESCRIPTION = (
    "Writes guest configs in one style; xl reads the same values before and after. Files that "
    "xl's parser refuses are left alone."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("paths", nargs="*", metavar="PATH", help="file, directory, or - for stdin")
    add_stdin_filename(sub)
    sub.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a file would change"
    )
    sub.add_argument(
        "--diff", action="store_true", help="show what would change, and change nothing"
    )
    sub.add_argument(
        "--sniff", action="store_true", help="skip files that do not look like guest configs"
    )
    add_exclusion(sub)


def run(arguments: Namespace) -> int:
    """Run the command: 0 done, 1 refused files or (with --check, --diff) changes, 2 unreadable."""
    settle_stdin(arguments)
    if not arguments.paths:
        raise UsageError("nothing to format: name files or directories, or - for standard input")
    if "-" in arguments.paths and len(arguments.paths) > 1:
        raise UsageError("- (standard input) goes alone")
    refuse_urls(arguments.paths, "fmt")
    stdin = display(arguments.stdin_filename or STDIN)
    output = Output(diff=arguments.diff, check=arguments.check, stdin=stdin)
    refused = strange = unreadable = kept = other_kinds = 0
    for item in _items(arguments):
        if not isinstance(item, Source):
            unreadable += 1
            _report(
                Source(item.path, b""), Diagnostic(item.code, ERROR, item.message, help=item.help)
            )
            continue
        if item.kind not in ("", GUEST):
            if not arguments.sniff and item.path in arguments.paths:
                other_kinds += 1
                complain(f"{item.path}: no guest config ({item.kind}): left as it is")
            continue
        other = unread(item)
        if other is not None:
            strange += 1
            _report(item, other)
            continue
        new = format_source(item)
        if new is None:
            if _foreign(item):
                strange += 1
            else:
                refused += 1
            for diagnostic in refusals(read_guest(item.text)):
                _report(item, diagnostic)
            continue
        before = output.changed
        output.put(item, new)
        if output.changed == before:
            kept += 1
        elif arguments.check and not arguments.diff:
            print(f"xlcfg: would format {safe(item.path)}", file=sys.stderr)
    if not (output.changed or kept or refused or strange or unreadable or other_kinds):
        _say_nothing_was_done(arguments)
    _summarise(arguments, output.changed, kept, refused, strange)
    if unreadable or output.failed:
        return EXIT_USAGE
    wanted = arguments.check or arguments.diff
    return EXIT_FINDINGS if refused or strange or (wanted and output.changed) else EXIT_CLEAN


def _items(arguments: Namespace) -> Iterator[Source | Unreadable]:
    """What is to be formatted; standard input that is left out goes through as it is."""
    linter = Linter(Target("", ""), Hooks(plugins=False))
    if not arguments.isolated:
        from xlcfg.settings.project import Projects

        linter.projects = Projects()
    if arguments.paths != ["-"]:
        for item in inputs(arguments.paths, arguments, linter):
            if not (_foreign(item) and (arguments.sniff or item.path not in arguments.paths)):
                yield item
        return
    item = read_stdin(arguments)
    wanted = input_filter(arguments, linter)
    if not isinstance(item, Source) or (
        item.kind in ("", GUEST)
        and (wanted is None or wanted(item))
        and not (arguments.sniff and _foreign(item))
    ):
        yield item
    elif not (arguments.diff or arguments.check):
        write_out(item.data)


def _foreign(item: Source | Unreadable) -> bool:
    """Whether it is a guest in the words of another toolstack."""
    return (
        isinstance(item, Source)
        and item.kind == GUEST
        and not looks_like_guest_config(item.data[:SNIFF_BYTES])
        and not has_only_xls_keys(item.data[:SNIFF_BYTES])
    )


def _report(source: Source, diagnostic: Diagnostic) -> None:
    print("\n".join(finding(source, diagnostic)), file=sys.stderr)


def _say_nothing_was_done(arguments: Namespace) -> None:
    if arguments.paths != ["-"] and not arguments.sniff:
        complain("nothing was formatted: every file is excluded, or is no guest config of xl's")


def _summarise(arguments: Namespace, changed: int, kept: int, refused: int, strange: int) -> None:
    """One line on standard error about all files; none when text went through."""
    if arguments.paths == ["-"]:
        return
    would = "would be " if arguments.check or arguments.diff else ""
    parts = [
        f"{count} {'file' if count == 1 else 'files'} {what}"
        for count, what in (
            (changed, f"{would}formatted"),
            (kept, "left as they are" if kept != 1 else "left as it is"),
            (
                refused,
                "not formatted, as xl refuses "
                + ("them" if refused != 1 else "it")
                + " (`xlcfg check --fix` may help)",
            ),
            (
                strange,
                "not formatted, as "
                + ("they are no guest configs" if strange != 1 else "it is no guest config")
                + " of xl's",
            ),
        )
        if count
    ]
    if parts:
        print(f"xlcfg: {', '.join(parts)}", file=sys.stderr)
