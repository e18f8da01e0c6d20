"""What the result of a part (`--shard K/N`) carries so that all parts make the result of the whole:
the place of each input among all, and what each guest claims for itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from xlcfg.checks.cross_file import claimants
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.report.links import url
from xlcfg.rules import cross_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlcfg.checks.report import Report, Result
    from xlcfg.source.shard import Shard

    Json = dict[str, Any]


def places(shard: Shard, paths: Iterable[str]) -> Json:
    """Which part this is, and where its inputs stand among all."""
    known = [path for path in dict.fromkeys(paths) if path in shard.places]
    return {
        "parts": [shard.k],
        "of": shard.n,
        "places": {path: shard.places[path] for path in known},
    }


def of_result(result: Result) -> Json:
    """The member `shard` of a result of `xlcfg check`."""
    assert result.shard is not None
    out = places(result.shard, (report.source.path for report in result.reports))
    codes = {rule.CODE for rule in cross_file.rules()}
    counts: dict[str, int] = {}  # findings of a path so far, those of this folder's rules left out
    spans = {}
    for report in result.reports:
        first = counts.get(report.source.path, 0)
        last = first + sum(found.code not in codes for found in report.diagnostics)
        counts[report.source.path] = last
        spans[id(report)] = [first, last]
    out["guests"] = [
        {
            "path": report.source.path,
            "file": _anywhere(real),
            "findings": spans[id(report)],
            "claims": {code: [_claim(report, one) for one in made] for code, made in own.items()},
        }
        for report, real in claimants(result.reports)
        if (own := report.claims)
    ]
    return out


def _claim(report: Report, claim: Any) -> Json:
    what, start, end, *muted = claim
    first, last = report.source.position(start), report.source.position(end)
    return {
        "what": list(what) if isinstance(what, tuple) else what,
        "line": first.line,
        "column": first.column,
        "end_line": last.line,
        "end_column": last.column,
        **({"muted": True} if muted else {}),
    }


def _anywhere(path: str) -> str:
    """A real path as it is on every machine: from the working directory, where it is below that."""
    try:
        here = os.path.join(os.path.realpath(os.getcwd()), "")
    except OSError:
        return path
    return path.removeprefix(here)


class _Lines:
    """Stands for the source of a guest of another machine: an offset is the number of a claim."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.claims: list[Json] = []

    def line_of(self, number: int) -> int:
        line: int = self.claims[number]["line"]
        return line


def clashes(guests: Iterable[Json]) -> list[tuple[Json, Json]]:
    """What guests of all parts, in order, take from each other: the guest, and the finding."""
    folders: dict[str, list[tuple[Json, _Lines, Any]]] = {}
    seen: set[str] = set()
    for guest in guests:
        if guest["file"] in seen:
            continue
        seen.add(guest["file"])
        lines = _Lines(guest["path"])
        own: dict[str, list[Any]] = {}
        for code, made in guest["claims"].items():
            for claim in made:
                what, number = claim["what"], len(lines.claims)
                lines.claims.append(claim)
                own.setdefault(code, []).append(
                    (
                        tuple(what) if isinstance(what, list) else what,
                        number,
                        number,
                        *([True] if claim.get("muted") else []),
                    )
                )
        folder = os.path.dirname(guest["file"])
        folders.setdefault(folder, []).append((guest, lines, own))
    out = []
    for together in folders.values():
        members: Any = [(lines, own) for _, lines, own in together]
        for number, found in cross_file.compare(members):
            guest, lines, _ = together[number]
            out.append((guest, _finding(guest["path"], found, lines)))
    return out


def _finding(path: str, found: Diagnostic, lines: _Lines) -> Json:
    assert found.start is not None
    claim = lines.claims[found.start]
    address = url(found.code)
    return {
        "path": path,
        **{name: claim[name] for name in ("line", "column", "end_line", "end_column")},
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "help": found.help,
        **({} if address is None else {"url": address}),
    }
