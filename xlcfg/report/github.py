"""Workflow commands of GitHub Actions: findings become annotations of a pull request."""

from __future__ import annotations

from xlcfg.core.screen import safe
from xlcfg.report.places import relative, span
from xlcfg.report.text import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.checks.report import Result

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(result: Result) -> str:
    """One command per finding, and the summary line for the log."""
    out = []
    for report in result.reports:
        for d in report.diagnostics:
            fields = [f"file={_property(relative(report.source.path))}"]
            where = span(report, d)
            if where is not None:
                line, column, end_line, end_column = where
                fields.append(f"line={line},endLine={end_line}")
                if line == end_line:
                    # columns are only taken for a finding on one line; the end is inclusive
                    fields.append(f"col={column},endColumn={max(column, end_column - 1)}")
            fields.append(f"title={_property(f'xlcfg {d.code}')}")
            message = f"{d.message}\n{d.help}" if d.help else d.message
            out.append(f"::{LEVELS[d.severity]} {','.join(fields)}::{_data(message)}\n")
    out.append(summary(result) + "\n")
    return "".join(out)


def _data(text: str) -> str:
    # one line each, in which nothing is obeyed; % as the runner wants it
    return "%0A".join(safe(line).replace("%", "%25") for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
