"""`xlcfg upgrade` as text, and as JSON (`schema/upgrade.schema.json`)."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from xlcfg.core.diagnostics import SEVERITIES, Diagnostic
from xlcfg.core.screen import json_text, safe
from xlcfg.report.json import diagnostics
from xlcfg.report.links import evidence
from xlcfg.report.text import finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.upgrade import Change, Place, Upgrade

VERSION = 1

_WIDTH = 80


def render(result: Upgrade) -> str:
    """What strikes a written line stands with that line; the rest once, with how many it is for."""
    out: list[str] = []
    for report in result.problems:
        for problem in report.diagnostics:
            out += [*finding(report.source, problem), ""]
    placed = [(place, change) for change in result.changes for place in change.places]
    order = {id(file.source): i for i, file in enumerate(result.files)}
    at_lines = [pair for pair in placed if pair[0].start is not None]
    at_lines.sort(key=lambda pair: (order.get(id(pair[0].source), -1), pair[0].start or 0))
    for place, change in at_lines:
        out += [*_at_line(place, change), ""]
    for change in result.changes:
        places = [place for place in change.places if place.start is None]
        if places:
            out += [*_grouped(change, places), ""]
    out += _summary(result)
    return "\n".join(out) + "\n"


def _message(change: Change) -> str:
    return f"`{change.name}`: {change.message}" if change.name else change.message


def _at_line(place: Place, change: Change) -> Iterator[str]:
    shown = Diagnostic(
        change.code or change.release,
        change.severity,
        _message(change),
        start=place.start,
        end=place.end,
        help=change.cure,
    )
    yield from finding(place.source, shown)
    if change.evidence:
        line = place.source.line_of(place.start or 0)
        blanks = " " * len(str(line))
        yield f"{blanks} = evidence: {safe(change.evidence)}"
        yield from (f"{blanks}   {link}" for link in evidence(change.evidence))


def _grouped(change: Change, places: list[Place]) -> Iterator[str]:
    """A change that strikes what is not written: nobody needs it once per file."""
    paths = list(dict.fromkeys(place.source.path for place in places))
    where = safe(paths[0]) if len(paths) == 1 else f"{len(paths)} files"
    head = f"{where}: {change.severity}[{change.code or change.release}]: "
    yield f"{head}{safe(_message(change))}"
    if len(paths) > 1:
        some = ", ".join(paths[:4]) + (", ..." if len(paths) > 4 else "")
        yield from _wrapped("files", some)
    if change.name:
        yield from _wrapped("because", f"`{change.name}` is not set there")
    if change.cure:
        yield from _wrapped("help", change.cure)
    if change.evidence:
        yield from _wrapped("evidence", change.evidence)
        yield from (f"   {link}" for link in evidence(change.evidence))


def _wrapped(label: str, text: str) -> list[str]:
    head = f" = {label}: "
    return textwrap.wrap(
        safe(text),
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(result: Upgrade) -> Iterator[str]:
    before, after = result.before.target.release, result.after.target.release
    counts = []
    for severity in SEVERITIES:
        number = sum(change.severity == severity for change in result.changes)
        if number:
            counts.append(f"{number} {severity}{'' if number == 1 else 's'}")
    files = sum(file.source.path != "boot line" for file in result.files)
    total = ", ".join(counts) or "Nothing changes"
    only_line = not files and bool(result.files)
    where = "" if only_line else f" in {files} {'file' if files == 1 else 'files'}"
    yield f"{before} to {after}: {total}{where}."
    for sentence, found in (
        (
            f"{after} finds an error in {{}} in which {before} finds none.",
            [f for f in result.files if f.accepted_before and not f.accepted_after],
        ),
        (
            f"{before} finds an error in {{}} already: see xlcfg check --xen {before}.",
            [f for f in result.files if not f.accepted_before],
        ),
    ):
        if found:
            paths = [safe(file.source.path) for file in found]
            yield sentence.format(paths[0] if len(paths) == 1 else f"{len(paths)} files")


def render_json(result: Upgrade) -> str:
    """The comparison as one JSON document, ending in a newline."""
    document = {
        "version": VERSION,
        "from": result.before.target.release,
        "to": result.after.target.release,
        "arch": result.after.target.arch,
        "changes": [_change(change) for change in result.changes],
        "files": [
            {
                "path": file.source.path,
                "kind": file.source.kind or "guest",
                "accepted_from": file.accepted_before,
                "accepted_to": file.accepted_after,
            }
            for file in result.files
        ],
        "problems": [d for report in result.problems for d in diagnostics(report)],
    }
    return json_text(json.dumps(document, indent=2)) + "\n"


def _change(change: Change) -> dict[str, Any]:
    return {
        "release": change.release,
        "scope": change.scope,
        "effect": change.effect,
        "severity": change.severity,
        "code": change.code or None,
        "name": change.name,
        "message": change.message,
        "help": change.cure,
        "evidence": change.evidence,
        "links": evidence(change.evidence),
        "places": [_place(place) for place in change.places],
    }


def _place(place: Place) -> dict[str, Any]:
    start = end = None
    if place.start is not None:
        start = place.source.position(place.start)
        end = place.source.position(place.start if place.end is None else place.end)
    return {
        "path": place.source.path,
        "line": start.line if start else None,
        "column": start.column if start else None,
        "end_line": end.line if end else None,
        "end_column": end.column if end else None,
    }
