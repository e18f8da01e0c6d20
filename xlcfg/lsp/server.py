"""The language server proper: the protocol on one side, `Analysis` on the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from xlcfg import __version__
from xlcfg.catalogue import UnknownReleaseError, dialects, parse_release
from xlcfg.core.diagnostics import ERROR, INFO, WARNING, Diagnostic
from xlcfg.core.selection import CodeSelection
from xlcfg.lsp.analysis import Analysis
from xlcfg.lsp.complete import complete
from xlcfg.lsp.hover import hover, key_markdown
from xlcfg.lsp.mend import mend
from xlcfg.lsp.outline import Symbol, definition, references, symbols
from xlcfg.lsp.settings import Settings
from xlcfg.model.guest import GUEST_TYPES
from xlcfg.model.target import ARCHITECTURES
from xlcfg.report.links import url
from xlcfg.settings.project import FILES
from xlcfg.syntax.cmdline import read_boot

if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter

#: Seconds of silence after a keystroke before the findings are worked out anew; a text whose check
#: takes long waits for as many times that.
DELAY = 0.15
PATIENCE = 3

#: How many findings of one text are sent; nobody looks at more, and editors slow down.
MOST = 1000

#: What clients may say, as initialization options or settings; the rest of the command line's.
OPTIONS = ("xen", "arch", "cmdline", "dialect", "type", "select", "ignore")

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
    """What the server keeps: the linter, and one analysis per open text."""

    def __init__(self, linter: Linter) -> None:
        super().__init__(
            "xlcfg", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full
        )
        #: as started, and with what the client says; settings of projects come on top
        self.linter = linter
        self._base = self.target = linter.target
        self._said: dict[str, Any] = {}
        self.settings = Settings()
        #: the target of the last completion, for the questions about its items
        self.completing = linter.target
        self._analyses: dict[str, tuple[int | None, Analysis]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._took: dict[str, float] = {}

    def configure(self, settings: Any) -> bool:
        """Take over the members of an object that are among `OPTIONS`; whether one has changed.

        An empty one says nothing, and what makes no sense is left as it was.
        """
        if not isinstance(settings, dict):
            return False
        said = dict(self._said)
        for name in OPTIONS:
            value = settings.get(name)
            if name not in settings:
                continue
            if value in ("", [], None):
                said.pop(name, None)
            elif self._makes_sense(name, value):
                said[name] = value
        if said == self._said:
            return False
        self._said = said
        self._take_over(said)
        self._analyses.clear()
        return True

    def _makes_sense(self, name: str, value: Any) -> bool:
        if name in ("dialect", "select", "ignore"):
            if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
                return False
            unknown = [w for w in value if name == "dialect" and w not in dialects()]
            if unknown:
                self.complain(f"there is no dialect {unknown[0]!r}")
            return not unknown
        if not isinstance(value, str):
            return False
        if name == "xen":
            try:
                parse_release(value)
            except UnknownReleaseError as error:
                self.complain(str(error))
                return False
        words = {"arch": ARCHITECTURES, "type": GUEST_TYPES}.get(name)
        return words is None or value in words

    def _take_over(self, said: dict[str, Any]) -> None:
        """Make the target anew: what the client says goes before settings of projects."""
        base = self._base
        choice = None
        if "select" in said or "ignore" in said:
            choice = CodeSelection(
                tuple(code.upper() for code in said.get("select", ())),
                tuple(code.upper() for code in said.get("ignore", ())),
            )
        self.target = base.replace(
            release=parse_release(said["xen"]) if "xen" in said else base.release,
            arch=said.get("arch", base.arch),
            dialects=tuple(said.get("dialect", base.dialects)),
            selection=choice,
            guest_type=said.get("type", ""),
            given=(*base.given, *said),
            boot=read_boot(said["cmdline"]) if "cmdline" in said else base.boot,
        )
        self.settings.drop()

    def complain(self, message: str, *, error: bool = False) -> None:
        """Show the user a message."""
        kind = types.MessageType.Error if error else types.MessageType.Warning
        self.window_show_message(types.ShowMessageParams(kind, f"xlcfg: {message}"))

    def settings_changed(self) -> None:
        """Look at every text again, as settings files of projects now say."""
        self.settings.drop()
        self._analyses.clear()
        self.publish_all()

    def analysis(self, uri: str) -> Analysis:
        """The analysis of a text as it is now."""
        document = self.workspace.get_text_document(uri)
        kept = self._analyses.get(uri)
        if kept is not None and kept[0] == document.version and document.version is not None:
            return kept[1]
        encoding = types.PositionEncodingKind(self.workspace.position_encoding or "utf-16")
        # only what is a file, or will be one, has a folder with settings above it
        path = document.path if uri.startswith("file:") and document.path else ""
        target, excluded = self.settings.hold(path, self.target)
        for message in self.settings.complaints():
            self.complain(message, error=True)
        made = Analysis(
            document.path or uri,
            document.source,
            self.linter.about(target),
            encoding.value,
            None if kept is None else kept[1],
            excluded=excluded,
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

    def look(self, uri: str) -> None:
        """Send the findings of a text, of all texts if a settings file has changed meanwhile."""
        if self.settings.changed():
            self.settings_changed()
        else:
            self.publish(uri)

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


def serve(linter: Linter) -> None:
    """Serve over standard input and output until the client says exit."""
    # What a plugin prints must not end up between messages; and pygls closes what it writes to.
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output,
        contextlib.redirect_stdout(sys.stderr),
    ):
        make(linter).start_io(sys.stdin.buffer, output)


def make(linter: Linter) -> Server:
    """A server with all it can do registered."""
    server = Server(linter)
    _documents(server)
    _questions(server)
    return server


def _documents(server: Server) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.configure(params.initialization_options)

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:  # noqa: ARG001
        workspace = server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace is not None else None
        if watched is None or not watched.dynamic_registration:
            return
        globs = [types.FileSystemWatcher(f"**/{name}") for name in FILES]
        server.client_register_capability(
            types.RegistrationParams(
                [
                    types.Registration(
                        "xlcfg-settings",
                        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
                        types.DidChangeWatchedFilesRegistrationOptions(globs),
                    )
                ]
            )
        )

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:  # noqa: ARG001
        server.settings_changed()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.look(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.later(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.look(params.text_document.uri)

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
        server.completing = analysis.target
        at = params.position
        offset = analysis.lines.offset(at.line, at.character)
        items = []
        place = types.Range(at, at)
        start = -1
        for proposal in complete(analysis, offset):
            if proposal.start != start:  # mostly it is the same for all
                start = proposal.start
                place = types.Range(_position(analysis, start), at)
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
            said = key_markdown(server.completing, item.label)
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
    page = url(finding.code)
    return types.Diagnostic(
        range=_range(analysis, start, end),
        message=message,
        severity=_SEVERITY[finding.severity],
        code=finding.code,
        code_description=None if page is None else types.CodeDescription(page),
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
