"""One run: read every input, ask the rules, resolve the policy, gather what was found."""

from __future__ import annotations

from xlcfg.context import Context, read_guests
from xlcfg.diagnostics import ERROR, WARNING, Diagnostic
from xlcfg.result import Report, Result, unreadable
from xlcfg.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.model.guest import Guest
    from xlcfg.source.files import Shard, Unreadable
    from xlcfg.syntax.tree import Document


def check_source(source: Source, context: Context) -> Report:
    """Check the guest config in a source, of several the first."""
    return check_guests(source, context)[0]


def check_guests(source: Source, context: Context) -> list[Report]:
    """Check every guest of a source; at least one report."""
    guests = read_guests(source, context)
    if not guests:
        return [unreadable(source, "IO003", "this is no guest config that xlcfg can read")]
    return [_check_guest(guest, guest.name if len(guests) > 1 else "") for guest in guests]


def _check_guest(guest: Guest, part: str) -> Report:
    from xlcfg.policy import decide

    context = guest.context
    report = Report(guest.source)
    if part:
        from xlcfg.convert import readable

        report.part = readable(part)
    report.guest = guest
    report.diagnostics.extend(findings(guest, context))
    # A toolstack that could not make a guest of its file says so with a code of that family.
    report.unreadable = any(p.code.startswith("IO") for p in guest.document.problems)
    if not report.unreadable:
        report.policy = decide(guest, context)
    report.sort()
    return report


def findings(guest: Guest, context: Context) -> Iterator[Diagnostic]:
    """What the reader and every rule say about one guest."""
    yield from refusals(guest.document)
    for rule in context.rules():
        toolstacks = getattr(rule, "TOOLSTACKS", None)
        if toolstacks is None or guest.toolstack in toolstacks:
            yield from rule.check(guest)


def refusals(document: Document) -> Iterator[Diagnostic]:
    """Why the toolstack's parser refuses a file."""
    for problem in document.problems:
        related: tuple[tuple[int, int, str], ...] = ()
        if problem.opened is not None and problem.opened != problem.start:
            related = ((problem.opened, problem.opened + 1, "opened here"),)
        yield Diagnostic(
            problem.code,
            ERROR,
            problem.message,
            start=problem.start,
            end=problem.end,
            help=problem.help,
            related=related,
            fix=problem.fix,
        )


#: Up to so many files are checked one after the other without a look at the cache: more processes,
#: or the modules that a cache needs, would cost more than they save.
FEW = 24


def check_paths(
    paths: Iterable[str],
    context: Context,
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
    `xlcfg.source.files.KINDS`) says what the files are, whatever they look like. A boot line found
    beside guests counts for them unless the context has one. `excluded` tells by its path whether
    a file is left out.

    `jobs` is the number of processes, 0 for as many as pay. `cache` is a folder that lets long runs
    remember what they found. `shard` (k, n) takes the k-th part of n of the files. `engine` is the
    URL of what does the work instead of processes of this machine; raises EngineError.
    """
    from xlcfg.source.files import Shard, expand, read_by_threads

    part = None if shard is None else Shard(*shard)
    paths = list(paths)
    more = expand(paths, sniff=sniff, kind=kind, shard=part)
    if excluded is not None:
        more = (item for item in more if not excluded(item.path))
    early = read_by_threads(paths)
    return check_items(more, context, jobs=jobs, cache=cache, part=part, engine=engine, early=early)


def check_items(
    more: Iterator[Source | Unreadable],
    context: Context,
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
    result = Result(context)
    result.shard = part
    if part is not None:
        # A boot line in another part counts for the guests of this one, too.
        part.boots = context.boot is None
    items: list[Source | Unreadable] = []
    if engine or (early and jobs != 1):
        from xlcfg.many.pool import check_many

        result.reports = check_many([], more, context, jobs, cache, engine=engine, early=early)
        more = iter(())
    for item in more:
        items.append(item)
        if len(items) > (1 if jobs > 1 else FEW):
            from xlcfg.many.pool import check_many

            result.reports = check_many(items, more, context, jobs, cache)
            break
    else:
        for item in items:
            result.reports.extend(check_item(item, context))
    others: list[Report] = []
    if part is not None and part.others:
        others = [r for r in result.reports if r.source.path in part.others]
        result.reports = [r for r in result.reports if r.source.path not in part.others]
    if len(result.reports) > 1:
        from xlcfg.rules.fleet import check_reports

        check_reports(result.reports)
    if any(report.boots for report in (*result.reports, *others)):
        from xlcfg.hostfiles import settle_boot

        own = result.reports
        if part is not None:
            # of lines that say the same, the first of all parts counts
            result.reports = part.ordered(own, others)
        settle_boot(result)
        result.reports = own
    plugin_failures(result)
    return result


def check_item(item: Source | Unreadable, context: Context) -> list[Report]:
    """The reports on an input, or the one on why it cannot be read."""
    if isinstance(item, Source):
        return check_any(item, context)
    return [unreadable(Source(item.path, b""), item.code, item.message, item.help)]


def check_any(source: Source, context: Context) -> list[Report]:
    """Check one input as what its `kind` says, which is guests unless it says otherwise.

    Settings of the project it belongs to hold for it, and what it says itself is to be ignored is.
    """
    context = context.of(source.path)
    reports = _check_kind(source, context)
    if context.choice is not None or b"xlcfg: ignore" in source.data:
        from xlcfg.settings.selection import apply

        for report in reports:
            apply(report, context.choice)
    return reports


def _check_kind(source: Source, context: Context) -> list[Report]:
    """A device tree holds boot lines, and guests where a toolstack finds some in it."""
    if source.kind in ("", "guest"):
        return check_guests(source, context)
    from xlcfg.hostfiles import check_boot_file, check_xl_conf

    if source.kind == "xl.conf":
        return [check_xl_conf(source, context)]
    reports = [check_boot_file(source, source.kind, context)]
    if source.kind in ("dts", "dtb"):
        reports.extend(
            report
            for report in check_guests(source, context)
            if not report.unreadable and report.guest and report.guest.toolstack != "xl"
        )
    return reports


def check_boot(context: Context) -> Report:
    """Check the boot command line of the context."""
    assert context.boot is not None
    report = Report(context.boot.source)
    from xlcfg.rules.boot import findings as boot_findings

    report.diagnostics.extend(boot_findings(context.boot, context))
    report.sort()
    return report


def plugin_failures(result: Result) -> None:
    """Turn what plugins did wrong into findings of their own."""
    for failure in result.context.hooks.failures:
        report = Report(Source(f"plugin {failure.plugin}", b""))
        report.diagnostics.append(
            Diagnostic(
                "PL001",
                WARNING,
                f"plugin {failure.plugin} failed in {failure.hook}: {failure.error}",
                help="the run went on without its answer; --no-plugins leaves plugins out",
            )
        )
        result.reports.append(report)
