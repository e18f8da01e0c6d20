"""One run of `xlcfg check`: from its arguments to what is printed and the exit code."""

from __future__ import annotations

import os
import sys

from xlcfg.checks.report import EXIT_CLEAN, EXIT_USAGE
from xlcfg.cli.arguments import given_engine, given_options, inputs, linter_of
from xlcfg.cli.errors import UsageError
from xlcfg.report import says

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Result
    from xlcfg.source.shard import Shard


def check_once(
    arguments: Namespace, paths: list[str], part: Shard | None
) -> tuple[int, Result, Linter]:
    """Check everything and print what there is to say: the exit code, and what it is about."""
    from xlcfg.run import check_items
    from xlcfg.source.files import read_by_threads

    linter = chosen_linter(arguments)
    given = linter.target.boot is not None
    result = check_items(
        inputs(paths, arguments, linter, part),
        linter,
        jobs=arguments.jobs,
        cache=None if arguments.no_cache else arguments.cache_dir or "",
        part=part,
        engine=given_engine(arguments),
        early=read_by_threads(paths),
    )
    return finish_run(result, linter, arguments, given), result, linter


def chosen_linter(arguments: Namespace) -> Linter:
    """The linter that the arguments ask for: which findings count, where settings may be found."""
    linter = linter_of(arguments)
    given: tuple[str, ...] = ()
    if not arguments.isolated:
        from xlcfg.settings.project import Projects

        linter.projects = Projects()
        given = given_options(arguments)
    fixes = arguments.fix or arguments.diff or says(arguments.format, "FIXES")
    codes = [_codes(getattr(arguments, n)) for n in ("select", "ignore", "extend_select")]
    selection = None
    if any(codes):
        from xlcfg.core.selection import CodeSelection

        selection = CodeSelection(*codes)
    linter.target = linter.target.replace(given=given, fixes=fixes, selection=selection)
    return linter


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
                from xlcfg.cli.usage_errors import meant

                hint = meant(code, CODES)
                raise UsageError(
                    f"no code begins with {code!r}{hint}; `xlcfg explain all` lists them"
                )
    return tuple("" if code == "ALL" else code for code in codes)


def finish_run(result: Result, linter: Linter, arguments: Namespace, given: bool) -> int:
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
        from xlcfg.report.baseline import BaselineError, write

        try:
            count = write(result, arguments.write_baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        print(f"xlcfg: {_findings(count)} in {arguments.write_baseline}", file=sys.stderr)
        if arguments.output is not None:
            _show(result, linter, arguments)
        return report_unreadable(result)
    if arguments.baseline is not None:
        from xlcfg.report.baseline import BaselineError, leave_out

        try:
            hidden, fixed = leave_out(result, arguments.baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        if fixed:
            are = "is" if fixed == 1 else "are"
            print(
                f"xlcfg: {_findings(fixed)} of {arguments.baseline} {are} fixed by now; "
                "--write-baseline forgets what is gone",
                file=sys.stderr,
            )
        print(f"xlcfg: {arguments.baseline} hides {_findings(hidden)}", file=sys.stderr)
    result.fail_level = _fail_level(result, linter, arguments)
    code = _show(result, linter, arguments)
    return EXIT_CLEAN if arguments.exit_zero and code != EXIT_USAGE else code


def _show(result: Result, linter: Linter, arguments: Namespace) -> int:
    """Print the result as the options say; its exit code."""
    result.quiet = arguments.quiet
    result.show_policy = arguments.show_policy or arguments.as_released or arguments.as_proposed
    result.statistics = arguments.statistics
    result.color = _color(arguments)
    form = arguments.format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    return print_result(result, linter, form, arguments.output)


def _findings(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"


def report_unreadable(result: Result) -> int:
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


def print_result(result: Result, linter: Linter, name: str, output: str | None = None) -> int:
    """Render and print a result; its exit code. UsageError when nobody renders that.

    `output` is a file to write to instead of standard output.
    """
    hooks = linter.hooks
    result.rules = linter.all_rules
    text = hooks.first("xlcfg_report", result=result, format=name)
    if text is None:
        known = sorted({f for answer in hooks.all("xlcfg_formats") for f in answer})
        from xlcfg.cli.usage_errors import no_such

        raise UsageError(no_such("--format", name, known))
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            from xlcfg.core.replace import put_file

            put_file(output, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise UsageError(f"--output: {output}: {str(error.strerror).lower()}") from None
    return result.exit_code
