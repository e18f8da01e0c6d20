"""Findings as JSON: `{"version": 1, "diagnostics": [...], "policies": [...], ...}`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import json_text
from xlcfg.report.links import url

if TYPE_CHECKING:
    from xlcfg.checks.report import Report, Result
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.core.policy import Decision

#: Fixes are part of what it shows.
FIXES = True

#: Grows with every change that a reader of the old form could trip over.
VERSION = 1


def render(result: Result) -> str:
    """The run as one JSON document, ending in a newline."""
    document: dict[str, Any] = {
        "version": VERSION,
        "xen": result.target.release,
        "arch": result.target.arch,
        "diagnostics": [d for report in result.reports for d in diagnostics(report)],
        "policies": [
            {
                "path": report.source.path,
                **({"guest": report.part} if report.part else {}),
                **policy(report.policy),
            }
            for report in result.reports
            if report.policy is not None
        ],
    }
    replays = [r.replay.to_json() for r in result.reports if r.replay is not None]
    if replays:
        document["replays"] = replays
    if result.shard is not None:
        from xlcfg.report.shard import of_result

        document["shard"] = of_result(result)
    return json_text(json.dumps(document, indent=2)) + "\n"


def diagnostics(report: Report) -> list[dict[str, Any]]:
    """The findings of one input; places are null where a finding has none."""
    return [diagnostic(report, d) for d in report.diagnostics]


def diagnostic(report: Report, d: Diagnostic) -> dict[str, Any]:
    """One finding. Lines and columns are 1-based; the end is exclusive, as in an editor."""
    source = report.source
    start = end = None
    if d.start is not None:
        start = source.position(d.start)
        end = source.position(d.start if d.end is None else d.end)
    out: dict[str, Any] = {
        "path": source.path,
        "line": start.line if start else None,
        "column": start.column if start else None,
        "end_line": end.line if end else None,
        "end_column": end.column if end else None,
        "severity": d.severity,
        "code": d.code,
        "message": d.message,
        "help": d.help,
    }
    if d.related:
        out["related"] = [
            {
                "line": source.position(a).line,
                "column": source.position(a).column,
                "end_line": source.position(b).line,
                "end_column": source.position(b).column,
                "message": message,
            }
            for a, b, message in d.related
        ]
    address = url(d.code)
    if address is not None:
        out["url"] = address
    change = fix(report, d)
    if change is not None:
        out["fix"] = change
    return out


def fix(report: Report, d: Diagnostic) -> dict[str, Any] | None:
    """How to fix it: what to write from one place to another, all at once. None: not known.

    Nor is there one where the new text is no UTF-8, which JSON cannot carry.
    """
    found = d.fix
    if found is None:
        return None
    edits = []
    for a, b, new in found.edits:
        try:
            text = new.decode("utf-8")
        except UnicodeDecodeError:
            return None
        start, end = report.source.position(a), report.source.position(b)
        edits.append(
            {
                "line": start.line,
                "column": start.column,
                "end_line": end.line,
                "end_column": end.column,
                "text": text,
            }
        )
    return {"title": found.title, "safe": found.safe, "edits": edits}


def policy(decision: Decision) -> dict[str, Any]:
    """A decision with its steps."""
    return {
        "policy": decision.policy,
        "decided_by": decision.level,
        "as_released": decision.as_released,
        "steps": [
            {
                "level": s.level,
                "outcome": s.outcome,
                "origin": s.origin,
                "policy": s.policy,
                "said": s.text,
                "where": s.where,
            }
            for s in decision.steps
        ],
    }
