"""`xlcfg replay` replays boot traces."""

from __future__ import annotations

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from xlcfg.cli.arguments import (
    add_as_released,
    add_domain,
    add_format,
    add_no_plugins,
    add_release,
    completes,
    given_options,
    linter_of,
    refuse_page_over,
)
from xlcfg.cli.errors import UsageError
from xlcfg.cli.run_once import print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report


DESCRIPTION = (
    "Replays boot traces through the emulator: which runstate updates arrive, are lost, torn, or "
    "land in memory that is something else by now."
)


def add_arguments(sub: ArgumentParser) -> None:
    """Declare the command's arguments."""
    from xlcfg.core.policy import POLICIES

    sub.add_argument("traces", nargs="+", metavar="TRACE", help="a boot trace, or - for stdin")
    sub.add_argument(
        "--policy",
        choices=(*POLICIES, "auto"),
        default="auto",
        help="auto (default): the trace's own, else the resolved one",
    )
    sub.add_argument(
        "--verify", action="store_true", help="hold the recorded results against the prediction"
    )
    sub.add_argument("--compare", action="store_true", help="show both policies side by side")
    model = sub.add_argument(
        "--model", metavar="NAME", help="the hypervisor to emulate (default: as the trace says)"
    )
    completes(model, _models)
    sub.add_argument(
        "--html", metavar="FILE", help="also write a page with a timeline (one trace only)"
    )
    add_domain(sub)
    sub.add_argument(
        "--assume-area",
        action="append",
        default=[],
        metavar="VCPU=VA[@GPA],...",
        help="where the areas are, for a recording that lacks them",
    )
    sub.add_argument("--cmdline", metavar="LINE", help="the host's Xen boot command line")
    add_release(sub)
    add_as_released(sub)
    add_no_plugins(sub)
    add_format(sub)


def run(arguments: Namespace) -> int:
    """Run the command; with `--verify` its exit code is about the comparison alone."""
    from xlcfg.checks.report import Result
    from xlcfg.run import plugin_failures
    from xlcfg.source.paths import Once
    from xlcfg.traces.replaying import replay_report

    if arguments.compare and (arguments.verify or arguments.policy != "auto"):
        raise UsageError(
            "--compare replays under both policies; it goes with no --policy or --verify"
        )
    if arguments.html is not None and len(arguments.traces) != 1:
        raise UsageError("--html draws one trace")
    refuse_page_over(arguments.html, arguments.traces)
    areas = None
    if arguments.assume_area:
        from xlcfg.traces.incomplete import parse_areas

        try:
            areas = parse_areas(arguments.assume_area)
        except ValueError as error:
            raise UsageError(f"--assume-area: {error}") from None
    linter = linter_of(arguments)
    linter.target = linter.target.replace(given=given_options(arguments))
    result = Result(linter.target)
    if arguments.model is not None:
        _check_model(arguments.model, linter)
    for path in filter(Once().is_new, arguments.traces):
        result.reports.append(
            replay_report(
                path,
                linter,
                arguments.policy,
                verify=arguments.verify,
                both=arguments.compare,
                drawn=arguments.html is not None,
                page=None if arguments.compare else arguments.html,
                model=arguments.model,
                domain=arguments.domain,
                areas=areas,
            )
        )
    if arguments.compare and arguments.html is not None:
        _write_page(arguments, result.reports[0])
    plugin_failures(result, linter.hooks)
    code = print_result(result, linter, arguments.format)
    if not arguments.verify or code == EXIT_USAGE:
        return code
    checks = [r.replay.outcome.verification for r in result.reports if r.replay is not None]
    return EXIT_CLEAN if all(check.ok for check in checks) else EXIT_FINDINGS


def _write_page(arguments: Namespace, report: Report) -> None:
    """Write the page of a comparison; that it cannot be written is a finding."""
    from xlcfg.core.diagnostics import ERROR, Diagnostic
    from xlcfg.traces.page import PageError, write_comparison

    if report.replay is None:
        return
    command = ["xlcfg", "replay", "--compare", *arguments.traces]
    for option, value in (("--model", arguments.model), ("--domain", arguments.domain)):
        if value is not None:
            command += [option, str(value)]
    for area in arguments.assume_area:
        command += ["--assume-area", area]
    try:
        write_comparison(arguments.html, report.replay, command)
    except PageError as error:
        report.unreadable = True
        report.diagnostics[:] = [Diagnostic("IO001", ERROR, str(error))]
        report.replay = None


def _models() -> Iterable[str]:
    from xlcfg.emulator.models import known_models

    return known_models()


def _check_model(name: str, linter: Linter) -> None:
    from xlcfg.traces.replaying import models

    known = models(linter)
    if name not in known:
        from xlcfg.cli.usage_errors import no_such

        raise UsageError(no_such("--model", name, sorted(known)))
