"""The state of a server: what it is about, its open texts, and what is still to be looked at."""

from __future__ import annotations

import os
import time

from xlcfg.catalogue import UnknownReleaseError, dialects, parse_release
from xlcfg.core.selection import CodeSelection
from xlcfg.lsp.analysis import Analysis
from xlcfg.lsp.lines import Lines
from xlcfg.lsp.protocol import MESSAGE_TYPES, diagnostic_of
from xlcfg.lsp.settings import Settings
from xlcfg.lsp.texts import Texts, path_of
from xlcfg.model.guest import GUEST_TYPES
from xlcfg.model.target import ARCHITECTURES
from xlcfg.syntax.cmdline import read_boot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.checks.linter import Linter
    from xlcfg.lsp.rpc import Channel

#: Seconds of silence after a keystroke before the findings are worked out anew; a text whose check
#: takes long waits for as many times that.
DELAY = 0.15
PATIENCE = 3

#: How many findings of one text are sent; nobody looks at more, and editors slow down.
MOST = 1000

#: What clients may say, as initialization options or settings; the rest of the command line's.
OPTIONS = ("xen", "arch", "cmdline", "dialect", "type", "select", "ignore")


class State:
    """What a server keeps: the target, the open texts, an analysis of each, what is due."""

    def __init__(self, linter: Linter, channel: Channel) -> None:
        self.channel = channel
        #: as started, and with what the client asks for; settings of projects come on top
        self.linter = linter
        self._base = self.target = linter.target
        self._given: dict[str, Any] = {}
        self.settings = Settings(linter.codes.prefix)
        self.texts = Texts()
        #: the last text that something was completed in, for the questions about the proposals
        self.completing: Analysis | None = None
        self._analyses: dict[str, Analysis] = {}
        #: when the findings of a text are due; those that are due at once, in their order
        self._later: dict[str, float] = {}
        self._now: dict[str, None] = {}
        self._took: dict[str, float] = {}
        self._told_large: set[str] = set()

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

    def complain(self, message: str, kind: str = "warning") -> None:
        """Show the user a message."""
        said = {"type": MESSAGE_TYPES[kind], "message": f"xlcfg: {message}"}
        self.channel.tell("window/showMessage", said)

    def settings_changed(self) -> None:
        """Look at every text again, as settings files of projects now say."""
        self.settings.drop()
        self._analyses.clear()
        self.publish_all()

    def analysis(self, uri: str) -> Analysis:
        """The analysis of a text as it is now; of one that is not open, as its file is."""
        text = self.texts.get(uri)
        kept = self._analyses.get(uri)
        if text is not None and kept is not None and kept.lines is text.lines:
            return kept
        path = path_of(uri)
        target, excluded = self.settings.hold(path, self.target)
        for message in self.settings.complaints():
            self.complain(message, "error")
        data = None if text else _read(path)
        made = Analysis(
            path or uri,
            text.lines if text else Lines(data or b"", self.texts.encoding),
            self.linter.about(target),
            kept,
            language=text.language if text else "",
            excluded=excluded or (text is None and data is None),
        )
        if text is not None:
            self._analyses[uri] = made
        return made

    # -- findings ---------------------------------------------------------------------------------

    def look(self, uri: str) -> None:
        """Work the findings of a text out, of all texts if a settings file has changed."""
        if self.settings.changed():
            self.settings_changed()
        else:
            self._soon(uri)

    def later(self, uri: str) -> None:
        """Work the findings out once typing has paused."""
        self._now.pop(uri, None)
        self._later[uri] = time.monotonic() + max(DELAY, PATIENCE * self._took.get(uri, 0.0))

    def publish_all(self) -> None:
        """Work the findings of every open text out."""
        for uri in self.texts:
            self._soon(uri)

    def _soon(self, uri: str) -> None:
        self._later.pop(uri, None)
        self._now[uri] = None

    def pause(self) -> float | None:
        """The seconds until findings are due; None for never."""
        if self._now:
            return 0.0
        if not self._later:
            return None
        return max(min(self._later.values()) - time.monotonic(), 0.0)

    def work(self) -> None:
        """Send the findings of the one text that is due first, if one is."""
        if self._now:
            self._publish(next(iter(self._now)))
        elif self._later:
            uri = min(self._later, key=self._later.__getitem__)
            if self._later[uri] <= time.monotonic():
                self._publish(uri)

    def _publish(self, uri: str) -> None:
        self._now.pop(uri, None)
        self._later.pop(uri, None)
        text = self.texts.get(uri)
        if text is None:
            return
        analysis = self.analysis(uri)
        if analysis.too_large and uri not in self._told_large:
            self._told_large.add(uri)
            self.complain(
                f"{os.path.basename(analysis.source.path)} is larger than "
                f"{analysis.largest >> 10} KiB and is not checked here: run xlcfg check"
            )
        started = time.monotonic()
        found = [diagnostic_of(analysis, uri, one) for one in analysis.diagnostics[:MOST]]
        self._took[uri] = time.monotonic() - started
        self._send(uri, found, text.version)

    def _send(self, uri: str, found: list[Any], version: int | None = None) -> None:
        params: dict[str, Any] = {"uri": uri, "diagnostics": found}
        if version is not None:
            params["version"] = version
        self.channel.tell("textDocument/publishDiagnostics", params)

    def close(self, uri: str) -> None:
        """Forget a text, and take its findings back."""
        self.texts.pop(uri, None)
        self._now.pop(uri, None)
        self._later.pop(uri, None)
        self._analyses.pop(uri, None)
        self._took.pop(uri, None)
        self._told_large.discard(uri)
        self._send(uri, [])


def _read(path: str) -> bytes | None:
    """A file that the client asks about and has not opened; None for one that cannot be read, such
    as a device: the server never waits for one.
    """
    from xlcfg.core.source import Source
    from xlcfg.source.files import read_file

    item = read_file(path) if path else None
    return item.data if isinstance(item, Source) else None
