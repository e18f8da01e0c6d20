"""The words of the protocol: what is asked, as plain values; places, findings and outlines as JSON.

Clients are programs of others: a member that is missing or of another kind is answered with an
error that names it, and a position that is outside of its text counts as the nearest one inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.lsp.rpc import INVALID_PARAMS, RpcError
from xlcfg.report.links import url

if TYPE_CHECKING:
    from typing import Any

    from xlcfg.lsp.analysis import Analysis
    from xlcfg.lsp.lines import Lines
    from xlcfg.lsp.outline import Symbol

    Json = dict[str, Any]

#: the numbers of the protocol
MESSAGE_TYPES = {"error": 1, "warning": 2, "info": 3}
ITEM_KINDS = {"key": 10, "value": 20, "word": 5}
_SEVERITY = {ERROR: 1, WARNING: 2, INFO: 3}
_UNNECESSARY, _DEPRECATED = 1, 2
_TAGS = {"XL105": [_UNNECESSARY], "XL108": [_DEPRECATED]}
_SYMBOL = {"number": 16, "string": 15, "list": 18}

#: what a code action may be; the last one is ours
QUICK_FIX = "quickfix"
FIX_ALL = "source.fixAll.xlcfg"


# -- what is asked --------------------------------------------------------------------------------


def member(params: Any, *names: str) -> Any:
    """A member of an object within objects, None for one that is missing at its end."""
    at = params
    for depth, name in enumerate(names):
        if not isinstance(at, dict):
            where = ".".join(names[:depth]) or "params"
            raise RpcError(INVALID_PARAMS, f"{where} is no object")
        at = at.get(name)
    return at


def text_of(params: Any, *names: str) -> str:
    """A member that has to be a text."""
    text = member(params, *names)
    if not isinstance(text, str):
        raise RpcError(INVALID_PARAMS, f"{'.'.join(names)} is no string")
    return text


def list_of(params: Any, *names: str) -> list[Any]:
    """A member that has to be a list."""
    items = member(params, *names)
    if not isinstance(items, list):
        raise RpcError(INVALID_PARAMS, f"{'.'.join(names)} is no list")
    return items


def uri_of(params: Any) -> str:
    """The text that a message is about."""
    return text_of(params, "textDocument", "uri")


def offset_of(lines: Lines, params: Any, *names: str) -> int:
    """The byte offset of a position; one outside of the text counts as the nearest inside."""
    return lines.offset(_count(params, *names, "line"), _count(params, *names, "character"))


def span_of(lines: Lines, params: Any) -> tuple[int, int]:
    """The byte offsets of the member `range`, the smaller one first."""
    start, end = (offset_of(lines, params, "range", name) for name in ("start", "end"))
    return min(start, end), max(start, end)


def _count(params: Any, *names: str) -> int:
    number = member(params, *names)
    if isinstance(number, float) and number.is_integer():
        return int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        raise RpcError(INVALID_PARAMS, f"{'.'.join(names)} is no number")
    return number


# -- what is answered -----------------------------------------------------------------------------


def place_of(analysis: Analysis, offset: int) -> Json:
    """A byte offset as the client counts."""
    line, column = analysis.lines.position(offset)
    return {"line": line, "character": column}


def range_of(analysis: Analysis, start: int, end: int) -> Json:
    """Two byte offsets, the second exclusive."""
    return {"start": place_of(analysis, start), "end": place_of(analysis, end)}


def edit_of(analysis: Analysis, start: int, end: int, new: bytes) -> Json:
    """What is to stand there instead of the bytes between two offsets."""
    text = new.decode("utf-8", "surrogatepass" if _is_text(new) else "replace")
    return {"range": range_of(analysis, start, end), "newText": text}


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def markdown(text: str) -> Json:
    """Markdown for a client."""
    return {"kind": "markdown", "value": text}


def without_nothing(**members: Any) -> Json:
    """An object of those members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def diagnostic_of(analysis: Analysis, uri: str, finding: Diagnostic) -> Json:
    """A finding of the text `uri`, with its help and the address of its page."""
    start = finding.start or 0
    end = start if finding.end is None else finding.end
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    related = [
        {"location": {"uri": uri, "range": range_of(analysis, s, e)}, "message": text}
        for s, e, text in finding.related
    ]
    page = url(finding.code)
    return without_nothing(
        range=range_of(analysis, start, end),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        codeDescription=None if page is None else {"href": page},
        source="xlcfg",
        tags=_TAGS.get(finding.code),
        relatedInformation=related or None,
    )


def symbol_of(analysis: Analysis, symbol: Symbol) -> Json:
    """A setting of the outline, with what it holds."""
    return without_nothing(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_SYMBOL[symbol.kind],
        range=range_of(analysis, symbol.start, symbol.end),
        selectionRange=range_of(analysis, symbol.name_start, symbol.name_end),
        children=[symbol_of(analysis, child) for child in symbol.children] or None,
    )
