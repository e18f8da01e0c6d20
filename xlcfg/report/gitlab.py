"""GitLab's code quality report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xlcfg.core.screen import json_text
from xlcfg.report.places import fingerprinted, relative, span

if TYPE_CHECKING:
    from xlcfg.checks.report import Result

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(result: Result) -> str:
    """A JSON list of issues."""
    issues = []
    for report, d, fingerprint in fingerprinted(result):
        where = span(report, d) or (1, 1, 1, 1)
        issues.append(
            {
                "description": f"{d.code}: {d.message}",
                "check_name": d.code,
                "fingerprint": fingerprint,
                "severity": SEVERITIES[d.severity],
                "location": {
                    "path": relative(report.source.path),
                    "positions": {
                        "begin": {"line": where[0], "column": where[1]},
                        "end": {"line": where[2], "column": where[3]},
                    },
                },
            }
        )
    return json_text(json.dumps(issues, indent=2)) + "\n"
