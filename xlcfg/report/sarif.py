"""SARIF 2.1.0, which code scanning services read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import json_text
from xlcfg.core.version import VERSION
from xlcfg.report.explain import about, section
from xlcfg.report.json import fix
from xlcfg.report.links import SITE, url
from xlcfg.report.places import fingerprinted, span, uri

if TYPE_CHECKING:
    from xlcfg.checks.report import Report, Result
    from xlcfg.core.diagnostics import Diagnostic

#: Fixes are part of what it shows.
FIXES = True

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(result: Result) -> str:
    """One run with the rules that found something and all results."""
    found = list(fingerprinted(result))
    codes = sorted({d.code for _, d, _ in found})
    run = {
        "tool": {
            "driver": {
                "name": "xlcfg",
                "version": VERSION,
                "semanticVersion": VERSION,
                "informationUri": SITE,
                "rules": [_rule(code, result.rules()) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(report, d, codes.index(d.code), fingerprint) for report, d, fingerprint in found
        ],
    }
    return (
        json_text(json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))
        + "\n"
    )


def _rule(code: str, rules: list[Any]) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": code}
    found = about(code, rules)
    if found is not None:
        name, summary, page = found
        rule["name"] = "".join(word.capitalize() for word in name.split("-"))
        rule["shortDescription"] = {"text": summary}
        what = " ".join(section(page, "What it does").split())
        rule["fullDescription"] = {"text": what or summary}
        if page:
            rule["help"] = {"text": page, "markdown": page}
    address = url(code)
    if address is not None:
        rule["helpUri"] = address
    return rule


def _result(report: Report, d: Diagnostic, index: int, fingerprint: str) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(report.source.path)}}
    where = span(report, d)
    if where is not None:
        place["region"] = _region(where)
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": index,
        "level": LEVELS[d.severity],
        "message": {"text": f"{d.message}. {d.help}" if d.help else d.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"xlcfg/v1": fingerprint},
    }
    if d.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": text},
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(report.source.path)},
                    "region": _region(
                        (*report.source.position(start), *report.source.position(end))
                    ),
                },
            }
            for number, (start, end, text) in enumerate(d.related)
        ]
    change = fix(report, d)
    if change is not None:
        result["fixes"] = [_fix(report, change)]
    return result


def _fix(report: Report, change: dict[str, Any]) -> dict[str, Any]:
    text = change["title"] if change["safe"] else f"{change['title']} (look at the result)"
    return {
        "description": {"text": text},
        "properties": {"safe": change["safe"]},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": uri(report.source.path)},
                "replacements": [
                    {
                        "deletedRegion": _region(
                            (
                                edit["line"],
                                edit["column"],
                                edit["end_line"],
                                edit["end_column"],
                            )
                        ),
                        "insertedContent": {"text": edit["text"]},
                    }
                    for edit in change["edits"]
                ],
            }
        ],
    }


def _region(where: tuple[int, int, int, int]) -> dict[str, int]:
    line, column, end_line, end_column = where
    return {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
