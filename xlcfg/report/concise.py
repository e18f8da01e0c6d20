"""One line per finding, as compilers write them: editors and grep understand it."""

from __future__ import annotations

from xlcfg.core.screen import safe
from xlcfg.report.text import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.checks.report import Result

FOR_PEOPLE = True


def render(result: Result) -> str:
    """`path:line:column: severity[CODE]: message`, and the summary line."""
    out = []
    for report in result.reports:
        for d in report.diagnostics:
            where = safe(report.source.path)
            if d.start is not None:
                at = report.source.position(d.start)
                where += f":{at.line}:{at.column}"
            out.append(f"{where}: {d.severity}[{safe(d.code)}]: {safe(d.message)}\n")
    out.append(summary(result) + "\n")
    return "".join(out)
