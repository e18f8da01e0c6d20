"""What the options of `xlcfg check` about choosing and showing findings do."""

from __future__ import annotations

import os
import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_USAGE
from xlcfg.cli import UsageError
from xlcfg.cli.common import linter_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterator

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result
    from xlcfg.core.source import Source
    from xlcfg.source.files import Shard, Unreadable


def chosen_linter(arguments: Namespace) -> Linter:
    """The linter that the arguments ask for: which findings count, where settings may be found."""
    linter = linter_of(arguments)
    given: tuple[str, ...] = ()
    if not arguments.isolated:
        from xlcfg.settings.project import Projects

        linter.projects = Projects()
        given = given_options(arguments)
    fixes = arguments.format in ("json", "json-lines", "sarif") or arguments.fix or arguments.diff
    codes = [_codes(getattr(arguments, n)) for n in ("select", "ignore", "extend_select")]
    selection = None
    if any(codes):
        from xlcfg.core.selection import CodeSelection

        selection = CodeSelection(*codes)
    linter.target = linter.target.replace(given=given, fixes=fixes, selection=selection)
    return linter


def given_options(arguments: Namespace) -> tuple[str, ...]:
    """Names of what the command line itself says and settings of a project cannot change."""
    return tuple(name for name in ("xen", "arch", "dialect") if getattr(arguments, name, None))


def _codes(given: list[str]) -> tuple[str, ...]:
    codes = tuple(c.strip().upper() for text in given for c in text.split(",") if c.strip())
    if codes:
        from xlcfg.rules._index import CODES

        for code in codes:
            families = (*CODES, "IO", "PL", "RT")
            known = any(c.startswith(code) or code.startswith(c) for c in families)
            if not known and code != "ALL":
                named = next((c for c, (_, name, _) in CODES.items() if name == code.lower()), "")
                if named:
                    raise UsageError(f"findings are chosen by code: {code.lower()} is {named}")
                raise UsageError(f"no code begins with {code!r}; `xlcfg explain all` lists them")
    return tuple("" if code == "ALL" else code for code in codes)


def settle_stdin(arguments: Namespace) -> None:
    """Let `--stdin-filename` stand for `-`. UsageError where it goes with something else."""
    name = arguments.stdin_filename
    if name is None:
        return
    if arguments.paths not in ([], ["-"]) or getattr(arguments, "files_from", None):
        raise UsageError("--stdin-filename goes with - (standard input) alone")
    if not name:
        raise UsageError("--stdin-filename: no file has an empty name")
    arguments.paths = ["-"]


def inputs(
    paths: list[str],
    arguments: Namespace,
    linter: Linter,
    part: Shard | None = None,
) -> Iterator[Source | Unreadable]:
    """What is to be looked at: the paths' files, but for those that the options leave out."""
    from xlcfg.source.files import expand

    wanted = chooser(arguments, linter)
    if arguments.stdin_filename:
        if part is not None and not part.has(arguments.stdin_filename):
            return iter(())
        found = iter([read_stdin(arguments)])
    else:
        kind = getattr(arguments, "kind", None) or ""
        found = expand(paths, sniff=arguments.sniff, kind=kind, shard=part)
    return found if wanted is None else filter(wanted, found)


def read_stdin(arguments: Namespace) -> Source | Unreadable:
    """Standard input, under the name that it is given."""
    from xlcfg.source.files import read_named

    kind = getattr(arguments, "kind", None) or ""
    return read_named("-", kind, arguments.stdin_filename or "")


def chooser(arguments: Namespace, linter: Linter) -> Callable[[Source | Unreadable], bool] | None:
    """What tells whether an input is looked at; None when nothing is left out."""
    only = getattr(arguments, "only", None)
    sniffed = arguments.sniff and arguments.paths == ["-"]
    excluded = excluder(arguments, linter)
    if excluded is None and not only and not sniffed:
        return None
    from xlcfg.core.source import Source

    def wanted(item: Source | Unreadable) -> bool:
        if excluded is not None and excluded(item.path):
            return False
        if not isinstance(item, Source):
            return True
        return (item.kind != "" or not sniffed) and (not only or _is(item, only))

    return wanted


def _is(source: Source, only: str) -> bool:
    """Whether a source is what `--only` names. Most boot loaders' files are not about Xen."""
    from xlcfg.source.files import BOOT_KINDS, GUEST, XL_CONF

    if only == "guests":
        return source.kind == GUEST
    if source.kind in BOOT_KINDS:
        from xlcfg.checks.host import boot_lines

        return bool(boot_lines(source, source.kind))
    return source.kind == XL_CONF


def excluder(arguments: Namespace, linter: Linter) -> Callable[[str], bool] | None:
    """What tells by its path whether a file is left out; None when nothing can be."""
    from xlcfg.settings.project import Project

    projects = linter.projects
    try:
        here = os.getcwd()
    except OSError:  # the folder is gone; only absolute paths mean anything now
        here = os.sep
    own = Project(os.path.join(here, "-"), {"exclude": arguments.exclude})
    name = arguments.stdin_filename
    named = set() if arguments.force_exclude else {name, *arguments.paths}
    if not arguments.exclude and projects is None:
        return None

    def excluded(path: str) -> bool:
        if path in named or (path == "<stdin>" and not name):
            return False
        project = projects.above(path) if projects is not None else None
        return own.excludes(path) or (project is not None and project.excludes(path))

    return excluded


def conclude(result: Result, linter: Linter, arguments: Namespace, given: bool) -> int:
    """Add what is asked for beside the inputs (`given`: the boot line), then `finish`."""
    if given:
        from xlcfg.run import check_boot

        result.reports.append(check_boot(linter.about(result.target)))
    if arguments.trace is not None:
        from xlcfg.traces.replaying import attach

        attach(result, arguments.trace, linter)
    return finish(result, linter, arguments)


def finish(result: Result, linter: Linter, arguments: Namespace) -> int:
    """Leave out what a baseline knows, render, print; the exit code."""
    if arguments.write_baseline is not None:
        from xlcfg.settings.baseline import BaselineError, write

        try:
            count = write(result, arguments.write_baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        findings = "1 finding" if count == 1 else f"{count} findings"
        print(f"xlcfg: {findings} in {arguments.write_baseline}", file=sys.stderr)
        return tell_unreadable(result)
    if arguments.baseline is not None:
        from xlcfg.settings.baseline import BaselineError, leave_out

        try:
            fixed = leave_out(result, arguments.baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        if fixed:
            findings, are = ("1 finding", "is") if fixed == 1 else (f"{fixed} findings", "are")
            print(
                f"xlcfg: {findings} of {arguments.baseline} {are} fixed by now; "
                "--write-baseline forgets what is gone",
                file=sys.stderr,
            )
    result.fail_level = _fail_level(result, linter, arguments)
    result.quiet = arguments.quiet
    result.statistics = arguments.statistics
    result.color = _color(arguments)
    form = arguments.format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    code = print_result(result, linter, form, arguments.output)
    return EXIT_CLEAN if arguments.exit_zero and code != EXIT_USAGE else code


def tell_unreadable(result: Result) -> int:
    """Say on standard error what could not be read: 2, or 0 where there is nothing to say."""
    from xlcfg.report.text import finding

    unreadable = [report for report in result.reports if report.unreadable]
    for report in unreadable:
        for diagnostic in report.diagnostics:
            print("\n".join(finding(report.source, diagnostic)), file=sys.stderr)
    return EXIT_USAGE if unreadable else EXIT_CLEAN


def _fail_level(result: Result, linter: Linter, arguments: Namespace) -> str:
    if arguments.fail_level:
        return str(arguments.fail_level)
    projects = linter.projects
    if projects is not None:
        for report in result.reports:
            project = projects.above(report.source.path)
            if project is not None and "fail-level" in project.table:
                return str(project.table["fail-level"])
    return result.fail_level


def _color(arguments: Namespace) -> bool:
    if arguments.color != "auto":
        return bool(arguments.color == "always")
    if arguments.output is not None or os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
