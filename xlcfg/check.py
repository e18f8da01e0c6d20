"""One run: read every input, ask the rules, resolve the policy, gather what was found."""

from __future__ import annotations

import os

from xlcfg.diagnostics import ERROR, INFO, SEVERITIES, WARNING, Diagnostic
from xlcfg.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from xlcfg.catalogue import Catalogue
    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.policy import Decision
    from xlcfg.rules.fleet import Claims

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2


class Context:
    """What a run is about: the Xen release line, the architecture, the host's boot line.

    `release` is a line ("4.17") or "unstable"; `arch` one of ARCHITECTURES; `boot` the host's
    parsed boot command line or None; `as_released` asks for what released Xen does rather than
    for what the runstate options would do.
    """

    __slots__ = (
        "_boot_parameters",
        "_catalogue",
        "_rules",
        "arch",
        "as_released",
        "boot",
        "hooks",
        "release",
    )

    def __init__(
        self,
        release: str,
        arch: str,
        hooks: Hooks,
        *,
        boot: Boot | None = None,
        as_released: bool = False,
    ) -> None:
        self.release = release
        self.arch = arch
        self.hooks = hooks
        self.boot = boot
        self.as_released = as_released
        self._rules: list[Any] | None = None
        self._catalogue: Catalogue | None = None
        self._boot_parameters: dict[str, Any] | None = None

    def settings(self) -> tuple[Any, ...] | None:
        """Everything that findings depend on besides the input; None when that cannot be said."""
        out: list[Any] = [self.boot.source.data if self.boot is not None else None]
        for name in self.__slots__:
            if name[0] == "_" or name in ("hooks", "boot"):
                continue
            value = getattr(self, name)
            if isinstance(value, (set, frozenset)):
                value = sorted(value)
            if not _plain(value):
                return None
            out.append((name, value))
        return tuple(out)

    @property
    def catalogue(self) -> Catalogue:
        """Xen's guest keys and the contributed ones."""
        if self._catalogue is None:
            from xlcfg.catalogue import Catalogue, GuestOption

            self._catalogue = Catalogue(guest=self._contributed(GuestOption))
        return self._catalogue

    def boot_parameters(self) -> dict[str, Any]:
        """The contributed boot parameters by name."""
        if self._boot_parameters is None:
            from xlcfg.catalogue import BootParameter

            self._boot_parameters = {p.name: p for p in self._contributed(BootParameter)}
        return self._boot_parameters

    def _contributed(self, kind: type) -> list[Any]:
        """The contributed options of one kind; one that clashes with Xen's own is refused."""
        from xlcfg.catalogue import BootParameter, Catalogue, GuestOption

        options = []
        for answer in reversed(self.hooks.all("xlcfg_options", context=self)):
            for option in answer:
                if not isinstance(option, kind):
                    continue
                if self.hooks.plugin_of(option) != "xlcfg":
                    try:
                        if isinstance(option, GuestOption):
                            Catalogue(guest=[option])
                        elif isinstance(option, BootParameter):
                            Catalogue(boot=[option])
                    except ValueError as error:
                        self.hooks.fail(option, "xlcfg_options", str(error))
                        continue
                options.append(option)
        return options

    def rules(self) -> list[Any]:
        """Every rule, built-in or a plugin's; a plugin's rule with a taken code is refused."""
        if self._rules is None:
            rules: dict[str, Any] = {}
            # Asked last first: built-ins come at the end of the answers but have the right of way.
            for answer in reversed(self.hooks.all("xlcfg_rules")):
                for rule in answer:
                    if rules.setdefault(rule.CODE, rule) is not rule:
                        self.hooks.fail(
                            rule, "xlcfg_rules", f"the code {rule.CODE} is already taken"
                        )
            self._rules = [rules[code] for code in sorted(rules)]
        return self._rules


def _plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_plain, value))
    return value is None or isinstance(value, (str, bytes, int))


ARCHITECTURES = ("x86_64", "x86_32", "arm64", "arm32")


class Report:
    """The findings of one input. `policy` and `replay` are there where they were asked for.

    `guest` is kept in runs of few files only. `claims` is what the check across files needs.
    """

    __slots__ = ("claims", "diagnostics", "guest", "policy", "replay", "source", "unreadable")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.guest: Guest | None = None
        self.claims: Claims | None = None
        self.policy: Decision | None = None
        self.replay: Any = None
        self.unreadable = False

    def sort(self) -> None:
        """Order by place, then severity, then code: the same input always reads the same."""
        self.diagnostics.sort(
            key=lambda d: (
                -1 if d.start is None else d.start,
                SEVERITIES.index(d.severity),
                d.code,
                d.message,
            )
        )


class Result:
    """A finished run: one report per input, in the order of the command line."""

    __slots__ = ("context", "reports")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.reports: list[Report] = []

    def count(self, severity: str) -> int:
        """How many findings of that severity there are."""
        return sum(d.severity == severity for r in self.reports for d in r.diagnostics)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings of severity error or warning, 2 an input could not be read."""
        if any(report.unreadable for report in self.reports):
            return EXIT_USAGE
        if self.count(ERROR) or self.count(WARNING):
            return EXIT_FINDINGS
        return EXIT_CLEAN


def check_source(source: Source, context: Context) -> Report:
    """Check one guest config that has been read."""
    report = Report(source)
    guest: Guest | None = context.hooks.first("xlcfg_read_config", source=source, context=context)
    if guest is None:
        report.diagnostics.append(
            Diagnostic("IO003", ERROR, "this is no guest config that xlcfg can read")
        )
        report.unreadable = True
        return report
    report.guest = guest
    report.diagnostics.extend(findings(guest, context))
    from xlcfg.policy import decide

    report.policy = decide(guest, context)
    report.sort()
    return report


def findings(guest: Guest, context: Context) -> Iterator[Diagnostic]:
    """What the reader and every rule say about one guest."""
    for problem in guest.document.problems:
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
        )
    for rule in context.rules():
        yield from rule.check(guest)


#: Up to so many files are checked one after the other without a look at the cache: a process more,
#: or the modules that a cache needs, cost more than they save.
FEW = 24


def check_paths(
    paths: Iterable[str],
    context: Context,
    *,
    sniff: bool = False,
    jobs: int = 0,
    cache: bool = False,
    cache_dir: str | None = None,
    shard: tuple[int, int] | None = None,
) -> Result:
    """Check every path: files, directories (searched for guest configs), `-` for stdin.

    `sniff` leaves out files given by name that do not look like guest configs. `jobs` is the number
    of processes, 0 for as many as pay. `cache` lets long runs use the cache, in `cache_dir` if one
    is named. `shard` (k, n) takes the k-th part of n of the files.
    """
    from xlcfg.source.files import expand

    result = Result(context)
    items = iter(expand(paths, sniff=sniff, shard=shard))
    first: list[Any] = []
    for item in items:
        first.append(item)
        if len(first) > (FEW if jobs < 2 else 1):
            _check_many(result, first, items, jobs, cache, cache_dir)
            break
    else:
        for item in first:
            result.reports.append(_check_item(item, context))
    _check_fleet(result)
    plugin_failures(result)
    return result


def _check_item(item: Any, context: Context) -> Report:
    if isinstance(item, Source):
        return check_source(item, context)
    report = Report(Source(item.path, b""))
    report.unreadable = True
    report.diagnostics.append(Diagnostic(item.code, ERROR, item.message, help=item.help))
    return report


def _check_many(
    result: Result,
    first: list[Any],
    items: Iterator[Any],
    jobs: int,
    cache: bool,
    cache_dir: str | None,
) -> None:
    from xlcfg.pool import check_many, cpus

    known = None
    if cache and len(first) > FEW:
        from xlcfg.cache import open_cache

        known = open_cache(result.context, cache_dir)

    def every() -> Iterator[Any]:
        yield from first
        yield from items

    result.reports.extend(check_many(every(), result.context, jobs or cpus(), known))


def _check_fleet(result: Result) -> None:
    """What the guests of one folder take from each other; a file is looked at once."""
    folders: dict[str, list[Report]] = {}
    seen: set[str] = set()
    several = len(result.reports) > 1
    for report in result.reports:
        refused = report.guest is None or report.guest.document.refused
        if not several or (refused and report.claims is None):
            continue
        path = os.path.realpath(report.source.path)
        if path not in seen:
            # /etc/xen/auto is full of links to the files beside it
            seen.add(path)
            folders.setdefault(os.path.dirname(path), []).append(report)
    for reports in folders.values():
        if len(reports) < 2:
            continue
        from xlcfg.rules.fleet import claims, compare

        for report in reports:
            if report.claims is None and report.guest is not None:
                report.claims = claims(report.guest)
        touched = set()
        members = [(report.source, report.claims or {}) for report in reports]
        for number, diagnostic in compare(members):
            reports[number].diagnostics.append(diagnostic)
            touched.add(number)
        for number in touched:
            reports[number].sort()


class Boot:
    """A boot command line: where it is from, and its words."""

    __slots__ = ("line", "source")

    def __init__(self, source: Source) -> None:
        from xlcfg.syntax.cmdline import read_cmdline

        self.source = source
        self.line = read_cmdline(source.text)


def read_boot(line: str) -> Boot:
    """The boot command line given as an argument."""
    return Boot(Source("boot line", line.strip("\n").encode("utf-8", "surrogateescape")))


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


__all__ = [
    "ARCHITECTURES",
    "ERROR",
    "EXIT_CLEAN",
    "EXIT_FINDINGS",
    "EXIT_USAGE",
    "INFO",
    "WARNING",
    "Context",
    "Report",
    "Result",
    "check_paths",
    "check_source",
]
