"""The language server proper: the protocol on one side, `Analysis` on the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from xlcfg import __version__
from xlcfg.context import ARCHITECTURES, Context, read_boot
from xlcfg.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.lsp.analysis import Analysis
from xlcfg.lsp.complete import complete
from xlcfg.lsp.hover import hover, key_markdown
from xlcfg.lsp.mend import mend
from xlcfg.lsp.outline import Symbol, definition, references, symbols

#: Seconds of silence after a keystroke before the findings are worked out anew; a text whose check
#: takes long waits for as many times that.
DELAY = 0.15
PATIENCE = 3

#: How many findings of one text are sent; nobody looks at more, and editors slow down.
MOST = 1000

_SEVERITY = {
    ERROR: types.DiagnosticSeverity.Error,
    WARNING: types.DiagnosticSeverity.Warning,
    INFO: types.DiagnosticSeverity.Information,
}
_TAGS = {
    "XL105": [types.DiagnosticTag.Unnecessary],
    "XL108": [types.DiagnosticTag.Deprecated],
}
_ITEM = {
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "word": types.CompletionItemKind.Field,
}
_SYMBOL = {
    "number": types.SymbolKind.Number,
    "string": types.SymbolKind.String,
    "list": types.SymbolKind.Array,
}


class Server(LanguageServer):
    """What the server keeps: the context, and one analysis per open text."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            "xlcfg", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        self.context = context
        self._analyses: dict[str, tuple[int | None, Analysis]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._took: dict[str, float] = {}

    def configure(self, settings: Any) -> bool:
        """Take over `xen`, `arch` and `cmdline`, as objects with those members say.

        What makes no sense is left as it was. Whether anything has changed.
        """
        from xlcfg.catalogue import UnknownReleaseError, parse_release

        if not isinstance(settings, dict):
            return False
        old = self.context
        release, arch, boot = old.release, old.arch, old.boot
        if isinstance(settings.get("xen"), str) and settings["xen"]:
            try:
                release = parse_release(settings["xen"])
            except UnknownReleaseError as error:
                self.window_show_message(
                    types.ShowMessageParams(types.MessageType.Warning, f"xlcfg: {error}")
                )
        if settings.get("arch") in ARCHITECTURES:
            arch = settings["arch"]
        if isinstance(settings.get("cmdline"), str):
            boot = read_boot(settings["cmdline"]) if settings["cmdline"] else None
        if (release, arch, boot) == (old.release, old.arch, old.boot):
            return False
        self.context = Context(
            release,
            arch,
            old.hooks,
            boot=boot,
            as_released=old.as_released,
            host=old.host,
            dialects=old.dialects,
        )
        self._analyses.clear()
        return True

    def analysis(self, uri: str) -> Analysis:
        """The analysis of a text as it is now."""
        document = self.workspace.get_text_document(uri)
        kept = self._analyses.get(uri)
        if kept is not None and kept[0] == document.version and document.version is not None:
            return kept[1]
        encoding = types.PositionEncodingKind(self.workspace.position_encoding or "utf-16")
        made = Analysis(
            document.path or uri,
            document.source,
            self.context,
            encoding.value,
            None if kept is None else kept[1],
        )
        self._analyses[uri] = document.version, made
        return made

    def later(self, uri: str) -> None:
        """Work the findings out once typing has paused."""
        self.forget(uri, analysis=False)
        delay = max(DELAY, PATIENCE * self._took.get(uri, 0.0))
        self._waiting[uri] = asyncio.get_running_loop().call_later(delay, self.publish, uri)

    def publish(self, uri: str) -> None:
        """Send the findings of a text."""
        self.forget(uri, analysis=False)
        if uri not in self.workspace.text_documents:
            return
        analysis = self.analysis(uri)
        started = time.monotonic()
        found = [_diagnostic(analysis, uri, one) for one in analysis.diagnostics[:MOST]]
        self._took[uri] = time.monotonic() - started
        version = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=version)
        )

    def publish_all(self) -> None:
        """Send the findings of every open text."""
        for uri in list(self.workspace.text_documents):
            self.publish(uri)

    def forget(self, uri: str, *, analysis: bool = True) -> None:
        """Drop what is planned for a text, and what is known of it."""
        waiting = self._waiting.pop(uri, None)
        if waiting is not None:
            waiting.cancel()
        if analysis:
            self._analyses.pop(uri, None)
            self._took.pop(uri, None)


def serve(context: Context) -> None:
    """Serve over standard input and output until the client says exit."""
    # What a plugin prints must not end up between messages; and pygls closes what it writes to.
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output,
        contextlib.redirect_stdout(sys.stderr),
    ):
        make(context).start_io(sys.stdin.buffer, output)


def make(context: Context) -> Server:
    """A server with all it can do registered."""
    server = Server(context)
    _documents(server)
    _questions(server)
    return server


def _documents(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configure(params.initialization_options)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.later(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.forget(uri)
        server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=[])
        )

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        settings = params.settings
        if isinstance(settings, dict) and server.configure(settings.get("xlcfg", settings)):
            server.publish_all()


def _questions(server: Server) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=['"', "'", ",", "="], resolve_provider=True),
    )
    def completion(params: types.CompletionParams) -> types.CompletionList:
        analysis = server.analysis(params.text_document.uri)
        at = params.position
        offset = analysis.lines.offset(at.line, at.character)
        items = []
        for proposal in complete(analysis, offset):
            place = types.Range(_position(analysis, proposal.start), at)
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

    @server.feature(types.COMPLETION_ITEM_RESOLVE)
    def resolve(item: types.CompletionItem) -> types.CompletionItem:
        if item.kind == types.CompletionItemKind.Property:
            said = key_markdown(server.context, item.label)
            if said:
                item.documentation = _markdown(said)
        return item

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        analysis, offset = _asked(server, params)
        found = hover(analysis, offset)
        if found is None:
            return None
        said, start, end = found
        return types.Hover(contents=_markdown(said), range=_range(analysis, start, end))

    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    def actions(params: types.CodeActionParams) -> list[types.CodeAction]:
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
            mending = mend(analysis, finding)
            if mending is None:
                continue
            edits = [
                types.TextEdit(_range(analysis, *place), text.decode("utf-8", "replace"))
                for *place, text in mending.edits
            ]
            found.append(
                types.CodeAction(
                    title=mending.title,
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[_diagnostic(analysis, uri, finding)],
                    is_preferred=mending.safe or None,
                    edit=types.WorkspaceEdit(changes={uri: edits}),
                )
            )
        return found

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatted(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        from xlcfg.fmt import format_source

        analysis = server.analysis(params.text_document.uri)
        new = format_source(analysis.source)
        if new is None:
            return None
        if new == analysis.source.data:
            return []
        whole = _range(analysis, 0, len(analysis.source.data))
        return [types.TextEdit(whole, new.decode("utf-8", "surrogatepass"))]

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        analysis = server.analysis(params.text_document.uri)
        return [_symbol(analysis, symbol) for symbol in symbols(analysis)]

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def defined(params: types.DefinitionParams) -> types.Location | None:
        analysis, offset = _asked(server, params)
        setting = definition(analysis, offset)
        if setting is None:
            return None
        uri = params.text_document.uri
        return types.Location(uri, _range(analysis, setting.start, setting.name_end))

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def referred(params: types.ReferenceParams) -> list[types.Location]:
        analysis, offset = _asked(server, params)
        uri = params.text_document.uri
        return [
            types.Location(uri, _range(analysis, setting.start, setting.name_end))
            for setting in references(analysis, offset)
        ]


def _asked(
    server: Server, params: types.HoverParams | types.DefinitionParams | types.ReferenceParams
) -> tuple[Analysis, int]:
    """The text and byte offset that a question is about."""
    analysis = server.analysis(params.text_document.uri)
    return analysis, analysis.lines.offset(params.position.line, params.position.character)


def _position(analysis: Analysis, offset: int) -> types.Position:
    return types.Position(*analysis.lines.position(offset))


def _range(analysis: Analysis, start: int, end: int) -> types.Range:
    return types.Range(_position(analysis, start), _position(analysis, end))


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def _diagnostic(analysis: Analysis, uri: str, finding: Diagnostic) -> types.Diagnostic:
    start = finding.start or 0
    end = start if finding.end is None else finding.end
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    related = [
        types.DiagnosticRelatedInformation(types.Location(uri, _range(analysis, s, e)), said)
        for s, e, said in finding.related
    ]
    return types.Diagnostic(
        range=_range(analysis, start, end),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        source="xlcfg",
        tags=_TAGS.get(finding.code),
        related_information=related or None,
    )


def _symbol(analysis: Analysis, symbol: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=_SYMBOL[symbol.kind],
        range=_range(analysis, symbol.start, symbol.end),
        selection_range=_range(analysis, symbol.name_start, symbol.name_end),
        children=[_symbol(analysis, child) for child in symbol.children] or None,
    )
