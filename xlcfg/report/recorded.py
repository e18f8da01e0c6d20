"""The result of a run made of its JSON, so that every format can show it.

The files themselves are not looked at: what a document names is not opened. So no lines are shown,
and fingerprints are made of messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlcfg.checks.report import Report, Result
from xlcfg.core.diagnostics import SEVERITIES, Diagnostic, Fix
from xlcfg.core.policy import Decision, Step
from xlcfg.core.source import Position, Source
from xlcfg.model.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    Json = dict[str, Any]


class _Elsewhere(Source):
    """A file of which only places are known: an offset is the number of one."""

    __slots__ = ("places",)

    def __init__(self, path: str) -> None:
        super().__init__(path, b"")
        self.places: list[Position] = []

    def position(self, offset: int) -> Position:
        return self.places[offset]

    def line_of(self, offset: int) -> int:
        line: int = self.places[offset].line
        return line

    def span(self, found: Json) -> tuple[int, int]:
        """The numbers of the places where something begins and ends."""
        self.places.append(Position(_number(found["line"]), _number(found["column"])))
        self.places.append(Position(_number(found["end_line"]), _number(found["end_column"])))
        return len(self.places) - 2, len(self.places) - 1


def from_json(document: Json, paths: Iterable[str] = ()) -> Result:
    """The result that a document of `xlcfg check --format json` is of.

    `paths` are all its inputs in their order, where they are known: of an input without findings
    and policy nothing is in the document. Raises KeyError, TypeError, ValueError for what is none.
    """
    result = Result(Target(_text(document["xen"]), _text(document["arch"])))
    reports: dict[str, list[Report]] = {path: [] for path in paths}
    for found in document["diagnostics"]:
        own = reports.setdefault(found["path"], [])
        if not own:
            own.append(Report(_Elsewhere(_text(found["path"]))))
        own[0].diagnostics.append(_diagnostic(found, own[0].source))
    for entry in document["policies"]:
        own = reports.setdefault(entry["path"], [])
        if not own or own[-1].policy is not None:
            own.append(Report(_Elsewhere(_text(entry["path"]))))
        own[-1].policy = _decision(entry)
        own[-1].part = _text(entry.get("guest", ""))
    for path, own in reports.items():
        result.reports.extend(own or [Report(_Elsewhere(path))])
    return result


def _diagnostic(found: Json, source: Source) -> Diagnostic:
    assert isinstance(source, _Elsewhere)
    if found["severity"] not in SEVERITIES:
        raise ValueError(found["severity"])
    start = end = None
    if found["line"] is not None:
        start, end = source.span(found)
    fix = None
    if found.get("fix") is not None:
        edits = [(*source.span(e), _bytes(_text(e["text"]))) for e in found["fix"]["edits"]]
        fix = Fix(_text(found["fix"]["title"]), bool(found["fix"]["safe"]), edits)
    return Diagnostic(
        _text(found["code"]),
        found["severity"],
        _text(found["message"]),
        start=start,
        end=end,
        help=_text(found["help"]),
        related=tuple((*source.span(r), _text(r["message"])) for r in found.get("related", ())),
        fix=fix,
    )


def _decision(entry: Json) -> Decision:
    names = ("level", "origin", "said", "policy", "outcome", "where")
    steps = [Step(*(_text(step[name]) for name in names)) for step in entry["steps"]]
    return Decision(
        _text(entry["policy"]), _text(entry["decided_by"]), steps, bool(entry["as_released"])
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _bytes(text: str) -> bytes:
    """What a fix writes: a byte that is no UTF-8 is half a surrogate pair in JSON."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value
