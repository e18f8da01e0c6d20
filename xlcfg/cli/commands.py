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
    areas = None
    if arguments.assume_area:
        from xlcfg.partial import parse_areas

        try:
            areas = parse_areas(arguments.assume_area)
        except ValueError as error:
            return _fail(f"--assume-area: {error}")
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
                domain=arguments.domain,
                areas=areas,
            )
        )
    plugin_failures(result)
    code = _print(result, arguments.format)
    if not arguments.verify or code == EXIT_USAGE:
        return code
    checks = [r.replay.outcome.verification for r in result.reports if r.replay is not None]
    return EXIT_CLEAN if all(check.ok for check in checks) else EXIT_FINDINGS


def trace(arguments: Namespace) -> int:
    """`xlcfg trace ACTION`."""
    from xlcfg.cli import trace as actions

    code: int = getattr(actions, arguments.action)(arguments, _context(arguments))
    return code


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
