"""Takes out findings that do not count: codes that are not selected, comments that ignore."""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.core.selection import ALWAYS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.checks.report import Report
    from xlcfg.core.selection import CodeSelection
    from xlcfg.model.guest import Guest

_COMMENT = re.compile(r"#\s*xlcfg:\s*ignore(-file)?(?:\[([^\]]*)\])?")


def filter_findings(report: Report, selection: CodeSelection | None) -> None:
    """Take out what does not count, and tell of ignore comments that ignore nothing any more."""
    if selection is not None:
        report.diagnostics = [d for d in report.diagnostics if selection.keeps(d.code)]
    if b"xlcfg:" in report.source.data and report.guest is not None:
        _ignore(report, selection)


class _Ignore:
    """One comment: the line it is for (0: the file), its codes (none: all), and whether it did."""

    __slots__ = ("codes", "end", "line", "start", "used")

    def __init__(self, line: int, codes: tuple[str, ...], start: int, end: int) -> None:
        self.line = line
        self.codes = codes
        self.start = start
        self.end = end
        self.used = False

    def covers(self, line: int, code: str) -> bool:
        if self.line not in (0, line) or code.startswith(ALWAYS):
            return False
        return not self.codes or code.startswith(self.codes)


def _ignores(guest: Guest) -> list[_Ignore]:
    """The comments of a guest's file that ignore something."""
    source = guest.source
    ignores = []
    for start, end in guest.document.comments:
        match = _COMMENT.match(source.text, start, end)
        if match is None:
            continue
        codes = tuple(c.strip().upper() for c in (match[2] or "").split(",") if c.strip())
        line = source.line_of(start)
        alone = not source.text[source.line_start(line) : start].strip()
        target = 0 if match[1] else line + 1 if alone else line
        ignores.append(_Ignore(target, codes, start, match.end()))
    return ignores


def is_suppressed_in(guest: Guest) -> Callable[[str, int], bool] | None:
    """What tells by code and place whether a finding about the guest does not count.

    None where every finding counts.
    """
    selection = guest.target.selection
    ignores = _ignores(guest) if b"xlcfg: ignore" in guest.source.data else []
    if selection is None and not ignores:
        return None

    def suppressed(code: str, start: int) -> bool:
        line = guest.source.line_of(start)
        return (selection is not None and not selection.keeps(code)) or any(
            one.covers(line, code) for one in ignores
        )

    return suppressed


def _ignore(report: Report, selection: CodeSelection | None) -> None:
    source, guest = report.source, report.guest
    assert guest is not None
    ignores = _ignores(guest)
    if not ignores:
        return
    kept = []
    for found in report.diagnostics:
        line = source.line_of(found.start) if found.start is not None else 0
        covering = [one for one in ignores if one.covers(line, found.code)]
        for one in covering:
            one.used = True
        if not covering:
            kept.append(found)
    unused = [one for one in ignores if not one.used]
    if unused and (selection is None or selection.keeps("IG001")):
        from xlcfg.rules.cross_file import claims

        # What a guest claims may clash with others, of which nothing is known yet.
        for code, made in (claims(guest) or {}).items():
            for claim in made:
                line = source.line_of(claim[1])
                unused = [one for one in unused if not one.covers(line, code)]
        for one in unused:
            codes = ", ".join(one.codes) or "anything"
            kept.append(
                Diagnostic(
                    "IG001",
                    WARNING,
                    f"nothing here is {codes} any more; this comment ignores nothing",
                    start=one.start,
                    end=one.end,
                    help="remove the comment",
                )
            )
    report.diagnostics = kept
    report.sort()
