"""`xlcfg check` with `--fix` or `--diff`: applies fixes, or shows what they would change."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

from xlcfg.checks.linter import Linter
from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, Result
from xlcfg.cli.arguments import input_filter, inputs, parse_shard, read_stdin
from xlcfg.cli.errors import UsageError
from xlcfg.cli.run_once import chosen_linter, finish_run, report_unreadable
from xlcfg.core.source import Source
from xlcfg.fix import fix_report
from xlcfg.fix.files import Output, write_out
from xlcfg.run import check_items
from xlcfg.source.paths import STDIN, display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.report import Report


def run_fixes(arguments: Namespace, paths: list[str]) -> tuple[int, Result, Linter]:
    """Run `check` with fixes; its exit code, and the last state of what it is about.

    `--diff`: 1 when something would change. `--fix`: that of a check of the fixed files, or 2
    when one could not be written.
    """
    _validate(arguments, paths)
    linter = chosen_linter(arguments)
    given = linter.target.boot is not None
    stdin = display(arguments.stdin_filename or STDIN)
    output = Output(diff=arguments.diff, stdin=stdin)
    if paths == ["-"]:
        item = read_stdin(arguments)
        wanted = input_filter(arguments, linter)
        if isinstance(item, Source) and wanted is not None and not wanted(item):
            # What is left out goes through as it is: whoever asked puts it back into its file.
            if not arguments.diff:
                write_out(item.data)
            return EXIT_CLEAN, Result(linter.target), linter
        result = check_items(iter([item]), linter)
    else:
        result = _check(paths, arguments, linter)
    reports = [_fix(report, linter, arguments, output) for report in result.reports]
    _summarise(output, reports, arguments)
    if arguments.diff:
        return _after_diff(result, output), result, linter
    if paths == ["-"]:
        # Its text is on standard output, so what is left to say goes elsewhere.
        result.reports = reports
        with redirect_stdout(sys.stderr):
            code = finish_run(result, linter, arguments, given)
    else:
        if output.changed:
            linter = chosen_linter(arguments)
            result = _check(paths, arguments, linter)
        code = finish_run(result, linter, arguments, given)
    return EXIT_USAGE if output.failed else code, result, linter


def _check(paths: list[str], arguments: Namespace, linter: Linter) -> Result:
    part = parse_shard(arguments)
    return check_items(inputs(paths, arguments, linter, part), linter, part=part)


def _validate(arguments: Namespace, paths: list[str]) -> None:
    if not (arguments.fix or arguments.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if "-" in paths and len(paths) > 1:
        raise UsageError("with --fix or --diff, - (standard input) goes alone")
    about_findings = {
        "--format": arguments.format not in (None, "text"),
        "--output": arguments.output is not None,
        "--statistics": arguments.statistics,
        "--write-baseline": arguments.write_baseline is not None,
    }
    useless = next((name for name, given in about_findings.items() if given), "")
    if arguments.diff and useless:
        raise UsageError(f"--diff shows changes and no findings: {useless} goes with none")
    refuse_urls(paths, "--fix" if arguments.fix else "--diff")
    if arguments.engine is not None:
        raise UsageError("--engine goes with no --fix or --diff: files are fixed where they are")


def refuse_urls(paths: list[str], what: str) -> None:
    """UsageError when a path is a URL, which nothing is written to."""
    from xlcfg.core.screen import safe
    from xlcfg.source.paths import display, is_url

    for path in paths:
        if is_url(path):
            raise UsageError(f"{what} writes local files only, not {safe(display(path))}")


def _fix(report: Report, linter: Linter, arguments: Namespace, output: Output) -> Report:
    own = linter.target_for(report.source.file)
    fixed = fix_report(report, linter.about(own), unsafe=arguments.unsafe_fixes)
    through = not report.source.origin and report.source.path == output.stdin
    if fixed.fixes or (through and not report.unreadable):
        if output.put(report.source, fixed.report.source.data, fixed.fixes):
            return fixed.report
    return report


def _summarise(output: Output, reports: list[Report], arguments: Namespace) -> None:
    """One line on standard error: what was done, and what --unsafe-fixes would do."""
    parts = []
    if output.fixes:
        verb = "would apply" if arguments.diff else "applied"
        fixes = "1 fix" if output.fixes == 1 else f"{output.fixes} fixes"
        files = "1 file" if output.changed == 1 else f"{output.changed} files"
        parts.append(f"{verb} {fixes} in {files}")
    if not arguments.unsafe_fixes:
        left = sum(d.fix is not None and not d.fix.safe for r in reports for d in r.diagnostics)
        if left:
            more = f"{left} more" if parts else "1 fix" if left == 1 else f"{left} fixes"
            parts.append(f"{more} with --unsafe-fixes")
    if parts:
        print(f"xlcfg: {'; '.join(parts)}", file=sys.stderr)


def _after_diff(result: Result, output: Output) -> int:
    if report_unreadable(result):
        return EXIT_USAGE
    return EXIT_FINDINGS if output.changed else EXIT_CLEAN
