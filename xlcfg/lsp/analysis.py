"""One text, and what is known of it: worked out when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from xlcfg.core.source import Source
from xlcfg.lsp.lines import Lines
from xlcfg.source.kinds import CPUPOOL, GUEST, KINDS, SNIFF_BYTES, XL_CONF, recognise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.checks.linter import Linter
    from xlcfg.checks.report import Report
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest
    from xlcfg.syntax.tree import Document, Setting

#: Larger texts have no findings in an editor: each keystroke would wait for them.
LARGEST = 256 * 1024
#: The same for texts of kinds that a check is through with sooner.
_LARGEST_OF = {"dts": 1024 * 1024, "dtb": 1024 * 1024, "xen-log": 1024 * 1024}

#: What editors call scripts and menus, which are no guest configs if they look like nothing else.
_FOREIGN = frozenset(("sh", "bash", "shellscript", "conf", "ini", "properties", "devicetree"))


class Analysis:
    """A text at one moment. `path` is how findings call it, `before` the text a keystroke ago.

    A text that is `excluded` or too large has no findings; questions are answered all the same.
    `language` is what the client calls it: one of `KINDS` says what it is, whatever it looks like.
    """

    def __init__(
        self,
        path: str,
        lines: Lines,
        linter: Linter,
        before: Analysis | None = None,
        *,
        language: str = "",
        excluded: bool = False,
    ) -> None:
        self.lines = lines
        self.source = Source(path, lines.data)
        self.linter = linter
        self.target = linter.target.with_catalogue(linter.catalogue(linter.target))
        self._excluded = excluded
        self._language = language
        self._before = None if before is None else before.latest(read=False)

    @cached_property
    def _recognised(self) -> str:
        """What the text is, one of `KINDS`, as `xlcfg check` tells it; "" for nothing known."""
        if self._language in KINDS:
            return self._language
        found = recognise(self.source.path, self.source.data[:SNIFF_BYTES])
        return found or (GUEST if self._language == "xlcfg" else "")

    @property
    def largest(self) -> int:
        """The bytes that a text of this kind may have."""
        return _LARGEST_OF.get(self._recognised, LARGEST)

    @property
    def too_large(self) -> bool:
        """Whether the text has more."""
        return len(self.source.data) > self.largest

    @property
    def excluded(self) -> bool:
        """Whether there are no findings."""
        return self._excluded or self.too_large

    @property
    def kind(self) -> str:
        """The same, where what looks like nothing known is a guest config."""
        return self._recognised or GUEST

    @cached_property
    def guest(self) -> Guest | None:
        """The guest as read; of a refused text, what could be understood. None for no guest."""
        if self.kind != GUEST or self.too_large:
            return None
        return next(iter(self.linter.read_guests(self.source, self.target)), None)

    @cached_property
    def document(self) -> Document | None:
        """The tree of what is in the syntax of guest configs; None for anything else."""
        if self.kind in (XL_CONF, CPUPOOL) and not self.too_large:
            from xlcfg.syntax.guest import read_guest

            return read_guest(self.source.text)
        return None if self.guest is None else self.guest.document

    @cached_property
    def reports(self) -> list[Report]:
        """A report for each guest of the text, or the one on what else it is."""
        kind = self._recognised
        if self.excluded or (not kind and self._language in _FOREIGN):
            return []
        from xlcfg.checks.file import check_any

        self.source.kind = kind
        return check_any(self.source, self.linter)

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Every finding that counts, in order of place."""
        if len(self.reports) == 1:
            return self.reports[0].diagnostics
        found = [finding for report in self.reports for finding in report.diagnostics]
        return sorted(found, key=lambda finding: finding.start or 0)

    @property
    def settings(self) -> list[Setting]:
        """The settings as written, in order."""
        return [] if self.document is None else self.document.settings

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
