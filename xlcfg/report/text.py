"""Findings as text: place, what is wrong, the line with a caret, what to write instead."""

from __future__ import annotations

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.core.policy import AS_PROPOSED
from xlcfg.rules import family

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.checks.report import Report, Result
    from xlcfg.core.policy import Decision
    from xlcfg.core.source import Source

FOR_PEOPLE = True

#: ANSI colours of severities, of carets and gutters, and of what is bold.
_COLORS = {ERROR: "1;31", WARNING: "1;33", INFO: "1;36", "dim": "2", "bold": "1"}


def render(result: Result) -> str:
    """The whole run: every finding, the policy of each guest, and a summary line."""
    out: list[str] = []
    for report in result.reports:
        if report.replay is not None:
            # A replay shows its own findings, beside the figures they come from.
            out.extend((report.replay.text().rstrip(), ""))
        for diagnostic in report.diagnostics:
            if report.replay is None or family(diagnostic.code) != "replay":
                out.extend(finding(report.source, diagnostic, color=result.color))
                out.append("")
        decision = report.policy
        if decision is not None and not result.quiet and _policy_counts(result, decision):
            out.extend((policy_line(report), ""))
    if result.statistics:
        out.extend((*statistics(result), ""))
    if not result.quiet:
        out.append(summary(result))
    if out and not out[-1]:
        out.pop()
    return "\n".join(out) + "\n" if out else ""


def _paint(text: str, kind: str, color: bool) -> str:
    return f"\x1b[{_COLORS[kind]}m{text}\x1b[0m" if color and text else text


def finding(source: Source, diagnostic: Diagnostic, *, color: bool = False) -> Iterator[str]:
    """The lines of one finding."""
    from xlcfg.core.screen import excerpt, rows, safe

    where = safe(source.path)
    severity = diagnostic.severity
    if diagnostic.start is not None:
        at = source.position(diagnostic.start)
        where += f":{at.line}:{at.column}"
    head = _paint(f"{severity}[{safe(diagnostic.code)}]", severity, color)
    yield f"{_paint(where, 'bold', color)}: {head}: {safe(diagnostic.message)}"
    gutter = ""
    if diagnostic.start is not None:
        shown = excerpt(source, diagnostic.start, diagnostic.end or diagnostic.start)
        if shown is not None:
            line, text, carets = shown
            gutter = " " * len(str(line))
            yield _paint(f"{gutter} |", "dim", color)
            yield f"{_paint(f'{line} |', 'dim', color)} {text}"
            yield f"{_paint(f'{gutter} |', 'dim', color)} {_paint(carets, severity, color)}"
    for start, end, message in diagnostic.related:
        shown = excerpt(source, start, end)
        if shown is not None:
            line, text, carets = shown
            yield f"{_paint(f'{line} |', 'dim', color)} {text}"
            margin = _paint(f"{' ' * len(str(line))} |", "dim", color)
            yield f"{margin} {_paint(carets, 'bold', color)} {safe(message)}"
    if diagnostic.help:
        margin = f"{gutter} = help: "
        first, *more = rows(safe(diagnostic.help), 80 - len(margin))
        yield f"{gutter} = {_paint('help', 'bold', color)}: {first}"
        yield from (" " * len(margin) + row for row in more)


def statistics(result: Result) -> list[str]:
    """How often each code was found, the most frequent first."""
    counts: dict[tuple[str, str], int] = {}
    for report in result.reports:
        for d in report.diagnostics:
            counts[d.code, d.severity] = counts.get((d.code, d.severity), 0) + 1
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    from xlcfg.core.screen import safe

    return [f"{count:>6}  {safe(code)}  {severity}" for (code, severity), count in rows]


def _policy_counts(result: Result, decision: Decision) -> bool:
    """Whether people want to see it: somebody's wish decided, or they asked."""
    return result.show_policy or not decision.by_default


def policy_line(report: Report) -> str:
    """One line: the guest's effective policy and who decided it."""
    from xlcfg.core.screen import safe

    decision = report.policy
    assert decision is not None
    return f"{safe(report.title)}: runstate translation: {policy_words(decision)}"


def policy_words(decision: Decision) -> str:
    """For example: update (x86_64 default)."""
    from xlcfg.core.screen import safe

    # of plugins and of results to merge, too
    return safe(_policy_words(decision))


def _policy_words(decision: Decision) -> str:
    if decision.as_released:
        return f"{decision.policy} (what every released Xen does)"
    rests = f"; {AS_PROPOSED}" if decision.proposed else ""
    for step in decision.steps:
        if step.outcome == "decides":
            if step.level == "architecture":
                return f"{decision.policy} ({step.origin} default{rests})"
            what = {"guest": "guest setting", "boot": "boot parameter"}.get(
                step.level, f"{step.level} {step.origin}"
            )
            return f"{decision.policy} ({what} {step.text}{rests})"
    return decision.policy


def summary(result: Result) -> str:
    """For example: 2 errors, 1 warning in 3 files."""
    paths = {r.source.path for r in result.reports}
    files = sum(not path.startswith(("plugin ", "boot line", "argument ")) for path in paths)
    counts = [
        (result.count(ERROR), "error", "errors"),
        (result.count(WARNING), "warning", "warnings"),
        (result.count(INFO), "info", "infos"),
    ]
    total = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in counts if n)
    where = f" in {files} {'file' if files == 1 else 'files'}" if files else ""
    return f"{total or 'No findings'}{where}."
