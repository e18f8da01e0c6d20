"""Checkstyle XML, which many CI servers read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.core.version import VERSION
from xlcfg.report.places import by_file, span
from xlcfg.report.xml import HEAD, tag

if TYPE_CHECKING:
    from xlcfg.checks.report import Result


def render(result: Result) -> str:
    """A `file` element per input."""
    out = [HEAD, tag("checkstyle", version=VERSION)]
    for name, found in by_file(result).items():
        out.append(tag("file", name=name))
        for report, d in found:
            where = span(report, d) or (1, 1, 1, 1)
            message = f"{d.message} ({d.help})" if d.help else d.message
            out.append(
                tag(
                    "error",
                    close=True,
                    line=where[0],
                    column=where[1],
                    severity=d.severity,
                    message=message,
                    source=f"xlcfg.{d.code}",
                )
            )
        out.append("</file>\n")
    out.append("</checkstyle>\n")
    return "".join(out)
