"""What each command does: builds a context, calls the road, prints. One function per command."""

from __future__ import annotations

import sys

from xlcfg.check import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, Context
from xlcfg.hooks import Hooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.check import Result


class UsageError(Exception):
    """Something on the command line that argparse could not see is wrong."""


def _fail(message: str) -> int:
    print(f"xlcfg: {message}", file=sys.stderr)
    return EXIT_USAGE


def _context(arguments: Namespace) -> Context:
    """The context a run is about; UsageError when there is no such release."""
    from xlcfg.catalogue import UnknownReleaseError, newest_release, parse_release

    try:
        named = getattr(arguments, "xen", None)
        release = parse_release(named) if named else newest_release()
    except UnknownReleaseError as error:
        raise UsageError(f"--xen: {error}") from None
    context = Context(
        release,
        getattr(arguments, "arch", "x86_64"),
        Hooks(plugins=not arguments.no_plugins),
        as_released=getattr(arguments, "as_released", False),
    )
    line = getattr(arguments, "cmdline", None)
    if line is not None:
        from xlcfg.check import read_boot

        context.boot = read_boot(line)
    return context


def _print(result: Result, name: str) -> int:
    """Render and print a result; its exit code, or 2 when nobody renders that format."""
    hooks = result.context.hooks
    text = hooks.first("xlcfg_report", result=result, format=name)
    if text is None:
        known = sorted({f for answer in hooks.all("xlcfg_formats") for f in answer})
        return _fail(f"--format: there is no {name!r}; choose from {', '.join(known)}")
    sys.stdout.write(text)
    return result.exit_code


def check(arguments: Namespace) -> int:
    """`xlcfg check`."""
    from xlcfg.check import check_boot, check_paths

    try:
        context = _context(arguments)
    except UsageError as error:
        return _fail(str(error))
    result = check_paths(arguments.paths, context, sniff=arguments.sniff)
    if context.boot is not None:
        result.reports.append(check_boot(context))
    if arguments.trace is not None:
        from xlcfg.replay import attach

        attach(result, arguments.trace)
    return _print(result, arguments.format)


def cmdline(arguments: Namespace) -> int:
    """`xlcfg cmdline`."""
    from xlcfg.check import Result, check_boot, plugin_failures, read_boot

    try:
        context = _context(arguments)
    except UsageError as error:
        return _fail(str(error))
    context.boot = read_boot(arguments.line)
    result = Result(context)
    result.reports.append(check_boot(context))
    plugin_failures(result)
    return _print(result, arguments.format)


def policy(arguments: Namespace) -> int:
    """`xlcfg policy`."""
    from xlcfg.check import Report, Result, check_paths
    from xlcfg.policy import decide
    from xlcfg.source import Source

    try:
        context = _context(arguments)
    except UsageError as error:
        return _fail(str(error))
    if arguments.path is not None:
        result = check_paths([arguments.path], context)
    else:
        result = Result(context)
        report = Report(Source(f"any guest on {context.arch}", b""))
        report.policy = decide(None, context)
        result.reports.append(report)
    if arguments.format == "json":
        return _print(result, "json")
    if arguments.format != "text":
        return _fail(f"--format: there is no {arguments.format!r}; choose from json, text")
    from xlcfg.report.policy import render

    sys.stdout.write(render(result))
    return result.exit_code if any(r.unreadable for r in result.reports) else EXIT_CLEAN


def replay(arguments: Namespace) -> int:
    """`xlcfg replay`. With `--verify` the exit code is about the comparison alone."""
    from xlcfg.check import Result, plugin_failures
    from xlcfg.replay import replay_report

    if arguments.compare and (arguments.verify or arguments.policy != "auto"):
        return _fail("--compare replays under both policies; it goes with no --policy or --verify")
    if arguments.html is not None and (arguments.compare or len(arguments.traces) != 1):
        return _fail("--html draws one trace under one policy")
    context = _context(arguments)
    result = Result(context)
    for path in arguments.traces:
        result.reports.append(
            replay_report(
                path,
                context,
                arguments.policy,
                verify=arguments.verify,
                both=arguments.compare,
                page=arguments.html,
            )
        )
    plugin_failures(result)
    code = _print(result, arguments.format)
    if not arguments.verify or code == EXIT_USAGE:
        return code
    checks = [r.replay.outcome.verification for r in result.reports if r.replay is not None]
    return EXIT_CLEAN if all(check.ok for check in checks) else EXIT_FINDINGS


def convert(arguments: Namespace) -> int:
    """`xlcfg convert`: 0 all survived, 1 something is lost, 2 nothing could be converted."""
    from xlcfg.check import read_guests
    from xlcfg.convert import loss_lines, to_json
    from xlcfg.report.screen import safe
    from xlcfg.source import Source
    from xlcfg.source.files import expand

    if arguments.format not in ("text", "json"):
        return _fail(f"--format: there is no {arguments.format!r}; choose from json, text")
    try:
        context = _context(arguments)
    except UsageError as error:
        return _fail(str(error))
    items = list(expand([arguments.path]))
    if len(items) != 1:
        return _fail(f"{arguments.path}: one file at a time")
    item = items[0]
    if not isinstance(item, Source):
        return _fail(safe(f"{item.path}: {item.message}"))
    guests = read_guests(item, context)
    if arguments.guest is not None:
        guests = [guest for guest in guests if guest.name == arguments.guest]
    if len(guests) != 1:
        said = "holds no such guest" if not guests else "holds several guests; name one by --guest"
        return _fail(safe(f"{item.path}: {said}"))
    guest = guests[0]
    if guest.document.refused:
        first = guest.document.problems[0]
        at = item.position(first.start)
        return _fail(safe(f"{item.path}:{at.line}:{at.column}: {first.message}"))
    context.hooks.meet_all()
    conversion = context.hooks.first("xlcfg_convert", guest=guest, to=arguments.to, context=context)
    if conversion is None:
        known = sorted({t for answer in context.hooks.all("xlcfg_targets") for t in answer})
        return _fail(f"--to: nobody writes {arguments.to!r}; choose from {', '.join(known)}")
    if arguments.format == "json":
        import json

        print(json.dumps(to_json(guest, arguments.to, conversion), indent=2))
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(conversion.text.encode("latin-1"))
        for line in loss_lines(guest, conversion.losses):
            print(line, file=sys.stderr)
    return EXIT_FINDINGS if conversion.losses else EXIT_CLEAN


def verdict(arguments: Namespace) -> int:
    """`xlcfg verdict`."""
    from xlcfg.verdict import gather, render

    table = gather(arguments.paths, _context(arguments))
    sys.stdout.write(render(table, arguments.format))
    return table.exit_code


def explain(arguments: Namespace) -> int:
    """`xlcfg explain`."""
    from xlcfg.report.explain import index, page

    if arguments.code.lower() == "all":
        sys.stdout.write(index())
        return EXIT_CLEAN
    text = page(arguments.code)
    if text is None:
        return _fail(f"there is no code {arguments.code!r}; `xlcfg explain all` lists them")
    sys.stdout.write(text)
    return EXIT_CLEAN


def plugins(arguments: Namespace) -> int:
    """`xlcfg plugins`."""
    from xlcfg.report.plugins import render

    hooks = Hooks(plugins=not arguments.no_plugins)
    sys.stdout.write(render(hooks))
    return EXIT_FINDINGS if hooks.failures else EXIT_CLEAN
