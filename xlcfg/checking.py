"""One run: read every input, ask the rules, resolve the policy, gather what was found."""

from __future__ import annotations

from xlcfg.diagnostics import ERROR, INFO, SEVERITIES, WARNING, Diagnostic
from xlcfg.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from xlcfg.catalogue import Catalogue, GuestOption
    from xlcfg.hooks import Hooks
    from xlcfg.model.guest import Guest
    from xlcfg.model.xl import Host
    from xlcfg.policy import Decision
    from xlcfg.project import Projects
    from xlcfg.rules.fleet import Claims
    from xlcfg.selection import Choice
    from xlcfg.source.files import Unreadable
    from xlcfg.syntax.tree import Document

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2


class SettingsError(Exception):
    """Settings that a run cannot go by; the message names where they are and says why."""


class Context:
    """What a run is about: the Xen release line, the architecture, the host's boot line.

    `release` is a line ("4.17") or "unstable"; `arch` one of ARCHITECTURES; `boot` the host's
    parsed boot command line or None; `as_released` asks for what released Xen does rather than
    for what the runstate options would do. `host` is the machine, as far as it is known;
    `dialects` are the downstream versions of xl whose keys count too.
    """

    __slots__ = (
        "_boot_parameters",
        "_catalogue",
        "_rules",
        "arch",
        "as_released",
        "boot",
        "choice",
        "dialects",
        "fixes",
        "given",
        "hooks",
        "host",
        "projects",
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
        host: Host | None = None,
        dialects: tuple[str, ...] = (),
    ) -> None:
        self.release = release
        self.arch = arch
        self.hooks = hooks
        self.boot = boot
        self.as_released = as_released
        self.host = host
        self.dialects = dialects
        #: which findings count; None: all do
        self.choice: Choice | None = None
        #: whether somebody will ask how findings are mended, however they are passed on
        self.fixes = False
        #: names of what the command line itself says, which settings of a project cannot change
        self.given: tuple[str, ...] = ()
        #: where to look for settings of projects; None: nowhere
        self.projects: Projects | None = None
        self._rules: list[Any] | None = None
        self._catalogue: Catalogue | None = None
        self._boot_parameters: dict[str, Any] | None = None

    def on(self, arch: str) -> Context:
        """This context for an input that says itself which architecture it is for.

        Itself for "" or its own architecture; "x86" and "arm" stand for all of that family.
        """
        if not arch or self.arch.startswith(arch):
            return self
        return self.like(
            self.release,
            {"x86": "x86_64", "arm": "arm64"}.get(arch, arch),
            self.dialects,
            self.choice,
        )

    def like(
        self, release: str, arch: str, dialects: tuple[str, ...], choice: Choice | None
    ) -> Context:
        """The same run for another release, architecture, dialects and choice of findings."""
        other = Context(
            release,
            arch,
            self.hooks,
            boot=self.boot,
            as_released=self.as_released,
            host=self.host,
            dialects=dialects,
        )
        other.choice = choice
        other.fixes = self.fixes
        other.given = self.given
        other._rules = self._rules
        return other

    def of(self, path: str) -> Context:
        """This context with the settings of the project that a file belongs to."""
        project = self.projects.above(path) if self.projects is not None else None
        return self if project is None else project.context(path, self)

    def settings(self) -> tuple[Any, ...] | None:
        """Everything that findings depend on besides the input; None when that cannot be said."""
        out: list[Any] = [None if self.boot is None else self.boot.source.data]
        for name in self.__slots__:
            if name[0] != "_" and name not in ("hooks", "boot", "projects"):
                value = getattr(self, name)
                if name == "choice" and value is not None:
                    value = (value.select, value.ignore, value.extend)
                if not _plain(value):
                    return None
                out.append((name, value))
        return tuple(out)

    @property
    def catalogue(self) -> Catalogue:
        """Xen's guest keys, the contributed ones and those of the dialects."""
        if self._catalogue is None:
            from xlcfg.catalogue import Catalogue

            self._catalogue = Catalogue(guest=self._guest_options())
        return self._catalogue

    def everything(self) -> Catalogue:
        """The same with the contributed boot parameters."""
        from xlcfg.catalogue import Catalogue

        return Catalogue(guest=self._guest_options(), boot=self.boot_parameters().values())

    def _guest_options(self) -> list[GuestOption]:
        from xlcfg.catalogue import Catalogue, GuestOption, dialect_options

        options = [o for dialect in self.dialects for o in dialect_options(dialect)]
        return options + self._contributed(GuestOption, lambda o: Catalogue(guest=[o]))

    def boot_parameters(self) -> dict[str, Any]:
        """The contributed boot parameters by name."""
        if self._boot_parameters is None:
            from xlcfg.catalogue import BootParameter, Catalogue

            own = self._contributed(BootParameter, lambda option: Catalogue(boot=[option]))
            self._boot_parameters = {p.name: p for p in own}
        return self._boot_parameters

    def _contributed(self, kind: type, fits: Callable[[Any], object]) -> list[Any]:
        """The contributed options of one kind; one that clashes with Xen's own is refused.

        `fits` raises ValueError for it.
        """
        options = []
        for answer in reversed(self.hooks.all("xlcfg_options", context=self)):
            for option in answer:
                if not isinstance(option, kind):
                    continue
                if self.hooks.plugin_of(option) != "xlcfg":
                    try:
                        fits(option)
                    except ValueError as error:
                        self.hooks.fail(option, "xlcfg_options", str(error))
                        continue
                options.append(option)
        return options

    def meet(self, source: Source) -> None:
        """Let those take part who wait for a source like this one."""
        if self.hooks.meet(source.data):
            self._rules = self._catalogue = self._boot_parameters = None

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
    if isinstance(value, tuple):
        return type(value) is tuple and all(map(_plain, value))
    return value is None or isinstance(value, (str, bytes, int))


ARCHITECTURES = ("x86_64", "x86_32", "arm64", "arm32")


class Report:
    """The findings of one guest, or of an input that is none.

    `policy` and `replay` are there where they were asked for; `part` names the guest where its
    source holds several, and is "" elsewhere. `boots` are the boot lines found in the input;
    `claims` is what the check across files needs to know of a guest.
    """

    __slots__ = (
        "_guest",
        "boots",
        "claims",
        "diagnostics",
        "part",
        "policy",
        "read_again",
        "replay",
        "source",
        "unreadable",
    )

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.boots: list[Boot] = []
        self.claims: Claims | None = None
        self._guest: Guest | None = None
        #: the context to read the guest in when somebody asks: of many files, no guest is kept
        self.read_again: Context | None = None
        self.policy: Decision | None = None
        self.replay: Any = None
        self.part = ""
        self.unreadable = False

    @property
    def title(self) -> str:
        """The path, with the guest's name where the file holds several."""
        return f"{self.source.path} ({self.part})" if self.part else self.source.path

    @property
    def guest(self) -> Guest | None:
        """The guest, None for an input that is none."""
        again = self.read_again
        if again is None:
            return self._guest
        guests = read_guests(self.source, again)
        if not self.part:
            return guests[0] if guests else None
        from xlcfg.convert import readable

        return next((guest for guest in guests if readable(guest.name) == self.part), None)

    @guest.setter
    def guest(self, guest: Guest | None) -> None:
        self._guest = guest

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
    """A finished run: one report per guest, in the order of the command line."""

    __slots__ = ("color", "context", "fail_level", "quiet", "reports", "statistics")

    def __init__(self, context: Context) -> None:
        self.context = context
        #: the mildest severity that makes a run fail; "" for none
        self.fail_level = WARNING
        # how people want it shown; formats for programs do not ask
        self.color = self.quiet = self.statistics = False
        self.reports: list[Report] = []

    def count(self, severity: str) -> int:
        """How many findings of that severity there are."""
        return sum(d.severity == severity for r in self.reports for d in r.diagnostics)

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings of severity error or warning, 2 an input could not be read."""
        if any(report.unreadable for report in self.reports):
            return EXIT_USAGE
        if self.fail_level:
            for severity in SEVERITIES[: SEVERITIES.index(self.fail_level) + 1]:
                if self.count(severity):
                    return EXIT_FINDINGS
        return EXIT_CLEAN


def check_source(source: Source, context: Context) -> Report:
    """Check the guest config in a source, of several the first."""
    return check_guests(source, context)[0]


def read_guests(source: Source, context: Context) -> list[Guest]:
    """The guests of a source, as the first toolstack that knows its kind reads them."""
    context.meet(source)
    answer = context.hooks.first("xlcfg_read_config", source=source, context=context)
    if answer is None:
        return []
    return list(answer) if isinstance(answer, list) else [answer]


def check_guests(source: Source, context: Context) -> list[Report]:
    """Check every guest of a source; at least one report."""
    guests = read_guests(source, context)
    if not guests:
        report = Report(source)
        report.diagnostics.append(
            Diagnostic("IO003", ERROR, "this is no guest config that xlcfg can read")
        )
        report.unreadable = True
        return [report]
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
) -> Result:
    """Check every path: files, directories (searched for what is known), `-` for stdin.

    `sniff` leaves out files given by name that look like nothing known; `kind` (one of
    `xlcfg.source.files.KINDS`) says what the files are, whatever they look like. A boot line found
    beside guests counts for them unless the context has one. `excluded` tells by its path whether
    a file is left out.

    `jobs` is the number of processes, 0 for as many as pay. `cache` is a folder that lets long runs
    remember what they found. `shard` (k, n) takes the k-th part of n of the files.
    """
    from xlcfg.source.files import expand

    result = Result(context)
    items: list[Source | Unreadable] = []
    more = expand(paths, sniff=sniff, kind=kind, shard=shard)
    if excluded is not None:
        more = (item for item in more if not excluded(item.path))
    for item in more:
        items.append(item)
        if len(items) > (1 if jobs > 1 else FEW):
            from xlcfg.pool import check_many

            result.reports = check_many(items, more, context, jobs, cache)
            break
    else:
        for item in items:
            result.reports.extend(check_item(item, context))
    if len(result.reports) > 1:
        from xlcfg.rules.fleet import check_reports

        check_reports(result.reports)
    if any(report.boots for report in result.reports):
        from xlcfg.hostfiles import settle_boot

        settle_boot(result)
    plugin_failures(result)
    return result


def check_item(item: Source | Unreadable, context: Context) -> list[Report]:
    """The reports on an input, or the one on why it cannot be read."""
    if isinstance(item, Source):
        return check_any(item, context)
    report = Report(Source(item.path, b""))
    report.unreadable = True
    report.diagnostics.append(Diagnostic(item.code, ERROR, item.message, help=item.help))
    return [report]


def check_any(source: Source, context: Context) -> list[Report]:
    """Check one input as what its `kind` says, which is guests unless it says otherwise.

    Settings of the project it belongs to hold for it, and what it says itself is to be ignored is.
    """
    context = context.of(source.path)
    reports = _check_kind(source, context)
    if context.choice is not None or b"xlcfg: ignore" in source.data:
        from xlcfg.selection import apply

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


class Boot:
    """A boot command line: its words, and where it is from ("" for the command line of xlcfg)."""

    __slots__ = ("line", "source", "where")

    def __init__(self, source: Source) -> None:
        from xlcfg.syntax.cmdline import read_cmdline

        self.source = source
        self.line = read_cmdline(source.text)
        self.where = ""


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
