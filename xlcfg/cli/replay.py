"""`xlcfg replay` replays boot traces."""

from __future__ import annotations

from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE
from xlcfg.cli import UsageError
from xlcfg.cli.common import linter_of, print_result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace

    from xlcfg.checks.linter import Linter


def run(arguments: Namespace) -> int:
    """Run the command; with `--verify` its exit code is about the comparison alone."""
    from xlcfg.checks.report import Result
    from xlcfg.run import plugin_failures
    from xlcfg.traces.replaying import replay_report

    if arguments.compare and (arguments.verify or arguments.policy != "auto"):
        raise UsageError(
            "--compare replays under both policies; it goes with no --policy or --verify"
        )
    if arguments.html is not None and (arguments.compare or len(arguments.traces) != 1):
        raise UsageError("--html draws one trace under one policy")
    areas = None
    if arguments.assume_area:
        from xlcfg.traces.partial import parse_areas

        try:
            areas = parse_areas(arguments.assume_area)
        except ValueError as error:
            raise UsageError(f"--assume-area: {error}") from None
    linter = linter_of(arguments)
    result = Result(linter.target)
    if arguments.model is not None:
        _check_model(arguments.model, linter)
    for path in arguments.traces:
        result.reports.append(
            replay_report(
                path,
                linter,
                arguments.policy,
                verify=arguments.verify,
                both=arguments.compare,
                page=arguments.html,
                model=arguments.model,
                domain=arguments.domain,
                areas=areas,
            )
        )
    plugin_failures(result, linter.hooks)
    code = print_result(result, linter, arguments.format)
    if not arguments.verify or code == EXIT_USAGE:
        return code
    checks = [r.replay.outcome.verification for r in result.reports if r.replay is not None]
    return EXIT_CLEAN if all(check.ok for check in checks) else EXIT_FINDINGS


def _check_model(name: str, linter: Linter) -> None:
    from xlcfg.traces.replaying import models

    known = models(linter)
    if name not in known:
        raise UsageError(f"--model: there is no {name!r}; choose from {', '.join(sorted(known))}")
