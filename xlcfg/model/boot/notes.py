"""What every part of the reader of boot lines needs: the line, the parameters, the notes."""

from __future__ import annotations

from xlcfg.catalogue import XEN, parse_release, release_index
from xlcfg.model.boot.handlers import Handlers
from xlcfg.model.boot.line import INVALID, BootLine, Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.boot.line import BootWord, Parameter

_V4_18 = release_index("4.18")


class Notes:
    """A line that is being read, for one release and architecture, and what is noted about it."""

    def __init__(self, line: str, release: str, arch: str, extra: Mapping[str, Parameter]) -> None:
        self.line = BootLine(line, parse_release(release), arch)
        self.point = release if release.startswith(self.line.release + ".") else ""
        self.extra = extra
        self.index = release_index(self.line.release)
        self.handlers = Handlers(self.line.release, arch)
        #: the first level of messages that `loglvl=` keeps back, once the line has said so
        self.threshold: int | None = None

    def find(self, kind: str, start: int, end: int, **args: Any) -> None:
        args["release"] = self.line.release
        args["arch"] = self.line.arch
        reported = self.line.reports and not self.silent
        self.line.findings.append(Finding(kind, start, end, reported, args))

    @property
    def silent(self) -> bool:
        """Whether messages of the level that complaints about the line have are kept back."""
        level = 1 if self.index < _V4_18 else 2
        return self.threshold is not None and self.threshold <= level

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of exactly that name this Xen has."""
        found: Parameter | None = self.extra.get(name)
        if found is not None:
            return found if found.kind(self.line.release, self.line.arch) else None
        known = XEN.boot_parameter(name)
        if known is None or known.name != name:
            return None
        if not known.is_read(self.line.release, self.line.arch):
            return None
        if self.point:
            first = known.detail.get("first_points", {}).get(self.line.release)
            if first and _patch(self.point) < _patch(first):
                return None
        return known

    def reaction(self, ours: BootWord) -> str:
        """What this Xen prints about a word, or that it prints nothing; the fact `says`."""
        if ours.silenced:
            return f"loglvl= keeps it from printing: {ours.message}"
        if ours.message:
            return f"it prints: {ours.message}"
        return f"Xen {self.line.release} says nothing about it"

    def invalid(
        self, ours: BootWord, rc: int, kind: str, start: int, end: int, **args: Any
    ) -> None:
        """A value Xen does not like, reported with the name as typed."""
        self.complain(ours, rc, ours.read.typed, ours.read.value)
        args.setdefault("value", ours.read.value)
        args.setdefault("hint", "")
        self.find(kind, start, end, name=ours.name, rc=rc, says=self.reaction(ours), **args)

    def complain(self, ours: BootWord, rc: int, name: str, value: str) -> None:
        ours.rc = rc
        ours.effect = INVALID
        if self.line.reports:
            ours.message = f'parameter "{name}" has invalid value "{value}", rc={rc}!'
            ours.silenced = self.silent

    def no_ignored(self, ours: BootWord, wants: str) -> None:
        read = ours.read
        if read.negated:
            self.find("no-ignored", read.start, read.name_start, name=ours.name, wants=wants)

    def is_word(self, text: str) -> bool:
        """Whether `text` could be a word of its own: a parameter's name and a `=` begin it."""
        name, equals, _ = text.partition("=")
        return bool(equals) and self.parameter(name) is not None

    def joined(self, ours: BootWord) -> None:
        """Pieces of an accepted value that name another parameter: a comma for a space."""
        for piece in ours.read.suboptions[1:]:
            text = ours.read.text[piece.start - ours.read.start : piece.end - ours.read.start]
            if piece.mark == "=" and piece.name not in ours.parts and self.is_word(text):
                self.find("joined", piece.start, piece.end, name=ours.name, part=text)


def _patch(point: str) -> int:
    digits = point.split(".")[2] if point.count(".") >= 2 else ""
    digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return int(digits) if digits and len(digits) < 6 else 0
