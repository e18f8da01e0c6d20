"""One replay run: open each trace, settle its policy, emulate, gather what came out."""

from __future__ import annotations

import sys
from errno import EBADF
from typing import IO, TYPE_CHECKING, Any

from xlcfg.check import Context, Report
from xlcfg.diagnostics import ERROR, WARNING, Diagnostic
from xlcfg.emulator import (
    Comparison,
    Reader,
    Replay,
    TraceError,
    compare,
    render_compare,
    render_text,
    replay,
    to_json,
)
from xlcfg.source import Position, Source
from xlcfg.source.files import display, reason

if TYPE_CHECKING:
    from xlcfg.check import Result
    from xlcfg.policy import Decision

#: What a trace calls its own policy when it was recorded under one.
RECORDED = "trace"


class TraceSource(Source):
    """A trace as findings place themselves in it: an offset is a line number, text is not kept."""

    def __init__(self, path: str) -> None:
        super().__init__(path, b"")

    def position(self, offset: int) -> Position:
        """The beginning of a trace line."""
        return Position(offset, 1)


class Replayed:
    """One trace replayed: a `Replay`, or a `Comparison` of both policies.

    `why` says where the policy came from: "the trace's own", or who decided it.
    """

    def __init__(self, path: str, outcome: Replay | Comparison, why: str) -> None:
        self.path = path
        self.outcome = outcome
        self.why = why

    def text(self) -> str:
        """For people, 80 columns wide."""
        if isinstance(self.outcome, Comparison):
            return f"{self.path}\n{render_compare(self.outcome)}"
        return f"{self.path}: policy {self.outcome.policy}, {self.why}\n{render_text(self.outcome)}"

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        if isinstance(self.outcome, Comparison):
            return {
                "path": self.path,
                "verdict": self.outcome.verdict,
                "safe": list(self.outcome.safe),
                "distinguishable": self.outcome.distinguishable,
                "first_difference": self.outcome.first_difference,
                "update": to_json(self.outcome.update),
                "hypercall": to_json(self.outcome.hypercall),
            }
        return {"path": self.path, "decided_by": self.why, **to_json(self.outcome)}

    def diagnostics(self) -> list[Diagnostic]:
        """The findings, placed by trace line. A comparison has none: it asks, it does not judge."""
        if isinstance(self.outcome, Comparison):
            return []
        return [
            Diagnostic(f.code, f.severity, f.message, start=f.line, help=f.help)
            for f in self.outcome.findings
        ]


def open_trace(path: str, context: Context) -> Reader:
    """A reader of the trace, a plugin's if one knows the file. Raises TraceError, OSError."""
    if path == "-":
        if sys.stdin is None:
            raise OSError(EBADF, "standard input is closed")
        stdin: IO[bytes] = sys.stdin.buffer
        return Reader(stdin)
    lines = context.hooks.first("xlcfg_read_trace", path=path)
    return Reader(path if lines is None else lines)


def replay_report(
    path: str,
    context: Context,
    policy: str = "auto",
    *,
    verify: bool = False,
    both: bool = False,
    decision: Decision | None = None,
    page: str | None = None,
) -> Report:
    """Replay one trace; what is wrong with the trace is a finding of code IO005, not an exception.

    `policy` "auto" takes the trace's own, else `decision`, else what is resolved for the trace's
    architecture. `page` is where to write an HTML page with a timeline.
    """
    shown = "<stdin>" if path == "-" else display(path)
    report = Report(TraceSource(shown))
    try:
        with open_trace(path, context) as reader:
            if both:
                report.replay = Replayed(shown, compare(reader), "both policies")
            else:
                why = "as asked for"
                if decision is not None:
                    policy, why = decision.policy, f"decided by: {decision.level}"
                elif policy == "auto":
                    policy, why = _auto(reader, context)
                outcome: Replay
                if page is None:
                    outcome = replay(reader, policy, verify=verify)
                else:
                    outcome = _draw(reader, policy, shown, page, verify=verify)
                report.replay = Replayed(shown, outcome, why)
    except TraceError as error:
        report.unreadable = True
        report.diagnostics.append(
            Diagnostic(
                "IO005",
                ERROR,
                f"not a boot trace that can be replayed: {error.message}",
                start=error.line or None,
                help="boot traces are JSON Lines, version 1; see docs/trace-format.md",
            )
        )
    except (OSError, EOFError) as error:
        report.unreadable = True
        said = reason(error) if isinstance(error, OSError) else str(error)
        what = "cannot be read"
        if isinstance(error, OSError) and page is not None and error.filename == page:
            what = f"the page {display(page)} cannot be written"
        report.diagnostics.append(Diagnostic("IO001", ERROR, f"{what}: {said}"))
    else:
        report.diagnostics.extend(report.replay.diagnostics())
    return report


def _draw(reader: Reader, policy: str, shown: str, page: str, *, verify: bool) -> Replay:
    from xlcfg.emulator.timeline import replay_with_timeline
    from xlcfg.report.html import render

    outcome, timeline = replay_with_timeline(reader, policy, verify=verify)
    try:
        with open(page, "w", encoding="utf-8") as file:
            file.write(render(shown, outcome, timeline))
    except OSError as error:  # a full disk does not say which file it was
        raise OSError(error.errno, error.strerror, page) from None
    return outcome


def _auto(reader: Reader, context: Context) -> tuple[str, str]:
    from xlcfg.policy import decide

    if reader.header.policy is not None:
        return reader.header.policy, "which the trace was recorded under"
    here = Context(context.release, reader.header.arch, context.hooks, boot=context.boot)
    decision = decide(None, here)
    return decision.policy, f"decided by: {decision.level}"


def attach(result: Result, path: str) -> None:
    """Replay the trace under every policy that the guests of a check resolved to."""
    from xlcfg.policy import decide

    decisions = {r.policy.policy: r.policy for r in result.reports if r.policy is not None}
    if not decisions:
        only = decide(None, result.context)
        decisions = {only.policy: only}
    for decision in decisions.values():
        report = replay_report(path, result.context, decision=decision)
        outcome = report.replay.outcome if report.replay is not None else None
        if isinstance(outcome, Replay) and outcome.header.arch != result.context.arch:
            report.diagnostics.append(
                Diagnostic(
                    "IO006",
                    WARNING,
                    f"the trace is of an {outcome.header.arch} guest, the run is about "
                    f"{result.context.arch}",
                    help=f"say --arch {outcome.header.arch}",
                )
            )
        result.reports.append(report)
