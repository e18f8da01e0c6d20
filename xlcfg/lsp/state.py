"""The state of a server: what it is about, and one `Analysis` per open text."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from xlcfg.catalogue import UnknownReleaseError, dialects, parse_release
from xlcfg.core.selection import CodeSelection
from xlcfg.core.version import VERSION
from xlcfg.lsp.analysis import Analysis
from xlcfg.lsp.protocol import diagnostic_of
from xlcfg.lsp.settings import Settings
from xlcfg.model.guest import GUEST_TYPES
from xlcfg.model.target import ARCHITECTURES
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


class Server(LanguageServer):
    """What the server keeps: the target, and one analysis per open text."""

    def __init__(self, linter: Linter) -> None:
        super().__init__("xlcfg", VERSION, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        #: as started, and with what the client asks for; settings of projects come on top
        self.linter = linter
        self._base = self.target = linter.target
        self._given: dict[str, Any] = {}
        self.settings = Settings(linter.codes.prefix)
        #: the target of the last completion, for the questions about its items
        self.completing = linter.target
        self._analyses: dict[str, tuple[int | None, Analysis]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._took: dict[str, float] = {}

    def configure(self, settings: Any) -> bool:
        """Take over the members of an object that are among `OPTIONS`; whether one has changed.

        An empty one counts as none, and what makes no sense is left as it was.
        """
        if not isinstance(settings, dict):
            return False
        given = dict(self._given)
        for name in OPTIONS:
            value = settings.get(name)
            if name not in settings:
                continue
            if value in ("", [], None):
                given.pop(name, None)
            elif self._makes_sense(name, value):
                given[name] = value
        if given == self._given:
            return False
        self._given = given
        self._take_over(given)
        self._analyses.clear()
        return True

    def _makes_sense(self, name: str, value: Any) -> bool:
        if name in ("dialect", "select", "ignore"):
            if not (isinstance(value, list) and all(isinstance(word, str) for word in value)):
                return False
            if name == "dialect":
                wrong = [f"there is no dialect {w!r}" for w in value if w not in dialects()]
            else:
                wrong = [f"{name}: {said}" for said in self.linter.codes.unknown(value)]
            for said in wrong[:1]:
                self.complain(said)
            return not wrong
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

    def _take_over(self, given: dict[str, Any]) -> None:
        """Make the target anew: what the client asks for goes before settings of projects."""
        base = self._base
        choice = None
        if "select" in given or "ignore" in given:
            codes = self.linter.codes
            choice = CodeSelection(
                codes.prefixes(given.get("select", ())), codes.prefixes(given.get("ignore", ()))
            )
        self.target = base.replace(
            release=parse_release(given["xen"]) if "xen" in given else base.release,
            arch=given.get("arch", base.arch),
            as_released=base.as_released or ("xen" in given and "as_proposed" not in base.given),
            dialects=tuple(given.get("dialect", base.dialects)),
            selection=choice,
            guest_type=given.get("type", ""),
            given=(*base.given, *given),
            boot=read_boot(given["cmdline"]) if "cmdline" in given else base.boot,
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
        given = uri in self.workspace.text_documents
        text = document.source if given else _read(document.path)
        made = Analysis(
            document.path or uri,
            text or "",
            self.linter.about(target),
            encoding.value,
            None if kept is None else kept[1],
            excluded=excluded or text is None,
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
        found = [diagnostic_of(analysis, uri, one) for one in analysis.diagnostics[:MOST]]
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


def _read(path: str | None) -> str | None:
    """The text of a file that the client asks about and has not opened; None for one that cannot be
    read, such as a device: the server never waits for one.
    """
    from xlcfg.core.source import Source
    from xlcfg.source.files import read_file

    item = read_file(path) if path else None
    return item.data.decode("utf-8", "replace") if isinstance(item, Source) else None
