"""What each `xlcfg trace` action does; one function per action, which returns the exit code."""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from xlcfg.cli.arguments import (
    add_arch,
    add_as_released,
    add_domain,
    add_format,
    add_no_plugins,
    add_release,
    completes,
    given_options,
    linter_of,
)
from xlcfg.cli.errors import UsageError
from xlcfg.cli.usage_errors import complain
from xlcfg.core.screen import json_text, safe
from xlcfg.emulator import TraceError
from xlcfg.source.paths import display, reason

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.emulator.trace import Reader, Source


def _guarded(
    action: Callable[[Namespace, Linter], int],
) -> Callable[[Namespace, Linter], int]:
    """Say what is wrong with the input, and exit with 2."""

    def run(arguments: Namespace, linter: Linter) -> int:
        try:
            return action(arguments, linter)
        except TraceError as error:
            # what could be printed of the trace comes before what is wrong with it
            sys.stdout.flush()
            _complain(arguments.path, str(error))
            if getattr(error, "help", None):
                print(f"  help: {safe(error.help)}", file=sys.stderr)  # type: ignore[attr-defined]
        except (OSError, EOFError) as error:
            if isinstance(error, OSError) and error.errno in (errno.EPIPE, errno.ENOSPC):
                raise  # that is standard output
            why = reason(error) if isinstance(error, OSError) else str(error)
            _complain(arguments.path, f"cannot be read: {why}")
        return EXIT_USAGE

    return run


def _complain(path: str, message: str) -> None:
    print(f"xlcfg: {safe(display(path))}: {safe(message)}", file=sys.stderr)


def _find(arguments: Namespace, linter: Linter) -> tuple[Any, Source]:
    """What the plugin of the file's kind says, lines of a boot trace (None: it is one already), and
    what holds the trace.
    """
    from xlcfg.traces.replaying import find_lines

    return find_lines(arguments.path, linter, arguments.domain)


def _source(arguments: Namespace, linter: Linter) -> Source:
    """The lines of the trace, or the file that holds them."""
    lines, source = _find(arguments, linter)
    return source if lines is None else lines


def _known_format(arguments: Namespace) -> bool:
    if arguments.format in _FORMATS:
        return True
    from xlcfg.cli.usage_errors import no_such

    text = no_such("--format", arguments.format, sorted(_FORMATS))
    complain(text)
    return False


@_guarded
def info(arguments: Namespace, linter: Linter) -> int:
    """`xlcfg trace info`."""
    from xlcfg.traces.info import of_plugin, of_trace, render

    if not _known_format(arguments):
        return EXIT_USAGE
    answer, source = _find(arguments, linter)
    if hasattr(answer, "info"):
        facts = of_plugin(answer.info())
        if arguments.domain is not None:
            facts["domains"] = [d for d in facts["domains"] if d["domain"] == arguments.domain]
    else:
        facts = of_trace(source if answer is None else answer)
    facts["path"] = "<stdin>" if arguments.path == "-" else display(arguments.path)
    if arguments.format == "json":
        sys.stdout.write(json_text(json.dumps({"version": 1, **facts}, indent=2)) + "\n")
    else:
        sys.stdout.write(render(facts))
    return EXIT_CLEAN


@_guarded
def lint(arguments: Namespace, linter: Linter) -> int:
    """`xlcfg trace lint`."""
    from xlcfg.emulator import lint_trace

    if not _known_format(arguments):
        return EXIT_USAGE
    problems = list(lint_trace(_source(arguments, linter)))
    path = "<stdin>" if arguments.path == "-" else display(arguments.path)
    if arguments.format == "json":
        rows = [
            {"path": path, "line": p.line or None, "severity": p.severity, "message": p.message}
            for p in problems
        ]
        sys.stdout.write(json_text(json.dumps({"version": 1, "problems": rows}, indent=2)) + "\n")
    else:
        for p in problems:
            where = f":{p.line}" if p.line else ""
            print(f"{safe(path)}{where}: {p.severity}: {safe(p.message)}")
        print(f"{len(problems) or 'No'} problem{'s' * (len(problems) != 1)}.")
    return EXIT_FINDINGS if problems else EXIT_CLEAN


@_guarded
def minimise(arguments: Namespace, linter: Linter) -> int:
    """`xlcfg trace minimise`."""
    from xlcfg.emulator import Reader, minimise_trace
    from xlcfg.rules.replay import rules, shows
    from xlcfg.traces.replaying import policy_for

    code = None if arguments.keep == "difference" else arguments.keep.upper()
    if code is not None and code not in rules():
        from xlcfg.core.meant import meant

        known = [*sorted(rules()), "difference"]
        print(
            f"xlcfg: --keep: replays have no finding {code!r}{meant(code, known)}; choose from "
            f"{', '.join(known)}",
            file=sys.stderr,
        )
        return EXIT_USAGE
    with Reader(_source(arguments, linter)) as reader:
        policy = arguments.policy
        if policy == "auto":
            policy, why = policy_for(reader, linter)
            print(f"xlcfg: policy {policy}, {safe(why)}", file=sys.stderr)
        try:
            keep = None if code is None else shows(code)
            verify = code is not None and hasattr(rules()[code], "VERIFIES")
            lines = minimise_trace(reader, policy, keep=keep, verify=verify)
        except TraceError:
            raise
        except ValueError:
            _complain(
                arguments.path,
                f"every recorded result is as predicted under {policy}; --keep CODE keeps a finding"
                if code is None
                else f"does not show {code} under {policy}; --policy chooses another",
            )
            return EXIT_FINDINGS
    _write(line.decode("utf-8", "replace") + "\n" for line in lines)
    return EXIT_CLEAN


@_guarded
def convert(arguments: Namespace, linter: Linter) -> int:
    """`xlcfg trace convert`."""
    from xlcfg.emulator import Reader

    with Reader(_source(arguments, linter)) as reader:
        if arguments.columns:
            return _write_columns(reader)
        head = reader.header_line.decode("utf-8", "replace") + "\n"
        blocks = (block.decode("utf-8", "replace") for block in reader.texts())
        _write(chain((head,), blocks))
    return EXIT_CLEAN


def _write_columns(reader: Reader) -> int:
    from xlcfg.emulator.columns_writer import pack

    if sys.stdout.isatty():
        print("xlcfg: --columns writes no text; send it to a file", file=sys.stderr)
        return EXIT_USAGE
    for piece in pack(reader):
        sys.stdout.buffer.write(piece)
    return EXIT_CLEAN


def generate(arguments: Namespace, linter: Linter) -> int:  # noqa: ARG001
    """`xlcfg trace generate`."""
    from xlcfg.emulator import generate_trace

    if arguments.events < 0:
        raise UsageError(f"--events: {arguments.events} is no number of events")
    try:
        lines = generate_trace(
            arguments.seed,
            arguments.events,
            arch=arguments.arch,
            guest=arguments.guest,
            vcpus=arguments.vcpus,
            policy=arguments.policy,
        )
        _write(line + "\n" for line in lines)
    except ValueError as error:
        complain(error)
        return EXIT_USAGE
    return EXIT_CLEAN


def _write(pieces: Any) -> None:
    for piece in pieces:
        sys.stdout.write(piece)


ACTIONS = {
    "info": info,
    "lint": lint,
    "minimise": minimise,
    "convert": convert,
    "generate": generate,
}


_FORMATS = ("text", "json")


def _findings() -> list[str]:
    from xlcfg.rules.replay import rules

    return [*sorted(rules()), "difference"]


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    from xlcfg.core.policy import POLICIES

    kinds = sub.add_subparsers(dest="action", metavar="ACTION", required=True, prog="xlcfg trace")

    def action(name: str, summary: str, *, file: bool = True) -> ArgumentParser:
        one = kinds.add_parser(
            name,
            help=summary,
            description=f"{summary[:1].upper()}{summary[1:]}.",
            allow_abbrev=False,
            formatter_class=sub.formatter_class,
        )
        if file:
            one.add_argument("path", metavar="FILE", help="a boot trace or another recording")
            add_domain(one)
        add_no_plugins(one)
        return one

    add_format(action("info", "show domains, vCPUs, events, and time in each runstate"), _FORMATS)
    add_format(action("lint", "check the form of a trace and the order of its events"), _FORMATS)
    minimise = action("minimise", "shrink a trace while a finding of its replay stays")
    keep = minimise.add_argument(
        "--keep",
        default="difference",
        metavar="CODE",
        help="the finding to keep, or `difference`: a recorded result that is not predicted",
    )
    completes(keep, _findings)
    minimise.add_argument(
        "--policy",
        choices=(*POLICIES, "auto"),
        default="auto",
        help="auto (default): the trace's own, else the resolved one",
    )
    add_release(minimise)
    add_as_released(minimise)
    convert = action("convert", "write a recording as a boot trace")
    convert.add_argument(
        "--columns", action="store_true", help="in columns, which replay many times as fast"
    )
    generate = action("generate", "write a random boot trace", file=False)
    generate.add_argument("--seed", type=int, default=0, metavar="N", help="default: 0")
    generate.add_argument("--events", type=int, default=1000, metavar="N", help="default: 1000")
    add_arch(generate, "arm64", "arm64")
    generate.add_argument(
        "--guest", choices=("pv", "pvh", "hvm"), default="pvh", help="default: pvh"
    )
    generate.add_argument("--vcpus", type=int, default=2, metavar="N", help="default: 2")
    generate.add_argument("--policy", choices=POLICIES, default="update", help="default: update")


def run(arguments: Namespace) -> int:
    """Run the action; its exit code."""
    linter = linter_of(arguments)
    linter.target = linter.target.replace(given=given_options(arguments))
    return ACTIONS[arguments.action](arguments, linter)
