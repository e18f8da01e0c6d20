"""The answers to a client's questions, one function each: the server, the question, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from xlcfg.lsp.complete import complete
from xlcfg.lsp.fixes import quick_fix
from xlcfg.lsp.hover import hover, key_markdown
from xlcfg.lsp.outline import definition, references, symbols
from xlcfg.lsp.protocol import diagnostic_of, markdown, position_of, range_of, symbol_of

if TYPE_CHECKING:
    from xlcfg.lsp.analysis import Analysis
    from xlcfg.lsp.state import Server

_ITEM = {
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "word": types.CompletionItemKind.Field,
}


def completion(server: Server, params: types.CompletionParams) -> types.CompletionList:
    """What can be written at a place."""
    analysis = server.analysis(params.text_document.uri)
    server.completing = analysis.target
    at = params.position
    offset = analysis.lines.offset(at.line, at.character)
    items = []
    place = types.Range(at, at)
    start = -1
    for proposal in complete(analysis, offset):
        if proposal.start != start:  # mostly it is the same for all
            start = proposal.start
            place = types.Range(position_of(analysis, start), at)
        items.append(
            types.CompletionItem(
                label=proposal.label,
                kind=_ITEM[proposal.kind],
                detail=proposal.about or None,
                sort_text=f"{proposal.rank}{proposal.label}",
                text_edit=types.TextEdit(place, proposal.text),
                tags=[types.CompletionItemTag.Deprecated] if proposal.deprecated else None,
                insert_text_format=types.InsertTextFormat.PlainText,
            )
        )
    return types.CompletionList(is_incomplete=False, items=items)


def resolve(server: Server, item: types.CompletionItem) -> types.CompletionItem:
    """A proposal with its documentation."""
    if item.kind == types.CompletionItemKind.Property:
        text = key_markdown(server.completing, item.label)
        if text:
            item.documentation = markdown(text)
    return item


def hovered(server: Server, params: types.HoverParams) -> types.Hover | None:
    """What is known of the thing at a place."""
    analysis, offset = _asked(server, params)
    found = hover(analysis, offset)
    if found is None:
        return None
    text, start, end = found
    return types.Hover(contents=markdown(text), range=range_of(analysis, start, end))


def actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The quick fixes of the findings in a range."""
    uri = params.text_document.uri
    analysis = server.analysis(uri)
    start = analysis.lines.offset(params.range.start.line, params.range.start.character)
    end = analysis.lines.offset(params.range.end.line, params.range.end.character)
    found = []
    for finding in analysis.diagnostics:
        if finding.start is None or finding.end is None:
            continue
        if finding.start > end or finding.end < start:
            continue
        fix = quick_fix(analysis, finding)
        if fix is None:
            continue
        edits = [
            types.TextEdit(range_of(analysis, *place), text.decode("utf-8", "replace"))
            for *place, text in fix.edits
        ]
        found.append(
            types.CodeAction(
                title=fix.title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=[diagnostic_of(analysis, uri, finding)],
                is_preferred=fix.safe or None,
                edit=types.WorkspaceEdit(changes={uri: edits}),
            )
        )
    return found


def formatted(
    server: Server, params: types.DocumentFormattingParams
) -> list[types.TextEdit] | None:
    """The text in xlcfg's style: no edit where it has it, None where it cannot be read."""
    from xlcfg.fmt import format_source

    analysis = server.analysis(params.text_document.uri)
    new = format_source(analysis.source)
    if new is None:
        return None
    if new == analysis.source.data:
        return []
    whole = range_of(analysis, 0, len(analysis.source.data))
    return [types.TextEdit(whole, new.decode("utf-8", "surrogatepass"))]


def outline(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The settings of a text."""
    analysis = server.analysis(params.text_document.uri)
    return [symbol_of(analysis, symbol) for symbol in symbols(analysis)]


def defined(server: Server, params: types.DefinitionParams) -> types.Location | None:
    """The setting that counts for the name at a place."""
    analysis, offset = _asked(server, params)
    setting = definition(analysis, offset)
    if setting is None:
        return None
    uri = params.text_document.uri
    return types.Location(uri, range_of(analysis, setting.start, setting.name_end))


def referred(server: Server, params: types.ReferenceParams) -> list[types.Location]:
    """Every setting of the name at a place."""
    analysis, offset = _asked(server, params)
    uri = params.text_document.uri
    return [
        types.Location(uri, range_of(analysis, setting.start, setting.name_end))
        for setting in references(analysis, offset)
    ]


def _asked(
    server: Server, params: types.HoverParams | types.DefinitionParams | types.ReferenceParams
) -> tuple[Analysis, int]:
    """The text and byte offset that a question is about."""
    analysis = server.analysis(params.text_document.uri)
    return analysis, analysis.lines.offset(params.position.line, params.position.character)
