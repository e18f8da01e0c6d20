"""What Xen of a given release does with each word of its command line.

Xen goes through the words from left to right and never stops.  From 4.10 on it reports a word it
does not know and a value it does not like; before, it said nothing.
"""

from __future__ import annotations

from xlcfg.catalogue import XEN, releases
from xlcfg.model.boot.line import (
    DOM0,
    IGNORED,
    INVALID,
    UNKNOWN,
    V4_10,
    BootLine,
    BootWord,
)
from xlcfg.model.boot.values import Values
from xlcfg.syntax.cmdline import read_cmdline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.boot.line import Parameter
    from xlcfg.syntax.cmdline import Word

ARCHITECTURES = ("x86", "arm32", "arm64", "riscv")
_ARCH_NAMES = {
    "x86_64": "x86",
    "x86_32": "x86",
    "amd64": "x86",
    "i386": "x86",
    "i686": "x86",
    "aarch64": "arm64",
    # Of either width; arm64 has all that arm32 has but one.
    "arm": "arm64",
    "armv7": "arm32",
    "armhf": "arm32",
    "riscv64": "riscv",
}


def read_boot_line(
    line: str,
    release: str,
    arch: str,
    *,
    image_name: bool = False,
    extra: Mapping[str, Parameter] | None = None,
) -> BootLine:
    """What Xen does with `line`, which has one character per byte (Latin-1).

    `release` is a release (`4.17`, `4.17.3`, `unstable`), `arch` one of `ARCHITECTURES` or another
    name of it. With `image_name` the first word is the image and not an option. `extra` are
    parameters somebody's own build of Xen has.

    Raises UnknownReleaseError for a release the catalogue does not know and ValueError for an
    architecture.
    """
    arch = _ARCH_NAMES.get(arch, arch)
    if arch not in ARCHITECTURES:
        raise ValueError(f"no architecture {arch!r}; known are {', '.join(ARCHITECTURES)}")
    return Reader(line, release, arch, extra or {}).read(image_name)


class Reader(Values):
    """Reads a line word by word; `read` is called once."""

    def read(self, image_name: bool) -> BootLine:
        line = self.line
        text = line.text
        nul = text.find("\0")
        if nul >= 0:
            self.find("nul", nul, len(text))
            text = text[:nul]
        end = len(text)
        start = end - len(text.lstrip(" "))
        if image_name:
            start = text.find(" ", start)
            start = end if start < 0 else start
            start = end - len(text[start:].lstrip(" "))
        if line.arch == "x86":
            dashes = text.find(" -- ", start)
            if dashes >= 0:
                line.dom0_start = end - len(text[dashes + 4 :].lstrip(" "))
                end = dashes
        for word in read_cmdline(_blank(text, start, end)).words:
            line.words.append(self.word(word))
        self.overridden()
        self.console()
        if line.dom0_start is not None:
            for word in read_cmdline(_blank(text, line.dom0_start, len(text))).words:
                ours = BootWord(word, word)
                ours.effect = DOM0
                line.words.append(ours)
        line.findings.sort(key=lambda f: (f.start, f.end))
        return line

    def word(self, word: Word) -> BootWord:
        limit = 127 if self.index >= V4_10 else 99
        read = word
        if len(word.text) > limit:
            (read,) = read_cmdline(word.text[:limit]).words
            _shift(read, word.start)
            more = len(word.text) - limit
            self.find("cut", word.start + limit, word.end, limit=limit, more=more)
        ours = BootWord(word, read)
        self.spelling(word)
        parameter = self.parameter(read.name)
        bracket = self.parameter(read.bracket) if parameter is None and read.bracket else None
        if bracket is not None and bracket.kind(self.line.release, self.line.arch) == "custom":
            ours.parameter = bracket
            text = read.typed[len(bracket.name) - 1 :] + "=" + read.value
            # The handler sees the name from the bracket on.
            self.custom(ours, text, read.start + len(bracket.name) - 1, read.typed, read.value)
        elif parameter is None:
            self.unknown(ours)
        else:
            ours.parameter = parameter
            kind = parameter.kind(self.line.release, self.line.arch)
            getattr(self, f"_{kind}")(ours)
            self.status(ours)
        if not self.line.reports:
            ours.rc = 0
            if ours.effect in (UNKNOWN, INVALID):
                ours.effect = IGNORED
        return ours

    def status(self, ours: BootWord) -> None:
        """Says when a parameter that works has a better one or is about to go."""
        replacement = getattr(ours.parameter, "replacement", "")
        if not replacement:
            return
        detail: Mapping[str, Any] = getattr(ours.parameter, "detail", {})
        status = detail.get("status", {})
        since = str(status.get("since", "")).split(" ")[0]
        args = {"name": ours.name, "replacement": replacement, "since": since}
        read = ours.read
        if status.get("state") == "removed":
            self.find("leaving", read.start, read.name_end, **args)
            return
        # Not before the release the better one came with.
        better = XEN.boot_parameter(replacement.split("=")[0])
        if better is None or better.is_read(self.line.release, self.line.arch):
            self.find("deprecated", read.start, read.name_end, **args)

    def unknown(self, ours: BootWord) -> None:
        read = ours.read
        name = read.name
        ours.effect = UNKNOWN
        ours.message = f'parameter "{read.typed}" unknown!' if self.line.reports else ""
        ours.silenced = bool(ours.message) and self.silent
        args: dict[str, Any] = {"name": read.typed, "says": self.reaction(ours)}
        known = XEN.boot_parameter(read.typed) or XEN.boot_parameter(name)
        mistake = self.mistake(read)
        kind = "unknown"
        if read.text.startswith("=") or (not name and read.assigned):
            kind = "blank-around-equals"
        elif set(read.text) == {"-"}:
            kind = "dashes"
            args["hint"] = (
                'write " -- " with a space on both sides before the options of dom0'
                if self.line.arch == "x86"
                else "remove it and put the options of dom0 where its kernel gets them"
            )
        elif known is not None and (known.runs or known.detail.get("early")):
            kind = self.absence(known)
            args |= {"first": known.first, "last": known.last}
            args["replacement"] = known.replacement
            args["hint"] = f"use {known.replacement}" if known.replacement else "remove it"
        elif known is not None:
            kind = "never"
        elif name in ("edd", "edid", "real-mode"):
            kind = "early"
        elif mistake is not None and mistake.kind == "linux":
            kind = "linux"
            args["hint"] = mistake.advice or "move it to the line of the dom0 kernel"
            args["replacement"] = mistake.replacement
        else:
            args["hint"] = self.advice(read, mistake)
        if kind == "early":
            args["quiet"] = "4.16" if name == "real-mode" else "4.15"
        if name == "placeholder" and len(self.line.words) == 0:
            kind = "placeholder"
        self.find(kind, read.start, read.name_end if name else read.end, **args)

    def absence(self, known: Any) -> str:
        """Why this Xen does not have a parameter that some Xen has."""
        if (
            known.detail.get("early")
            and self.line.arch == "x86"
            and not known.is_read("4.4", "x86")
        ):
            return "early"
        release, arch = self.line.release, self.line.arch
        if known.is_read(release) and not known.is_read(release, arch):
            return "other-arch"
        if known.runs and not any(known.is_read(one, arch) for one in releases()):
            return "other-arch"  # another release would not help
        if known.is_read(release, arch) or self.index < known.runs[0][0]:
            return "not-yet"
        return "removed" if self.index > known.runs[-1][1] else "not-yet"

    def mistake(self, read: Word) -> Any:
        from xlcfg.catalogue import boot_mistake

        return boot_mistake(read.typed, read.value) or boot_mistake(read.name, read.value)

    def advice(self, read: Word, mistake: Any) -> str:
        meant = XEN.suggest_boot_parameter(read.name, self.line.release, self.line.arch)
        if meant:
            return f"did you mean {meant}?"
        if mistake is not None and mistake.advice:
            return str(mistake.advice)
        return "remove it, or move it to the line of the dom0 kernel if it is meant for that"

    def spelling(self, word: Word) -> None:
        text = word.text
        for i, char in enumerate(text):
            if char in "\t\n\r\v\f\xa0":
                self.find("not-space", word.start + i, word.start + i + 1, char=repr(char)[1:-1])
                break
        at = text.find("$")
        if at >= 0 and text[at + 1 : at + 2].isidentifier() | (text[at + 1 : at + 2] == "{"):
            self.find("variable", word.start + at, word.end, part=text[at:])
        for quote in "\"'":
            at = text.find(quote)
            if at >= 0:
                bare = text.replace(quote, "")
                self.find("quoted", word.start + at, word.end, hint=f"write {bare}", name=word.name)
                break

    def overridden(self) -> None:
        """Earlier words of a parameter that holds one value only."""
        last: dict[str, BootWord] = {}
        for ours in reversed(self.line.words):
            if ours.parameter is None or ours.value is None:
                continue
            kind = ours.parameter.kind(self.line.release, self.line.arch)
            later = last.setdefault(ours.name, ours)
            if later is ours or kind not in ("boolean", "integer", "size", "string"):
                continue
            if later.value != ours.value:
                self.find(
                    "overridden",
                    ours.word.start,
                    ours.word.end,
                    name=ours.name,
                    by=(later.word.start, later.word.end),
                )

    def console(self) -> None:
        """The pieces of `console=`: Xen opens those it knows and names each other one."""
        words = [w for w in self.line.given("console") if w.value is not None]
        if not words or words[-1].parameter is None:
            return
        from xlcfg.model.boot.console import BAD, QUIET, TAKEN, devices, outcome

        read, value = words[-1].read, str(words[-1].value)
        ports: set[str] = set()
        for word in self.line.given("dbgp"):
            kind = word.read.value[:4]
            (ports.discard if word.rc else ports.add)(kind)
        silent, arch = self.silent, self.line.arch
        known = devices(self.index, arch)
        pieces = value.split(",")
        outcomes = [outcome(piece, self.index, arch, ports) for piece in pieces]
        at = read.value_start if read.value else read.end
        for piece, found in zip(pieces, outcomes, strict=True):
            place = (at, at + len(piece)) if piece else (read.start, read.end)
            at += len(piece) + 1
            args: dict[str, Any] = {
                "name": "console",
                "part": piece,
                "expected": devices(self.index, arch),
            }
            if found == QUIET:
                self.find("unknown-value", *place, **args)
            if found != BAD:
                continue
            says = f"it prints: Bad console= option '{piece}'"
            args["says"] = says.replace("it prints", "loglvl= keeps it from printing", silent)
            if piece in ("dbgp", "ehci", "xhci") and piece in known:
                args["hint"] = f"say where it is: dbgp={piece.replace('dbgp', 'ehci')}"
            elif self.is_word(piece):
                args["hint"] = f"put a space before {piece}"
            else:
                args["hint"] = "console takes " + ", ".join(known)
            self.find("bad-console" if TAKEN in outcomes else "no-console-left", *place, **args)
            # this message is older than those about other words
            self.line.findings[-1].reported = not silent


def _blank(text: str, start: int, end: int) -> str:
    """The text up to `end` with what is before `start` blanked, so that offsets stay."""
    return " " * start + text[start:end]


def _shift(word: Word, by: int) -> None:
    word.start += by
    word.end += by
    for piece in word.suboptions:
        piece.start += by
        piece.name_start += by
        piece.value_start += by
        piece.end += by
