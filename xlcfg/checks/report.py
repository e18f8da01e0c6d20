"""What a run comes to: a report per guest, their findings, the exit code."""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, SEVERITIES, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from xlcfg.core.claims import Claims
    from xlcfg.core.policy import Decision
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.source.shard import Shard
    from xlcfg.syntax.cmdline import Boot

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2


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
        "replay",
        "reread",
        "source",
        "unreadable",
    )

    def __init__(self, source: Source) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self.boots: list[Boot] = []
        self.claims: Claims | None = None
        self._guest: Guest | None = None
        #: reads the guests anew when somebody asks: of many files, no guest is kept
        self.reread: Callable[[Source], list[Guest]] | None = None
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
        if self.reread is None:
            return self._guest
        guests = self.reread(self.source)
        if not self.part:
            return guests[0] if guests else None
        from xlcfg.core.conversion import readable

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


def unreadable(source: Source, code: str, message: str, help: str = "") -> Report:  # noqa: A002
    """The report on an input that nothing can be said of but why."""
    report = Report(source)
    report.unreadable = True
    report.diagnostics.append(Diagnostic(code, ERROR, message, help=help))
    return report


class Result:
    """A finished run: one report per guest, in the order of the command line."""

    __slots__ = (
        "color",
        "fail_level",
        "quiet",
        "reports",
        "rules",
        "shard",
        "show_policy",
        "statistics",
        "target",
    )

    def __init__(self, target: Target) -> None:
        self.target = target
        #: every rule that took part, for whoever describes findings
        self.rules: Callable[[], list[Any]] = list
        #: the mildest severity that makes a run fail; "" for none
        self.fail_level = WARNING
        # how people want it shown; formats for programs do not ask
        self.color = self.quiet = self.show_policy = self.statistics = False
        self.reports: list[Report] = []
        #: the part of a longer list that was checked; None for all of it
        self.shard: Shard | None = None

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
