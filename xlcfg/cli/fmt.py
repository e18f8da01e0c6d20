"""`xlcfg fmt` writes guest configs in one style."""

from __future__ import annotations

import sys

from xlcfg.checking import refusals
from xlcfg.cli import UsageError
from xlcfg.diagnostics import ERROR, Diagnostic
from xlcfg.fix.files import Output
from xlcfg.fmt import format_source
from xlcfg.report.screen import safe
from xlcfg.report.text import finding
from xlcfg.result import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from xlcfg.source import Source
from xlcfg.source.files import GUEST, expand
from xlcfg.syntax.guest import read_guest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Run the command: 0 done, 1 refused files or (with --check, --diff) changes, 2 unreadable."""
    if "-" in arguments.paths and len(arguments.paths) > 1:
        raise UsageError("- (standard input) goes alone")
    output = Output(diff=arguments.diff, check=arguments.check)
    refused = unreadable = kept = 0
    for item in expand(arguments.paths, sniff=arguments.sniff):
        if not isinstance(item, Source):
            unreadable += 1
            _say(Source(item.path, b""), Diagnostic(item.code, ERROR, item.message, help=item.help))
            continue
        if item.kind not in ("", GUEST):
            continue
        new = format_source(item)
        if new is None:
            refused += 1
            for diagnostic in refusals(read_guest(item.text)):
                _say(item, diagnostic)
            continue
        before = output.changed
        output.put(item, new)
        if output.changed == before:
            kept += 1
        elif arguments.check and not arguments.diff:
            print(f"xlcfg: would format {safe(item.path)}", file=sys.stderr)
    _tell(arguments, output.changed, kept, refused)
    if unreadable or output.failed:
        return EXIT_USAGE
    wanted = arguments.check or arguments.diff
    return EXIT_FINDINGS if refused or (wanted and output.changed) else EXIT_CLEAN


def _say(source: Source, diagnostic: Diagnostic) -> None:
    print("\n".join(finding(source, diagnostic)), file=sys.stderr)


def _tell(arguments: Namespace, changed: int, kept: int, refused: int) -> None:
    """One line on standard error about all files; none when text went through."""
    if arguments.paths == ["-"]:
        return
    would = "would be " if arguments.check or arguments.diff else ""
    said = [
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
        )
        if count
    ]
    if said:
        print(f"xlcfg: {', '.join(said)}", file=sys.stderr)
