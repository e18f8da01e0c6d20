"""One run: find every input, have it checked here or by processes, hold guests together."""

from __future__ import annotations

from xlcfg.checks.file import FEW, check_item
from xlcfg.checks.report import Report, Result
from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.core.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.checks.linter import Linter
    from xlcfg.hooks import Hooks
    from xlcfg.source.paths import Unreadable
    from xlcfg.source.shard import Shard


def check_paths(
    paths: Iterable[str],
    linter: Linter,
    *,
    sniff: bool = False,
    kind: str = "",
    excluded: Callable[[str], bool] | None = None,
    jobs: int = 0,
    cache: str | None = None,
    shard: tuple[int, int] | None = None,
    engine: str = "",
) -> Result:
    """Check every path: files, directories (searched for what is known), `-` for stdin.

    `sniff` leaves out files given by name that look like nothing known; `kind` (one of
    `xlcfg.source.kinds.KINDS`) says what the files are, whatever they look like. A boot line found
    beside guests counts for them unless the run has one. `excluded` tells by its path whether
    a file is left out.

    `jobs` is the number of processes, 0 for as many as pay. `cache` is a folder that lets long runs
    remember what they found. `shard` (k, n) takes the k-th part of n of the files. `engine` is the
    URL of what does the work instead of processes of this machine; raises EngineError.
    """
    from xlcfg.source.files import expand, read_by_threads, without_copies
    from xlcfg.source.shard import Shard

    part = None if shard is None else Shard(*shard)
    paths = list(paths)
    more = expand(paths, sniff=sniff, kind=kind, shard=part)
    if excluded is not None:
        more = (item for item in more if not excluded(item.path))
    more = without_copies(more, paths)
    early = read_by_threads(paths)
    return check_items(more, linter, jobs=jobs, cache=cache, part=part, engine=engine, early=early)


def check_items(
    more: Iterator[Source | Unreadable],
    linter: Linter,
    *,
    jobs: int = 0,
    cache: str | None = None,
    part: Shard | None = None,
    engine: str = "",
    early: bool = False,
) -> Result:
    """Check inputs that are found on the way; the rest as `check_paths`.

    `part` is what the inputs are of all there are. `early` says that threads read them: processes
    are to be forked before there are any.
    """
    result = Result(linter.target)
    result.rules = linter.all_rules
    result.shard = part
    if part is not None:
        # A boot line in another part counts for the guests of this one, too.
        part.boots = linter.target.boot is None
    items: list[Source | Unreadable] = []
    many = bool(engine) or (early and jobs != 1)
    for item in () if many else more:
        items.append(item)
        if len(items) > FEW:
            break
    many = many or len(items) > (1 if jobs > 1 else FEW)
    if many:
        from xlcfg.many.results import check_many
        from xlcfg.report.progress import Progress

        progress = Progress("checked", "files")
        result.reports = check_many(
            items, more, linter, jobs, cache, progress, engine=engine, early=early
        )
    else:
        for item in items:
            result.reports.extend(check_item(item, linter))
    _hold_together(result, linter)
    plugin_failures(result, linter.hooks)
    return result


def _hold_together(result: Result, linter: Linter) -> None:
    """What only a whole run can tell: what guests take from each other, whose boot line counts."""
    part = result.shard
    others: list[Report] = []
    if part is not None and part.others:
        others = [r for r in result.reports if r.source.path in part.others]
        result.reports = [r for r in result.reports if r.source.path not in part.others]
    if len(result.reports) > 1:
        from xlcfg.checks.cross_file import check_reports

        check_reports(result.reports)
    if any(report.boots for report in (*result.reports, *others)):
        from xlcfg.checks.boot_choice import settle_boot

        own = result.reports
        if part is not None:
            # of lines that say the same, the first of all parts counts
            result.reports = sorted([*own, *others], key=lambda r: part.place(r.source.path))
        settle_boot(result, linter.hooks)
        result.reports = own


def check_boot(linter: Linter) -> Report:
    """Check the boot command line of the run."""
    target = linter.target
    assert target.boot is not None
    report = Report(target.boot.source)
    from xlcfg.rules.boot import findings as boot_findings

    report.diagnostics.extend(boot_findings(target.boot, target, linter.boot_parameters(target)))
    report.sort()
    return report


def plugin_failures(result: Result, hooks: Hooks) -> None:
    """Turn what plugins did wrong into findings of their own."""
    for failure in hooks.failures:
        report = Report(Source(f"plugin {failure.plugin}", b""))
        report.diagnostics.append(
            Diagnostic(
                "PL001",
                WARNING,
                f"plugin {failure.plugin} failed in {failure.hook}: {failure.error}"
                + (f" ({failure.where})" if failure.where else ""),
                help="the run went on without its answer; --no-plugins leaves plugins out",
            )
        )
        result.reports.append(report)
