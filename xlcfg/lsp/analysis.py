"""One text of a guest config, and what is known of it: worked out when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from xlcfg.checks.guest import check_source
from xlcfg.checks.suppressions import filter_findings
from xlcfg.core.source import Source
from xlcfg.lsp.lines import Lines

if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Setting


class Analysis:
    """A text at one moment. `path` is how findings call it, `before` the text a keystroke ago.

    A text that is `excluded` has no findings; every question is answered all the same.
    """

    def __init__(
        self,
        path: str,
        text: str,
        linter: Linter,
        encoding: str = "utf-16",
        before: Analysis | None = None,
        *,
        excluded: bool = False,
    ) -> None:
        # Editors may hold half a surrogate pair; it must not cost them their findings.
        self.source = Source(path, text.encode("utf-8", "surrogatepass"))
        self.linter = linter
        self.target = linter.target.with_catalogue(linter.catalogue(linter.target))
        self.encoding = encoding
        self.excluded = excluded
        self._before = None if before is None else before.latest(read=False)

    @cached_property
    def lines(self) -> Lines:
        """Positions in the text."""
        return Lines(self.source.data, self.encoding)

    @cached_property
    def guest(self) -> Guest | None:
        """The guest as read; of a refused text, what could be understood. None for no guest."""
        return next(iter(self.linter.read_guests(self.source, self.target)), None)

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Every finding that counts, in order of place."""
        if self.excluded:
            return []
        report = check_source(self.source, self.linter)
        if self.target.selection is not None or b"xlcfg:" in self.source.data:
            filter_findings(report, self.target.selection, self.linter.codes)
        return report.diagnostics

    @property
    def settings(self) -> list[Setting]:
        """The settings as written, in order."""
        return [] if self.guest is None else self.guest.document.settings

    def latest(self, *, read: bool = True) -> Guest | None:
        """The guest of this text if it has been read, else of the one before it.

        While a word is being written nothing else changes, and a half-written line makes the
        reader take the long way. `read` reads the text where there is neither.
        """
        if "guest" not in self.__dict__ and (self._before is not None or not read):
            return self._before
        return self.guest

    @property
    def guest_type(self) -> str | None:
        """The type of the guest; where its text does not say, the one its project declares."""
        guest, declared = self.latest(), self.declared_type
        return declared or (None if guest is None else guest.type)

    @property
    def declared_type(self) -> str:
        """The type that the project declares, "" where the text says one. Arm has one type only."""
        guest = self.latest()
        if self.target.arch.startswith(("arm", "riscv")):
            return ""
        if guest is not None and not {"type", "builder"}.isdisjoint(guest.settings.by_name):
            return ""
        return self.target.guest_type

    def named(self, name: str) -> list[Setting]:
        """The settings of one name, in order."""
        return [setting for setting in self.settings if setting.name == name]

    def setting_at(self, offset: int) -> Setting | None:
        """The setting that covers an offset, its end included."""
        return next((s for s in self.settings if s.start <= offset <= s.end), None)

    def winner(self, name: str) -> Setting | None:
        """The setting of a name that counts: the last one."""
        named = self.named(name)
        return named[-1] if named else None

    def findings_at(self, offset: int) -> list[Diagnostic]:
        """The findings whose place covers an offset."""
        return [
            finding
            for finding in self.diagnostics
            if finding.start is not None
            and finding.end is not None
            and finding.start <= offset < max(finding.end, finding.start + 1)
        ]
