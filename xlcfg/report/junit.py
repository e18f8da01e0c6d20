"""JUnit XML: one test case per input, failed when something of it is an error or warning."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from xlcfg.core.diagnostics import INFO
from xlcfg.report.places import by_file, span
from xlcfg.report.xml import HEAD, tag, text

if TYPE_CHECKING:
    from xlcfg.checks.report import Result


def render(result: Result) -> str:
    """One suite; advice does not fail a case."""
    bad = {
        name: [(report, d) for report, d in found if d.severity != INFO]
        for name, found in by_file(result).items()
    }
    failures = sum(map(bool, bad.values()))
    out = [
        HEAD,
        tag("testsuites", tests=len(bad), failures=failures, errors=0),
        tag("testsuite", name="xlcfg", tests=len(bad), failures=failures, errors=0),
    ]
    for name, found in bad.items():
        # Jenkins' xUnit plugin refuses a case that has attributes besides these.
        out.append(tag("testcase", classname="xlcfg", name=name))
        if found:
            _, first = found[0]
            out.append(tag("failure", type=first.code, message=first.message))
            for report, d in found:
                where = span(report, d)
                at = f"{name}:{where[0]}:{where[1]}" if where else name
                line = f"{at}: {d.severity}[{d.code}]: {d.message}"
                out.append(escape(text(line)) + "\n")
            out.append("</failure>\n")
        out.append("</testcase>\n")
    out.append("</testsuite>\n</testsuites>\n")
    return "".join(out)
