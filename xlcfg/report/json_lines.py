"""One JSON object per finding and line, for tools that read a stream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from xlcfg.core.screen import json_text
from xlcfg.report.json import VERSION, diagnostics

if TYPE_CHECKING:
    from xlcfg.checks.report import Result

#: Fixes are part of what it shows.
FIXES = True


def render(result: Result) -> str:
    """The objects of `diagnostics` in the JSON form, each with its `version`."""
    return "".join(
        json_text(json.dumps({"version": VERSION, **found})) + "\n"
        for report in result.reports
        for found in diagnostics(report)
    )
