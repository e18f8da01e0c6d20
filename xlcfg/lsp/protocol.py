"""Places, findings and outlines in the words of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.report.links import url

if TYPE_CHECKING:
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.lsp.outline import Symbol

_SEVERITY = {
    ERROR: types.DiagnosticSeverity.Error,
    WARNING: types.DiagnosticSeverity.Warning,
    INFO: types.DiagnosticSeverity.Information,
}
_TAGS = {
    "XL105": [types.DiagnosticTag.Unnecessary],
    "XL108": [types.DiagnosticTag.Deprecated],
}
_SYMBOL = {
    "number": types.SymbolKind.Number,
    "string": types.SymbolKind.String,
    "list": types.SymbolKind.Array,
}


def position_of(analysis: Analysis, offset: int) -> types.Position:
    """A byte offset as the client counts."""
    return types.Position(*analysis.lines.position(offset))


def range_of(analysis: Analysis, start: int, end: int) -> types.Range:
    """Two byte offsets, the second exclusive."""
    return types.Range(position_of(analysis, start), position_of(analysis, end))


def markdown(text: str) -> types.MarkupContent:
    """Markdown for a client."""
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def diagnostic_of(analysis: Analysis, uri: str, finding: Diagnostic) -> types.Diagnostic:
    """A finding of the text `uri`, with its help and the address of its page."""
    start = finding.start or 0
    end = start if finding.end is None else finding.end
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, range_of(analysis, s, e)), text)
        for s, e, text in finding.related
    ]
    page = url(finding.code)
    return types.Diagnostic(
        range=range_of(analysis, start, end),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        code_description=None if page is None else types.CodeDescription(page),
        source="xlcfg",
        tags=_TAGS.get(finding.code),
        related_information=related or None,
    )


def symbol_of(analysis: Analysis, symbol: Symbol) -> types.DocumentSymbol:
    """A setting of the outline, with what it holds."""
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_SYMBOL[symbol.kind],
        range=range_of(analysis, symbol.start, symbol.end),
        selection_range=range_of(analysis, symbol.name_start, symbol.name_end),
        children=[symbol_of(analysis, child) for child in symbol.children] or None,
    )
