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
    if arguments.settings:
        from xlcfg.checks.report import Result
        from xlcfg.cli.guest_arguments import check_with
        from xlcfg.run import plugin_failures

        result = Result(linter.target)
        result.reports = check_with(arguments, linter)
        plugin_failures(result, linter.hooks)
        return finish_run(result, linter, arguments, given), result, linter
    result = check_items(
        inputs(paths, arguments, linter, part),
        linter,
        jobs=arguments.jobs,
        cache=None if arguments.no_cache else arguments.cache_dir or "",
        part=part,
        engine=given_engine(arguments),
        early=read_by_threads(paths),
    )
    if not (result.reports or given or part or arguments.sniff or arguments.stdin_filename):
        _complain("nothing was checked: every file is excluded (see --verbose), or none is named")
    return finish_run(result, linter, arguments, given), result, linter


def chosen_linter(arguments: Namespace) -> Linter:
    """The linter that the arguments ask for: which findings count, where settings may be found."""
    linter = linter_of(arguments)
    if not arguments.isolated:
        from xlcfg.settings.project import Projects

        linter.projects = Projects(lambda word: linter.codes.prefix(word))
    given = given_options(arguments)
    fixes = arguments.fix or arguments.diff or says(arguments.format, "FIXES")
    codes = [_codes(name, arguments, linter) for name in ("select", "ignore", "extend_select")]
    selection = None
    if any(codes):
        from xlcfg.core.selection import CodeSelection

        selection = CodeSelection(*codes)
    linter.target = linter.target.replace(given=given, fixes=fixes, selection=selection)
    return linter


def _codes(name: str, arguments: Namespace, linter: Linter) -> tuple[str, ...]:
    """The codes that an option names, as `CodeSelection` has them. UsageError for no such."""
    words = [word for text in getattr(arguments, name) for word in text.split(",") if word.strip()]
    if not words:
        return ()
    from xlcfg.checks.codes import UnknownCodeError

    try:
        return linter.codes.prefixes(words)
    except UnknownCodeError as error:
        raise UsageError(f"--{name.replace('_', '-')}: {error}") from None


def finish_run(result: Result, linter: Linter, arguments: Namespace, given: bool) -> int:
    """Add what is asked for beside the inputs (`given`: the boot line), then `finish`."""
    before = len(result.reports)
    if given:
        from xlcfg.run import check_boot

        result.reports.append(check_boot(linter.about(result.target)))
    if arguments.running is not None and not arguments.settings:
        from xlcfg.cli.running import hold_against_running

        hold_against_running(result.reports, arguments)
    if arguments.trace is not None:
        from xlcfg.traces.replaying import attach

        attach(result, arguments.trace, linter)
    for report in result.reports[before:]:
        from xlcfg.checks.suppressions import choose

        choose(report, linter.target.selection)
    if arguments.verbose:
        _tell_where_plugins_failed(linter)
    return finish(result, linter, arguments)


def _tell_where_plugins_failed(linter: Linter) -> None:
    """Print the tracebacks of plugins on standard error."""
    from xlcfg.core.screen import safe

    for failure in linter.hooks.failures:
        print(f"xlcfg: plugin {safe(failure.plugin)} in {safe(failure.hook)}:", file=sys.stderr)
        for line in failure.traceback.splitlines():
            print(f"  {safe(line)}", file=sys.stderr)


def finish(result: Result, linter: Linter, arguments: Namespace) -> int:
    """Leave out what a baseline knows, render, print; the exit code."""
    _refuse_overwriting(result, arguments)
    if arguments.write_baseline is not None:
        from xlcfg.report.baseline import BaselineError, write

        try:
            count = write(result, arguments.write_baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        _complain(f"{_findings(count)} in {arguments.write_baseline}")
        if arguments.output is not None:
            _show(result, linter, arguments)
        return report_unreadable(result)
    if arguments.baseline is not None:
        from xlcfg.report.baseline import BaselineError, leave_out

        try:
            hidden, fixed, codes = leave_out(result, arguments.baseline)
        except BaselineError as error:
            raise UsageError(str(error)) from None
        for unknown in linter.codes.unknown(codes):
            from xlcfg.core.screen import safe

            print(f"xlcfg: {safe(arguments.baseline)}: {unknown}", file=sys.stderr)
        if fixed:
            are = "is" if fixed == 1 else "are"
            _complain(
                f"{_findings(fixed)} of {arguments.baseline} {are} fixed by now; "
                "--write-baseline forgets what is gone"
            )
        _complain(f"{arguments.baseline} hides {_findings(hidden)}")
    result.fail_level = _fail_level(result, linter, arguments)
    code = _show(result, linter, arguments)
    return EXIT_CLEAN if arguments.exit_zero and code != EXIT_USAGE else code


def _refuse_overwriting(result: Result, arguments: Namespace) -> None:
    """UsageError where a file to be written is one of the inputs, or is to be written twice."""
    written = {"--output": arguments.output, "--write-baseline": arguments.write_baseline}
    targets = {option: os.path.realpath(path) for option, path in written.items() if path}
    if not targets:
        return
    both = next(iter(targets.values()))
    if set(targets.values()) == {both} and len(targets) > 1 and not both.startswith("/dev/"):
        raise UsageError("--output and --write-baseline name the same file")
    origins = {report.source.origin for report in result.reports if report.source.origin}
    names = {os.path.basename(target) for target in targets.values()}
    read = {
        os.path.realpath(one)
        for one in origins
        if os.path.basename(one) in names or os.path.islink(one)
    }
    for option, target in targets.items():
        if target in read:
            raise UsageError(f"{option}: {written[option]} is one of the files that were checked")


def _show(result: Result, linter: Linter, arguments: Namespace) -> int:
    """Print the result as the options say; its exit code."""
    result.quiet = arguments.quiet
    result.show_policy = arguments.show_policy or arguments.as_released or arguments.as_proposed
    result.statistics = arguments.statistics
    result.color = _color(arguments)
    form = arguments.format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    return print_result(result, linter, form, arguments.output)


def _complain(message: str) -> None:
    from xlcfg.cli.usage_errors import complain

    complain(message)


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
            project = projects.above(report.source.file)
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
