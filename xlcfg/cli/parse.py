"""`xlcfg parse` shows what the toolstack or the hypervisor reads in a file."""

from __future__ import annotations

import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, Report
from xlcfg.cli.arguments import add_kind, add_no_plugins, add_xen, linter_of
from xlcfg.cli.errors import UsageError
from xlcfg.core.screen import json_text, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest


DESCRIPTION = (
    "Shows what the toolstack or Xen reads in a file: every setting or word with its place, and "
    "what becomes of it."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    sub.add_argument("file", metavar="FILE", help="a file, or - for stdin")
    add_xen(sub)
    add_kind(sub)
    add_no_plugins(sub)
    sub.add_argument("--format", choices=("json",), default="json", help="json, the only one")


def run(arguments: Namespace) -> int:
    """Run the command; its exit code, 1 when the parser of the toolstack refuses the file."""
    from xlcfg.source.files import read_named
    from xlcfg.source.kinds import CPUPOOL, GUEST, XL_CONF
    from xlcfg.source.paths import Unreadable

    linter = linter_of(arguments)
    source = read_named(arguments.file, arguments.kind or "")
    if isinstance(source, Unreadable):
        raise UsageError(f"{safe(source.path)}: {source.message}")
    _refuse_other(source, linter)
    source.kind = source.kind or GUEST
    if source.kind in (GUEST, XL_CONF, CPUPOOL):
        return _settings(source, linter)
    _boot(source, linter)
    return EXIT_CLEAN


def _refuse_other(source: Source, linter: Linter) -> None:
    """UsageError for a file that nobody knows and that is no guest config."""
    from xlcfg.checks.file import unread

    found = unread(source)
    if found is not None and all(one.toolstack == "xl" for one in linter.read_guests(source)):
        raise UsageError(f"{safe(source.path)}: {found.message}")


def _settings(source: Source, linter: Linter) -> int:
    from xlcfg.model.guest import Guest
    from xlcfg.report import parse
    from xlcfg.source.kinds import CPUPOOL, GUEST
    from xlcfg.syntax.guest import read_guest

    if source.kind == GUEST:
        from xlcfg.rules import family
        from xlcfg.rules.syntax import texts

        read = linter.read_guests(source)
        problems = [p for guest in read for p in guest.document.problems]
        unreadable = [texts(p)[0] for p in problems if family(p.code) == "inputs"]
        if unreadable or not read:
            problem = unreadable[0] if unreadable else "this is no guest config that xlcfg can read"
            raise UsageError(f"{safe(source.path)}: {safe(problem)}")
        sys.stdout.write(json_text(parse.guests([(guest, _refusals(guest)) for guest in read])))
    else:
        read = [Guest(source, read_guest(source.text), linter.target)]
        write = parse.cpupool if source.kind == CPUPOOL else parse.xl_conf
        sys.stdout.write(json_text(write(read[0], _refusals(read[0]))))
    return EXIT_FINDINGS if any(guest.document.refused for guest in read) else EXIT_CLEAN


def _refusals(guest: Guest) -> Report:
    from xlcfg.checks.guest import refusals

    report = Report(guest.source)
    report.diagnostics.extend(refusals(guest.document))
    report.sort()
    return report


def _boot(source: Source, linter: Linter) -> None:
    from xlcfg.checks.host import about_line
    from xlcfg.model.boot import read_boot_line
    from xlcfg.report import parse
    from xlcfg.source.kinds import boot_lines

    found = []
    target = linter.target
    for line in boot_lines(source, source.kind, linter.target.board):
        target, version = about_line(linter.target, line)
        extra = linter.boot_parameters(target)
        read = read_boot_line(line.text, version or target.release, target.arch, extra=extra)
        found.append((line, read))
    # of a log of several releases, the last one is named
    sys.stdout.write(json_text(parse.boot(source, source.kind, found, target)))
