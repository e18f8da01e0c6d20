"""The answers to a client's questions, one function each: the state, the question, the answer."""

from __future__ import annotations

from xlcfg.lsp.complete import complete
from xlcfg.lsp.protocol import (
    FIX_ALL,
    ITEM_KINDS,
    QUICK_FIX,
    diagnostic_of,
    edit_of,
    markdown,
    member,
    offset_of,
    place_of,
    range_of,
    span_of,
    symbol_of,
    uri_of,
    without_nothing,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from xlcfg.lsp.analysis import Analysis
    from xlcfg.lsp.fixes import QuickFix
    from xlcfg.lsp.protocol import Json
    from xlcfg.lsp.state import State

_DEPRECATED = 1


def completion(state: State, params: Any) -> Json:
    """What can be written at a place."""
    analysis, offset = _asked(state, params)
    state.completing = analysis
    at = place_of(analysis, offset)
    items = []
    place = {"start": at, "end": at}
    start = -1
    for proposal in complete(analysis, offset):
        if proposal.start != start:  # mostly it is the same for all
            start = proposal.start
            place = {"start": place_of(analysis, start), "end": at}
        item = {
            "label": proposal.label,
            "kind": ITEM_KINDS[proposal.kind],
            "sortText": f"{proposal.rank}{proposal.label}",
            "textEdit": {"range": place, "newText": proposal.text},
            "insertTextFormat": 1,
        }
        if proposal.about:
            item["detail"] = proposal.about
        if proposal.deprecated:
            item["tags"] = [_DEPRECATED]
        items.append(item)
    return {"isIncomplete": False, "items": items}


def resolve(state: State, item: Any) -> Any:
    """A proposal with its documentation."""
    if member(item, "kind") == ITEM_KINDS["key"] and state.completing is not None:
        from xlcfg.lsp.hover import key_markdown

        text = key_markdown(state.completing, str(item.get("label")))
        if text:
            return {**item, "documentation": markdown(text)}
    return item


def hovered(state: State, params: Any) -> Json | None:
    """What is known of the thing at a place."""
    from xlcfg.lsp.hover import hover

    analysis, offset = _asked(state, params)
    found = hover(analysis, offset)
    if found is None:
        return None
    text, start, end = found
    return {"contents": markdown(text), "range": range_of(analysis, start, end)}


def actions(state: State, params: Any) -> list[Json]:
    """The quick fixes of the findings in a range, and where it is asked for, the fix of all."""
    from xlcfg.lsp.fixes import fix_all

    uri = uri_of(params)
    analysis = state.analysis(uri)
    start, end = span_of(analysis.lines, params)
    only = member(params, "context", "only") if member(params, "context") is not None else None
    wanted = [kind for kind in only if isinstance(kind, str)] if isinstance(only, list) else None
    found = []
    if wanted is None or _is_wanted(QUICK_FIX, wanted):
        found += list(_quick(analysis, uri, start, end))
    # Checks the whole text several times: not on each move of a cursor.
    if wanted is not None and _is_wanted(FIX_ALL, wanted):
        fixed = fix_all(analysis)
        if fixed is not None:
            found.append(_action(analysis, uri, FIX_ALL, fixed))
    return found


def _is_wanted(kind: str, wanted: list[str]) -> bool:
    """Whether one of the kinds asked for is this one, or one that it belongs to."""
    return any(not one or f"{kind}.".startswith(f"{one}.") for one in wanted)


def _quick(analysis: Analysis, uri: str, start: int, end: int) -> Iterator[Json]:
    """The fixes of the findings between two offsets; behind them, comments that ignore those."""
    from xlcfg.lsp.fixes import ignoring, quick_fix

    touched = [
        finding
        for finding in analysis.diagnostics
        if finding.start is not None
        and finding.end is not None
        and finding.start <= end
        and finding.end >= start
    ]
    for finding in touched:
        fix = quick_fix(analysis, finding)
        if fix is not None:
            about = diagnostic_of(analysis, uri, finding)
            yield _action(analysis, uri, QUICK_FIX, fix) | {"diagnostics": [about]}
    for finding, fix in ignoring(analysis, touched):
        about = diagnostic_of(analysis, uri, finding)
        yield _action(analysis, uri, QUICK_FIX, fix) | {"diagnostics": [about]}


def _action(analysis: Analysis, uri: str, kind: str, fix: QuickFix) -> Json:
    edits = [edit_of(analysis, *edit) for edit in fix.edits]
    return without_nothing(
        title=fix.title,
        kind=kind,
        isPreferred=(fix.safe and kind == QUICK_FIX) or None,
        edit={"changes": {uri: edits}},
    )


def formatted(state: State, params: Any) -> list[Json] | None:
    """The text in xlcfg's style: no edit where it has it, None where it cannot be read."""
    from xlcfg.lsp.formatting import whole

    analysis = state.analysis(uri_of(params))
    return _edits(analysis, whole(analysis))


def range_formatted(state: State, params: Any) -> list[Json] | None:
    """The same for the settings that a range touches."""
    from xlcfg.lsp.formatting import part

    analysis = state.analysis(uri_of(params))
    return _edits(analysis, part(analysis, *span_of(analysis.lines, params)))


def _edits(analysis: Analysis, edits: list[tuple[int, int, bytes]] | None) -> list[Json] | None:
    return None if edits is None else [edit_of(analysis, *edit) for edit in edits]


def outline(state: State, params: Any) -> list[Json]:
    """The settings of a text."""
    from xlcfg.lsp.outline import symbols

    analysis = state.analysis(uri_of(params))
    return [symbol_of(analysis, symbol) for symbol in symbols(analysis)]


def defined(state: State, params: Any) -> Json | None:
    """The setting that counts for the name at a place."""
    from xlcfg.lsp.outline import definition

    analysis, offset = _asked(state, params)
    setting = definition(analysis, offset)
    if setting is None:
        return None
    return {"uri": uri_of(params), "range": range_of(analysis, setting.start, setting.name_end)}


def referred(state: State, params: Any) -> list[Json]:
    """Every setting of the name at a place."""
    from xlcfg.lsp.outline import references

    analysis, offset = _asked(state, params)
    uri = uri_of(params)
    return [
        {"uri": uri, "range": range_of(analysis, setting.start, setting.name_end)}
        for setting in references(analysis, offset)
    ]


def _asked(state: State, params: Any) -> tuple[Analysis, int]:
    """The text and byte offset that a question is about."""
    analysis = state.analysis(uri_of(params))
    return analysis, offset_of(analysis.lines, params, "position")
