"""What Xen of a given release does with each word of its command line.

Xen goes through the words from left to right and never stops.  From 4.10 on it reports a word it
does not know and a value it does not like; before, it said nothing.  `KINDS` has everything that
can be said about a word: a finding is an error exactly when that Xen itself reports the word.
"""

from __future__ import annotations

from collections import namedtuple

from xlcfg.catalogue import XEN, parse_release, release_index
from xlcfg.core.diagnostics import ERROR, INFO, WARNING
from xlcfg.model.boot_handlers import (
    EINVAL,
    EOVERFLOW,
    Handlers,
    parse_bool,
    parse_size,
    strtoll,
)
from xlcfg.syntax.cmdline import read_cmdline

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from xlcfg.syntax.cmdline import Word

    class Parameter(Protocol):
        """What a contributed parameter must offer; `BootParameter` does."""

        @property
        def name(self) -> str: ...

        def kind(self, release: str, arch: str | None = None) -> str: ...


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
}

# What happens to a word.
USED = "used"  # it does what it says
UNKNOWN = "unknown"  # Xen prints: parameter "NAME" unknown!
INVALID = "invalid"  # Xen prints: parameter "NAME" has invalid value "VALUE", rc=N!
IGNORED = "ignored"  # nothing comes of it, silently
DOM0 = "dom0"  # it is behind " -- " and goes to the dom0 kernel

#: Severity of what is an error where Xen reports the word, and a warning where it is silent.
REPORTED = "reported"

Kind = namedtuple("Kind", ("effect", "severity", "message", "help"))
Kind.__doc__ = """One thing to say about a word.

`effect` is what happens to the word ("" when that depends); `message` and `help` are templates for
`str.format` over the finding's arguments.
"""

KINDS: dict[str, Kind] = {
    # Words Xen does not know. `says` is what Xen prints or that it is silent.
    "unknown": Kind(UNKNOWN, REPORTED, 'Xen {release} has no parameter "{name}"; {says}', "{hint}"),
    "removed": Kind(
        UNKNOWN,
        REPORTED,
        'Xen {release} no longer has the parameter "{name}", last in {last}; {says}',
        "{hint}",
    ),
    "not-yet": Kind(
        UNKNOWN,
        REPORTED,
        'Xen {release} does not have the parameter "{name}" yet, it came with {first}; {says}',
        "remove it for this release",
    ),
    "never": Kind(
        UNKNOWN,
        REPORTED,
        'the parameter "{name}" was in the manual only, no Xen reads it; {says}',
        "remove it",
    ),
    "other-arch": Kind(
        UNKNOWN, REPORTED, 'Xen on {arch} has no parameter "{name}"; {says}', "remove it"
    ),
    "linux": Kind(
        UNKNOWN, REPORTED, '"{name}" is no parameter of Xen but of the kernel; {says}', "{hint}"
    ),
    "early": Kind(
        UNKNOWN,
        REPORTED,
        'only the early boot code of Xen {release} knows "{name}"; it acts on it, later {says}',
        "harmless: leave it, or remove it for a clean log",
    ),
    "dashes": Kind(
        UNKNOWN,
        REPORTED,
        '"{name}" is a word to Xen on {arch} here, not the end of its options; {says}',
        "{hint}",
    ),
    "blank-around-equals": Kind(
        UNKNOWN,
        REPORTED,
        "a space next to = makes two words of one; {says}",
        "write name=value without spaces",
    ),
    "unknown-value": Kind(
        "",
        WARNING,
        'Xen {release} finds no "{part}" for {name} and takes the default',
        "{name} takes {expected}",
    ),
    # Values Xen does not like.
    "invalid": Kind(INVALID, REPORTED, '{name} does not take "{value}"; {says}', "{hint}"),
    "invalid-part": Kind(INVALID, REPORTED, '{name} does not take "{part}"; {says}', "{hint}"),
    "not-boolean": Kind(
        INVALID,
        REPORTED,
        '{name} takes a boolean, not "{value}"; {says}',
        "write {name} or no-{name}",
    ),
    "not-number": Kind(
        INVALID,
        REPORTED,
        '{name} takes a number, "{rest}" is none: {value} becomes {number}; {says}',
        "decimal, 0x hexadecimal or 0 octal, and nothing after it",
    ),
    "not-size": Kind(
        INVALID,
        REPORTED,
        '{name} takes a size, "{rest}" is no unit: {value} becomes {number} bytes; {says}',
        "a number and one of K, M, G, T or B",
    ),
    "out-of-range": Kind(
        INVALID,
        REPORTED,
        "{value} does not fit into the {bits} bits of {name}; {says}",
        "at most {limit}",
    ),
    "no-with-value": Kind(
        INVALID,
        REPORTED,
        "no-{name} takes no value; {says}",
        "write {name}={value}, or no-{name} alone",
    ),
    # Accepted, but hardly what was meant.
    "cut": Kind(
        "",
        WARNING,
        "Xen {release} reads the first {limit} characters of a word and drops the other {more}",
        "split it: most parameters may be given several times",
    ),
    "string-cut": Kind(
        USED, WARNING, "{name} holds {limit} characters; the rest is dropped: {value}", "shorten it"
    ),
    "overridden": Kind(
        USED, WARNING, "a later {name} takes the place of this one", "remove one of them"
    ),
    "no-ignored": Kind(
        USED, WARNING, "no- means nothing to {name}, which takes a {wants}", "leave the no- out"
    ),
    "double-negative": Kind(
        USED, WARNING, "no-{name}={value} switches {name} on", "write {name} for that"
    ),
    "quoted": Kind(
        "", WARNING, "to Xen a quote is a character of the word like any other", "{hint}"
    ),
    "joined": Kind(
        "",
        WARNING,
        '"{part}" is a part of the value of {name} here, not a parameter',
        "put a space before {part}",
    ),
    "not-space": Kind(
        "",
        WARNING,
        "only a space separates words; {char} becomes a part of this one",
        "use a space",
    ),
    "variable": Kind(
        "",
        WARNING,
        "nothing expands {part}: Xen gets it as it stands",
        "write the value; only a boot loader's own files have variables",
    ),
    "empty-number": Kind(USED, WARNING, "{name} without a number is 0", "write {name}=N"),
    "wrapped": Kind(USED, WARNING, "{value} does not fit; {name} becomes {number}", ""),
    "tiny-memory": Kind(
        USED,
        WARNING,
        "{value} without a unit counts KiB: {name} gets {number} KiB of memory",
        "write {value}M for MiB",
    ),
    "kib": Kind(USED, INFO, "{value} without a unit counts KiB: {number} bytes", "write {value}K"),
    "deprecated": Kind(USED, INFO, "{name} is deprecated", "use {replacement}"),
    "leaving": Kind(USED, INFO, "Xen {since} no longer has {name}", "use {replacement} there"),
    "nul": Kind("", WARNING, "a NUL byte ends the command line; the rest is lost", "remove it"),
}


class Finding:
    """Something to say about a place of the line; `kind` is a key of `KINDS`.

    `start` and `end` are offsets into the line. `args` are facts for the templates and for rules.
    """

    __slots__ = ("args", "end", "kind", "reported", "start")

    def __init__(
        self, kind: str, start: int, end: int, reported: bool, args: dict[str, Any]
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.reported = reported
        self.args = args

    @property
    def severity(self) -> str:
        severity: str = KINDS[self.kind].severity
        if severity == REPORTED:
            return ERROR if self.reported else WARNING
        return severity

    @property
    def message(self) -> str:
        return str(KINDS[self.kind].message.format_map(self.args))

    @property
    def help(self) -> str:
        return str(KINDS[self.kind].help.format_map(self.args))

    def __repr__(self) -> str:
        return f"Finding({self.kind!r}, {self.start}, {self.end}, {self.args!r})"


class BootWord:
    """A word and what Xen does with it.

    `word` is the word as written, `read` as Xen reads it (cut to its limit). `effect` is one of
    `USED`, `UNKNOWN`, `INVALID`, `IGNORED` and `DOM0`. `parameter` is what it sets, None for an
    unknown word. `value` is what the parameter becomes: bool, int (bytes for a size) or str; None
    when the word leaves it alone. `parts` has the sub-options a custom parameter took, "" being
    the value itself. `rc` and `message` are what Xen reports, 0 and "" when it does not.
    """

    __slots__ = ("effect", "message", "parameter", "parts", "rc", "read", "value", "word")

    def __init__(self, word: Word, read: Word) -> None:
        self.word = word
        self.read = read
        self.effect = USED
        self.parameter: Parameter | None = None
        self.value: bool | int | str | None = None
        self.parts: dict[str, Any] = {}
        self.rc = 0
        self.message = ""

    @property
    def name(self) -> str:
        """The name of the parameter, for an unknown word as typed."""
        return self.read.typed if self.parameter is None else self.parameter.name

    def __repr__(self) -> str:
        return f"BootWord({self.word.text!r}, {self.effect!r}, {self.value!r})"


class BootLine:
    """A command line as one release on one architecture reads it.

    `words` has the words for Xen and then, on x86, those behind ` -- `; `dom0_start` is where the
    latter begin, None without them. `findings` are in the order of their places.
    """

    __slots__ = ("arch", "dom0_start", "findings", "release", "text", "words")

    def __init__(self, text: str, release: str, arch: str) -> None:
        self.text = text
        self.release = release
        self.arch = arch
        self.words: list[BootWord] = []
        self.findings: list[Finding] = []
        self.dom0_start: int | None = None

    @property
    def reports(self) -> bool:
        """Whether this Xen reports words it does not like."""
        return release_index(self.release) >= _V4_10

    def given(self, name: str) -> list[BootWord]:
        """The words that set the parameter, or name it when it is unknown; in order."""
        return [w for w in self.words if w.name == name and w.effect != DOM0]

    def value(self, name: str) -> bool | int | str | None:
        """What the parameter is in the end; None when the line leaves it at its default.

        A custom parameter gives the text of the last word it took something from.
        """
        for word in reversed(self.given(name)):
            if word.value is not None:
                return word.value
        return None

    def suboptions(self, name: str) -> dict[str, Any]:
        """The sub-options a custom parameter has in the end, "" being a value of its own."""
        parts: dict[str, Any] = {}
        for word in self.given(name):
            parts.update(word.parts)
        return parts

    def xen_messages(self) -> list[str]:
        """What Xen prints about the words, in order; nothing before 4.10."""
        return [word.message for word in self.words if word.message]


_V4_5 = release_index("4.5")
_V4_10 = release_index("4.10")


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
    return _Reader(line, release, arch, extra or {}).read(image_name)


class _Reader:
    def __init__(self, line: str, release: str, arch: str, extra: Mapping[str, Parameter]) -> None:
        self.line = BootLine(line, parse_release(release), arch)
        self.point = release if release.startswith(self.line.release + ".") else ""
        self.extra = extra
        self.index = release_index(self.line.release)
        self.handlers = Handlers(self.line.release, arch)

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
        if line.dom0_start is not None:
            for word in read_cmdline(_blank(text, line.dom0_start, len(text))).words:
                ours = BootWord(word, word)
                ours.effect = DOM0
                line.words.append(ours)
        line.findings.sort(key=lambda f: (f.start, f.end))
        return line

    def find(self, kind: str, start: int, end: int, **args: Any) -> None:
        args["release"] = self.line.release
        args["arch"] = self.line.arch
        self.line.findings.append(Finding(kind, start, end, self.line.reports, args))

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

    def word(self, word: Word) -> BootWord:
        limit = 127 if self.index >= _V4_10 else 99
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

    # What Xen reports.

    def unknown(self, ours: BootWord) -> None:
        read = ours.read
        name = read.name
        ours.effect = UNKNOWN
        ours.message = f'parameter "{read.typed}" unknown!' if self.line.reports else ""
        args: dict[str, Any] = {"name": read.typed, "says": self.says(ours)}
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

    def says(self, ours: BootWord) -> str:
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
        self.find(kind, start, end, name=ours.name, rc=rc, says=self.says(ours), **args)

    def complain(self, ours: BootWord, rc: int, name: str, value: str) -> None:
        ours.rc = rc
        ours.effect = INVALID
        if self.line.reports:
            ours.message = f'parameter "{name}" has invalid value "{value}", rc={rc}!'

    # One method for each kind of parameter.

    def _ignore(self, ours: BootWord) -> None:
        ours.effect = IGNORED

    def _boolean(self, ours: BootWord) -> None:
        read = ours.read
        value = parse_bool(read.value) if read.value else True
        if value is None:
            self.invalid(ours, -1, "not-boolean", read.value_start, read.end)
            if self.line.reports:
                return
            value = True
        if read.negated and not value:
            self.find("double-negative", read.start, read.end, name=read.name, value=read.value)
        ours.value = value is not read.negated

    def _integer(self, ours: BootWord) -> None:
        read = ours.read
        self.no_ignored(ours, "number")
        value, end = strtoll(read.value, 0, 0)
        self.store(ours, value, value, read.value[end:], "not-number", end)
        if not read.value:
            self.find("empty-number", read.start, read.end, name=read.name)

    def _size(self, ours: BootWord) -> None:
        read = ours.read
        self.no_ignored(ours, "size")
        value, exact, end = parse_size(read.value, 0, self.index)
        self.store(ours, value, exact, read.value[end:], "not-size", end)
        if not read.value:
            self.find("empty-number", read.start, read.end, name=read.name)
        elif read.value.isdigit() and int(read.value[:20]):
            self.find(
                "kib", read.value_start, read.end, name=read.name, value=read.value, number=value
            )

    def store(self, ours: BootWord, value: int, exact: int, rest: str, kind: str, end: int) -> None:
        """Assigns a number the way Xen does: by the width of the variable alone."""
        from xlcfg.catalogue._compiled.boot_values import DATA

        read = ours.read
        entry = DATA["integers"].get(ours.name, ({"bits": 32},))[0]
        bits: int = entry["bits"]
        size = 2**bits
        stored = value % size
        if entry.get("signed") and stored >= size // 2:
            stored -= size
        fits = bits == 64 or -(size // 2) <= value < size
        args = {"value": read.value, "number": stored, "bits": bits, "limit": size - 1}
        if fits or not self.line.reports:
            ours.value = stored
        if rest:
            # Text that is left is what Xen reports, even of a number that does not fit.
            place = read.value_start + end
            self.invalid(ours, EINVAL, kind, place, read.end, rest=rest, **args)
        elif not fits:
            self.invalid(ours, EOVERFLOW, "out-of-range", read.value_start, read.end, **args)
        elif stored != exact:
            self.find("wrapped", read.value_start, read.end, name=ours.name, **args)

    def _string(self, ours: BootWord) -> None:
        from xlcfg.catalogue._compiled.boot_values import DATA

        read = ours.read
        self.no_ignored(ours, "text")
        value = read.value
        for entry in DATA["strings"].get(ours.name, ()):
            runs = entry.get("runs")
            if runs is None or any(a <= self.index <= b for a, b in runs):
                limit = entry["size"] - 1
                if len(value) > limit:
                    value = value[:limit]
                    place = read.value_start + limit
                    self.find(
                        "string-cut", place, read.end, name=ours.name, limit=limit, value=value
                    )
        ours.value = value
        if ours.name == "console":
            self.console(ours)
        for entry in DATA["choices"].get(ours.name, ()):
            words = [
                w["name"]
                for w in entry["words"]
                if "runs" not in w or any(a <= self.index <= b for a, b in w["runs"])
            ]
            if value and value not in words:
                self.find(
                    "unknown-value",
                    read.value_start,
                    read.end,
                    name=ours.name,
                    part=value,
                    expected=", ".join(words),
                )
        self.joined(ours)

    def console(self, ours: BootWord) -> None:
        """Xen looks at the beginnings of the names and prints `Bad console= option` otherwise."""
        if self.line.arch == "x86":
            devices = ["vga", "com1", "com2", "none", "dbgp"]
            if self.index >= _V4_10:
                devices += ["pv", "xen"]
            devices += ["ehci", "xhci"]
        else:
            devices = ["dtuart", "none"]
        for piece in ours.read.suboptions:
            text = ours.read.text[piece.start - ours.read.start : piece.end - ours.read.start]
            if text and not text.startswith(tuple(devices)) and not self.is_word(text):
                self.find(
                    "unknown-value",
                    piece.start,
                    piece.end,
                    name="console",
                    part=text,
                    expected=", ".join(devices),
                )

    def _custom(self, ours: BootWord) -> None:
        read = ours.read
        typed, value = read.typed, read.value
        if read.negated and self.index >= _V4_5:
            if value:
                self.invalid(ours, EINVAL, "no-with-value", read.start, read.end)
                return
            # Xen writes "no" over its copy of the word, so that is what it goes on to report.
            typed = value = "no"
        elif read.negated:
            self.no_ignored(ours, "value of its own in 4.4")
        self.custom(ours, value, read.value_start, typed, value)
        if ours.name == "dom0_mem":
            self.dom0_mem(ours)
        if not ours.rc:
            self.joined(ours)

    def custom(self, ours: BootWord, text: str, start: int, typed: str, value: str) -> None:
        """Hands `text`, which is at `start` of the line, to the handler."""
        read = ours.read
        result = self.handlers.call(ours.name, text)
        ours.parts = result.parts
        if result.parts or not result.rc:
            ours.value = text
        if not result.rc:
            return
        self.complain(ours, result.rc, typed, value)
        expected = self.handlers.expected(ours.name)
        for low, high in result.bad:
            part = text[low:high]
            whole = not part or (low, high) == (0, len(text))
            # A `no` that Xen put there itself has no place of its own.
            placed = not whole and text == read.value
            self.find(
                "invalid" if whole else "invalid-part",
                start + low if placed else read.start,
                start + high if placed else read.end,
                name=ours.name,
                value=text,
                part=part,
                rc=result.rc,
                says=self.says(ours),
                expected=expected,
                hint=self.hint(ours, part, expected),
            )

    def hint(self, ours: BootWord, part: str, expected: list[str]) -> str:
        name, equals, _ = part.partition("=")
        if ours.name == "dom0_mem" and name in ("max", "min") and equals:
            return "write " + part.replace("=", ":", 1)
        if self.is_word(part) and name not in expected:
            return f"put a space before {part}" if equals else f"{name} is a parameter of its own"
        if ours.name == "cpufreq" and part == "xen":
            return "it takes effect nevertheless; cpufreq=yes does the same quietly"
        if expected:
            return f"{ours.name} takes {', '.join(expected)}"
        syntax = getattr(ours.parameter, "detail", {}).get("syntax", "")
        return f"{ours.name} takes {syntax}" if syntax else ""

    def dom0_mem(self, ours: BootWord) -> None:
        """A bare number counts KiB; nobody means to give dom0 less than 64 MiB."""
        read = ours.read
        for text in ours.parts.values():
            kibibytes = strtoll(text, 0, 0)[0] if text.isdigit() else 0
            if kibibytes:
                start = read.start + read.text.rfind(text)
                tiny = kibibytes < 65536
                self.find(
                    "tiny-memory" if tiny else "kib",
                    start,
                    start + len(text),
                    name=ours.name,
                    value=text,
                    number=kibibytes if tiny else kibibytes * 1024,
                )

    # What a writer may not have meant.

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


def _blank(text: str, start: int, end: int) -> str:
    """The text up to `end` with what is before `start` blanked, so that offsets stay."""
    return " " * start + text[start:end]


def _patch(point: str) -> int:
    digits = point.split(".")[2] if point.count(".") >= 2 else ""
    digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return int(digits) if digits and len(digits) < 6 else 0


def _shift(word: Word, by: int) -> None:
    word.start += by
    word.end += by
    for piece in word.suboptions:
        piece.start += by
        piece.name_start += by
        piece.value_start += by
        piece.end += by
