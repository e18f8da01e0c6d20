"""`xlcfg check` with `--fix` or `--diff`: applies fixes, or shows what they would change."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout

from xlcfg.checking import check_boot, check_paths
from xlcfg.cli import UsageError
from xlcfg.cli.choosing import choose, excluder, finish
from xlcfg.cli.common import context_of
from xlcfg.context import Context
from xlcfg.fix import fix_report
from xlcfg.fix.files import STDIN, Output
from xlcfg.result import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.result import Report, Result


def run_fixes(arguments: Namespace) -> int:
    """Run `check` with fixes; its exit code.

    `--diff`: 1 when something would change. `--fix`: that of a check of the mended files, or 2
    when one could not be written.
    """
    _validate(arguments)
    context = _context(arguments)
    given = context.boot is not None
    result = _checked(arguments, context)
    output = Output(diff=arguments.diff)
    reports = [_mend(report, context, arguments, output) for report in result.reports]
    _tell(output, reports, arguments)
    if arguments.diff:
        return _after_diff(result, output)
    if arguments.paths == ["-"]:
        # Its text is on standard output, so what is left to say goes elsewhere.
        result.reports = reports
        with redirect_stdout(sys.stderr):
            code = _report(result, arguments, given)
    else:
        if output.changed:
            context = _context(arguments)
            result = _checked(arguments, context)
        code = _report(result, arguments, given)
    return EXIT_USAGE if output.failed else code


def _context(arguments: Namespace) -> Context:
    context = context_of(arguments)
    choose(arguments, context)
    return context


def _validate(arguments: Namespace) -> None:
    if not (arguments.fix or arguments.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if "-" in arguments.paths and len(arguments.paths) > 1:
        raise UsageError("with --fix or --diff, - (standard input) goes alone")


def _checked(arguments: Namespace, context: Context) -> Result:
    from xlcfg.cli.check import given_paths, shard

    return check_paths(
        given_paths(arguments),
        context,
        sniff=arguments.sniff,
        kind=arguments.kind or "",
        shard=shard(arguments.shard),
        excluded=excluder(arguments, context),
    )


def _mend(report: Report, context: Context, arguments: Namespace, output: Output) -> Report:
    fixed = fix_report(report, context, unsafe=arguments.unsafe_fixes)
    if fixed.fixes or (report.source.path == STDIN and not report.unreadable):
        if output.put(report.source, fixed.report.source.data, fixed.fixes):
            return fixed.report
    return report


def _tell(output: Output, reports: list[Report], arguments: Namespace) -> None:
    """One line on standard error: what was done, and what --unsafe-fixes would do."""
    said = []
    if output.fixes:
        verb = "would apply" if arguments.diff else "applied"
        fixes = "1 fix" if output.fixes == 1 else f"{output.fixes} fixes"
        files = "1 file" if output.changed == 1 else f"{output.changed} files"
        said.append(f"{verb} {fixes} in {files}")
    if not arguments.unsafe_fixes:
        left = sum(d.fix is not None and not d.fix.safe for r in reports for d in r.diagnostics)
        if left:
            more = f"{left} more" if said else "1 fix" if left == 1 else f"{left} fixes"
            said.append(f"{more} with --unsafe-fixes")
    if said:
        print(f"xlcfg: {'; '.join(said)}", file=sys.stderr)


def _after_diff(result: Result, output: Output) -> int:
    from xlcfg.report.text import finding

    unreadable = [report for report in result.reports if report.unreadable]
    for report in unreadable:
        for diagnostic in report.diagnostics:
            print("\n".join(finding(report.source, diagnostic)), file=sys.stderr)
    if unreadable:
        return EXIT_USAGE
    return EXIT_FINDINGS if output.changed else EXIT_CLEAN


def _report(result: Result, arguments: Namespace, given: bool) -> int:
    if given:
        result.reports.append(check_boot(result.context))
    if arguments.trace is not None:
        from xlcfg.replaying import attach

        attach(result, arguments.trace)
    return finish(result, arguments)
