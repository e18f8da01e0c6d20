"""Quick fixes: what a finding says to write instead, as edits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from xlcfg.diagnostics import Diagnostic
    from xlcfg.lsp.analysis import Analysis

#: Findings whose place is the name of a setting and whose help names another.
_RENAMED = ("XL101", "XL102", "XL108")
_WRITE = re.compile(r"write `([A-Za-z_]\w*)`\Z", re.ASCII)
_ADD = re.compile(r'add ([a-z_]+ = "[a-z]+")\Z')


class Mending(NamedTuple):
    """A fix: its title, edits `(start, end, bytes)`, and whether it cannot do any harm."""

    title: str
    edits: list[tuple[int, int, bytes]]
    safe: bool


def mend(analysis: Analysis, finding: Diagnostic) -> Mending | None:
    """How to mend what a finding is about, where that is certain."""
    fix = getattr(finding, "fix", None)
    if fix is not None:
        return Mending(fix.title, list(fix.edits), fix.safe)
    return _from_help(analysis, finding)


def _from_help(analysis: Analysis, finding: Diagnostic) -> Mending | None:
    start, end = finding.start, finding.end
    if start is None or end is None:
        return None
    match = _WRITE.match(finding.help)
    if match is not None and finding.code in _RENAMED:
        return Mending(f"Write {match[1]}", [(start, end, match[1].encode())], False)
    match = _ADD.match(finding.help)
    if match is not None:
        at = analysis.source.line_start(analysis.source.line_of(start))
        return Mending(f"Add {match[1]}", [(at, at, match[1].encode() + b"\n")], False)
    return None
