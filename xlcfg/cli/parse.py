"""`xlcfg parse` shows what the toolstack or the hypervisor reads in a file."""

from __future__ import annotations

import sys

from xlcfg.check import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, Report
from xlcfg.cli.common import context_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.check import Context
    from xlcfg.source import Source


def run(arguments: Namespace) -> int:
    """Run the command; its exit code, 1 when the parser of the toolstack refuses the file."""
    from xlcfg.report.screen import safe
    from xlcfg.source.files import GUEST, XL_CONF, Unreadable, read_named

    context = context_of(arguments)
    source = read_named(arguments.file, arguments.kind or "")
    if isinstance(source, Unreadable):
        print(f"xlcfg: {safe(source.path)}: {source.message}", file=sys.stderr)
        return EXIT_USAGE
    source.kind = source.kind or GUEST
    if source.kind in (GUEST, XL_CONF):
        return _settings(source, context)
    _boot(source, context)
    return EXIT_CLEAN


def _settings(source: Source, context: Context) -> int:
    from xlcfg.check import refusals
    from xlcfg.model.guest import Guest
    from xlcfg.report import parse
    from xlcfg.source.files import GUEST
    from xlcfg.syntax.guest import read_guest

    if source.kind == GUEST:
        read = context.hooks.first("xlcfg_read_config", source=source, context=context)
    else:
        read = Guest(source, read_guest(source.text), context)
    report = Report(source)
    report.diagnostics.extend(refusals(read.document))
    report.sort()
    render = parse.guest if source.kind == GUEST else parse.xl_conf
    sys.stdout.write(render(read, report))
    return EXIT_FINDINGS if read.document.refused else EXIT_CLEAN


def _boot(source: Source, context: Context) -> None:
    from xlcfg.hostfiles import boot_lines
    from xlcfg.model.cmdline import read_boot_line
    from xlcfg.report import parse

    extra = context.boot_parameters()
    found = [
        (line, read_boot_line(line.text, context.release, context.on(line.arch).arch, extra=extra))
        for line in boot_lines(source, source.kind)
    ]
    sys.stdout.write(parse.boot(source, source.kind, found, context))
