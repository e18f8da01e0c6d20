"""Quick fixes: the fix of a finding, and a line to add where its help names one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.lsp.analysis import Analysis

_ADD = re.compile(r'add ([a-z_]+ = "[a-z]+")\Z')


class QuickFix(NamedTuple):
    """A fix: its title, edits `(start, end, bytes)`, and whether it cannot do any harm."""

    title: str
    edits: list[tuple[int, int, bytes]]
    safe: bool


def quick_fix(analysis: Analysis, finding: Diagnostic) -> QuickFix | None:
    """What fixes a finding, where that is certain."""
    fix = finding.fix
    if fix is not None and fix.edits:
        return QuickFix(fix.title, list(fix.edits), fix.safe)
    match = _ADD.match(finding.help)
    if match is None or finding.start is None:
        return None
    at = analysis.source.line_start(analysis.source.line_of(finding.start))
    return QuickFix(finding.help, [(at, at, match[1].encode() + b"\n")], False)
