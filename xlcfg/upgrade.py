"""What moving from one Xen release to another changes for exactly these files and boot lines.

Two sources: the catalogue's knowledge of what each release changed, with evidence, and the full
check under both releases, whose new findings are reported whatever the catalogue knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.catalogue.upgrade import upgrade_findings
from xlcfg.checks.file import check_any
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, Report, unreadable
from xlcfg.core.diagnostics import ERROR, SEVERITIES, WARNING, Diagnostic
from xlcfg.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from xlcfg.catalogue.upgrade import UpgradeFinding, Value
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.syntax.tree import Value as TreeValue

#: The finding about a named file that is nothing of xl's or Xen's.
_FOREIGN = "IO012"


class Place:
    """Where a change strikes: a source, and bytes of it; `start` None for what is not written."""

    __slots__ = ("end", "source", "start")

    def __init__(self, source: Source, start: int | None = None, end: int | None = None) -> None:
        self.source = source
        self.start = start
        self.end = end


class Change:
    """One change, at all its places.

    `release` is the first on the way that has it, `effect` as in the catalogue's upgrade findings
    or "check" for what only the full check under the newer release says; then `code` is its code.
    `name` is the key or parameter, `cure` and `evidence` may be "".
    """

    def __init__(self, found: UpgradeFinding | None, code: str = "", **reported: str) -> None:
        known = found._asdict() if found is not None else reported
        self.release: str = known["release"]
        self.scope: str = known["scope"]
        self.effect: str = known["effect"]
        self.severity: str = known["severity"]
        self.name: str = known["name"]
        self.message: str = known["message"]
        self.cure: str = known["cure"]
        self.evidence: str = known["evidence"]
        self.code = code
        self.places: list[Place] = []

    def key(self) -> tuple[str, ...]:
        """Two changes with one key are one change."""
        return (self.release, self.scope, self.effect, self.code, self.name, self.message)


class File:
    """A file, and whether each of the two releases takes it without an error."""

    __slots__ = ("accepted_after", "accepted_before", "source")

    def __init__(self, source: Source, accepted_before: bool, accepted_after: bool) -> None:
        self.source = source
        self.accepted_before = accepted_before
        self.accepted_after = accepted_after


class Upgrade:
    """A finished comparison: `before` and `after` are the linters of the two releases.

    `problems` are inputs that could not be read and plugins that failed.
    """

    def __init__(self, before: Linter, after: Linter) -> None:
        self.before = before
        self.after = after
        self.files: list[File] = []
        self.problems: list[Report] = []
        self._changes: dict[tuple[str, ...], Change] = {}

    @property
    def changes(self) -> list[Change]:
        """Every change, by release on the way and then as found; the check's own come last."""
        from xlcfg.catalogue import release_index

        down = release_index(self.after.target.release) < release_index(self.before.target.release)
        return sorted(
            self._changes.values(),
            key=lambda c: (
                c.effect == "check",
                -release_index(c.release) if down else release_index(c.release),
                SEVERITIES.index(c.severity),
            ),
        )

    @property
    def exit_code(self) -> int:
        """0 nothing, 1 a change of severity error or warning, 2 an input could not be read."""
        if any(report.unreadable for report in self.problems):
            return EXIT_USAGE
        worst = {change.severity for change in self._changes.values()}
        told = (found for report in self.problems for found in report.diagnostics)
        worst.update(found.severity for found in told if found.code == _FOREIGN)
        return EXIT_FINDINGS if worst & {ERROR, WARNING} else EXIT_CLEAN

    def add(self, change: Change, place: Place) -> None:
        """Note a place of a change."""
        known = self._changes.setdefault(change.key(), change)
        if not any(
            (p.source is place.source, p.start, p.end) == (True, place.start, place.end)
            for p in known.places[-16:]
        ):
            known.places.append(place)


def compare(paths: Iterable[str], before: Linter, after: Linter, *, kind: str = "") -> Upgrade:
    """Compare what two releases make of the files, and of the linters' boot line if they have one.

    `kind` is as for `xlcfg.run.check_paths`.
    """
    from xlcfg.checks.report import Result
    from xlcfg.run import plugin_failures
    from xlcfg.source.files import expand, without_copies

    paths = list(paths)
    result = Upgrade(before, after)
    for item in without_copies(expand(paths, kind=kind), paths):
        if isinstance(item, Source):
            _file(item, result)
        else:
            source = Source(item.path, b"")
            result.problems.append(unreadable(source, item.code, item.message, item.help))
    if after.target.boot is not None:
        source = Source(after.target.boot.source.path, after.target.boot.source.data)
        source.kind = "boot-line"
        _file(source, result)
    failed = Result(after.target)
    plugin_failures(failed, after.hooks)
    result.problems += failed.reports
    return result


def _file(source: Source, result: Upgrade) -> None:
    old, new = check_any(source, result.before), check_any(source, result.after)
    if any(report.unreadable for report in new):
        result.problems += [report for report in new if report.unreadable]
        return
    if any(found.code == _FOREIGN for report in new for found in report.diagnostics):
        result.problems += new
        return
    accepted = [
        not any(d.severity == ERROR for report in reports for d in report.diagnostics)
        for reports in (old, new)
    ]
    result.files.append(File(source, *accepted))
    seen = {(d.code, d.start, d.end) for report in old for d in report.diagnostics}
    for report in new:
        reported: list[tuple[str, int, int]] = []
        if report.guest is not None:
            # Others than xl read their own files, of which the catalogue knows nothing.
            if report.guest.toolstack == "xl":
                reported = _guest(report.guest, result)
        elif source.kind not in ("guest", "xl.conf", "cpupool"):
            reported = _boot_lines(source, result)
        for found in report.diagnostics:
            if (found.code, found.start, found.end) not in seen and not _is_reported(
                found, reported
            ):
                result.add(_new_finding(found, result), Place(source, found.start, found.end))


def _new_finding(found: Diagnostic, result: Upgrade) -> Change:
    return Change(
        None,
        found.code,
        release=result.after.target.release,
        scope="check",
        effect="check",
        severity=found.severity,
        name="",
        message=found.message,
        cure=found.help,
        evidence="",
    )


def _is_reported(found: Diagnostic, reported: Sequence[tuple[str, int, int]]) -> bool:
    """Whether the catalogue has reported at least as bad a thing of that setting or word."""
    return found.start is not None and any(
        start <= found.start < end and SEVERITIES.index(severity) <= _rank(found)
        for severity, start, end in reported
    )


def _rank(found: Diagnostic) -> int:
    return SEVERITIES.index(found.severity)


def _arch(target: Target) -> str:
    return "x86" if target.arch.startswith("x86") else target.arch


def _guest(guest: Guest, result: Upgrade) -> list[tuple[str, int, int]]:
    """Note what the catalogue knows; severities and places of what it reported."""
    if guest.document.refused:
        # What the file sets is not known for sure, and no release gets to read it.
        return []
    settings = guest.settings.by_name
    values = {name: _plain(setting.value) for name, setting in settings.items()}
    reported = []
    for found in upgrade_findings(
        values,
        [],
        result.before.target.release,
        result.after.target.release,
        _arch(result.after.target),
        boot=False,
    ):
        setting = settings.get(found.name)
        if setting is None:
            result.add(Change(found), Place(guest.source))
        else:
            result.add(Change(found), Place(guest.source, setting.start, setting.name_end))
            reported.append((found.severity, setting.start, setting.end))
    return reported


def _plain(value: TreeValue) -> Value:
    """A value as texts and lists; nested ones without recursion, however deep they are."""
    if not value.is_list:
        return value.text
    top: list[Value] = []
    stack = [(value, top)]
    while stack:
        node, out = stack.pop()
        for item in node.items:
            if item.is_list:
                inner: list[Value] = []
                out.append(inner)
                stack.append((item, inner))
            else:
                out.append(item.text)
    return top


def _boot_lines(source: Source, result: Upgrade) -> list[tuple[str, int, int]]:
    from xlcfg.model.boot import read_boot_line
    from xlcfg.model.boot.line import DOM0
    from xlcfg.source.kinds import boot_lines

    reported = []
    for line in boot_lines(source, source.kind, result.after.target.board):
        target = result.after.target.on(line.arch)
        read = read_boot_line(line.text, target.release, target.arch)
        words = [word.word for word in read.words if word.effect != DOM0]
        for found in upgrade_findings(
            {},
            [word.text for word in words],
            result.before.target.release,
            result.after.target.release,
            _arch(target),
            guest=False,
        ):
            word = next((w for w in reversed(words) if found.name in (w.name, w.typed)), None)
            if word is None:
                result.add(Change(found), Place(source))
            else:
                start, end = line.span(word.start, word.end)
                result.add(Change(found), Place(source, start, end))
                reported.append((found.severity, start, end))
    return reported
