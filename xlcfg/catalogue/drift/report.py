"""The answer as a table for people and as JSON (`schema/drift.schema.json`)."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from xlcfg.catalogue.drift import Report


def to_json(report: Report) -> dict[str, Any]:
    """The report by `schema/drift.schema.json`."""
    counts = Counter(one.change for one in report.found)
    return {
        "tree": report.tree,
        "version": report.version,
        "release": report.release,
        "counts": {change: counts[change] for change in ("new", "gone", "changed")},
        "found": [one._asdict() for one in report.found],
    }


def json_text(report: Report) -> str:
    """That as text."""
    return json.dumps(to_json(report), indent=1, ensure_ascii=False) + "\n"


def table(report: Report) -> str:
    """A line for each difference, and one that counts them."""
    rows = [
        (one.place, one.change, one.name, one.what, f"{one.file}:{one.line}" if one.line else "")
        for one in report.found
    ]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    lines = [
        "  ".join(
            (*(text.ljust(width) for text, width in zip(row[:4], widths, strict=True)), row[4])
        )
        for row in rows
    ]
    counts = Counter(one.change for one in report.found)
    shown = ", ".join(f"{counts[change]} {change}" for change in ("new", "gone", "changed"))
    head = f"Xen {report.version} against the catalogue's {report.release}: {shown}"
    return "\n".join([*(line.rstrip() for line in lines), head, ""])
