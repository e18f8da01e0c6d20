"""Takes out findings that do not count: codes that are not selected, comments that ignore."""

from __future__ import annotations

import re

from xlcfg.checks.codes import Codes, UnknownCodeError
from xlcfg.core.diagnostics import WARNING, Diagnostic
from xlcfg.rules import counts_always
from xlcfg.source.kinds import CPUPOOL, WITH_GUESTS, XL_CONF

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.checks.report import Report
    from xlcfg.core.selection import CodeSelection
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest

_COMMENT = re.compile(r"(?:#|//)\s*xlcfg:\s*ignore([\w-]*)(?:[ \t]*\[([^\]]*)(\])?)?")
#: Another word where `ignore` is expected.
_WORD = re.compile(r"(?:#|//)\s*xlcfg:\s*([A-Za-z][\w-]{0,20})")
#: What is meant for a code, though no brackets are around it: `ignore XL101`, `ignore: XL101`.
_BARE = re.compile(r"[ \t:=(]*([A-Za-z]{2}\d\w*|[\w-]+)")


def has_comments(data: bytes) -> bool:
    """Whether there may be comments in a file that ignore something."""
    return b"xlcfg:" in data


def filter_findings(report: Report, selection: CodeSelection | None, codes: Codes) -> None:
    """Take out what does not count, and tell of ignore comments that ignore nothing."""
    choose(report, selection)
    if has_comments(report.source.data):
        _ignore(report, selection, codes)


def choose(report: Report, selection: CodeSelection | None) -> None:
    """Take out the findings whose codes are not selected."""
    if selection is not None:
        report.diagnostics = [d for d in report.diagnostics if _selected(d.code, selection)]


def _selected(code: str, selection: CodeSelection | None) -> bool:
    return selection is None or selection.keeps(code) or counts_always(code)


class _Ignore:
    """One comment: the line it is for (0: the file), what it names (nothing: all), its use.

    `words` are what it names, each with its place; `codes` beginnings of codes, None for all;
    `wrong` what is the matter with it, each with its place.
    """

    __slots__ = ("codes", "end", "line", "start", "used", "words", "wrong")

    def __init__(
        self, line: int, words: list[tuple[str, int]] | None, start: int, end: int
    ) -> None:
        self.line = line
        self.words = words or []
        self.codes: tuple[str, ...] | None = None if words is None else ()
        self.wrong: list[tuple[str, int, int]] = []
        self.start = start
        self.end = end
        self.used = False

    def look_up(self, codes: Codes) -> None:
        """Find out what its words mean."""
        known = []
        for word, start in self.words:
            try:
                known.append(codes.prefix(word))
            except UnknownCodeError as error:
                self.wrong.append((str(error), start, start + max(len(word), 1)))
        if self.words:
            self.codes = tuple(known)

    def covers(self, line: int, code: str) -> bool:
        if self.line not in (0, line) or counts_always(code):
            return False
        return self.codes is None or code.upper().startswith(self.codes)


#: Kinds of files whose comments begin with `#`, and the comment wherever it stands; so do those of
#: guests in the words of other toolstacks, and of device trees with `//`.
_MARKED = frozenset((
    XL_CONF, CPUPOOL, "boot-line", "grub", "grub-default", "grub-cfg", "grub-legacy", "xen-cfg",
    "syslinux", "systemd-boot", "limine", "loader-conf", "nix", "xen-cmdline", "uboot",
    "imagebuilder", "dts",
))  # fmt: skip
_MARK = re.compile(r"(?:^|(?<=[ \t;]))(?:#|//)[ \t]*xlcfg:[^\n]*", re.MULTILINE)


def _comments(source: Source, guest: Guest | None) -> list[tuple[int, int]]:
    """Where the comments of a file are that may ignore something."""
    if source.kind in _MARKED:
        return [match.span() for match in _MARK.finditer(source.text)]
    return [] if guest is None else guest.document.comments


def _ignores(source: Source, guest: Guest | None, codes: Codes) -> list[_Ignore]:
    """The comments of a file that are to ignore something."""
    ignores = []
    for start, end in _comments(source, guest):
        match = _COMMENT.match(source.text, start, end)
        if match is None:
            other = _other_word(source.text, start, end)
            if other is not None:
                ignores.append(other)
            continue
        line = source.line_of(start)
        alone = not source.text[source.line_start(line) : start].strip()
        target = 0 if match[1] else line + 1 if alone else line
        words = _words(match[2], match.start(2)) if match[2] is not None and match[3] else []
        one = _Ignore(target, words or None, start, match.end())
        wrong = _misspelt(match, words, end, codes)
        if wrong is not None:
            one.words, one.codes, one.wrong = [], (), [wrong]
        one.look_up(codes)
        ignores.append(one)
    return ignores


def _other_word(text: str, start: int, end: int) -> _Ignore | None:
    """A comment that says something like `ignore`, and so nothing."""
    match = _WORD.match(text, start, end)
    if match is None:
        return None
    from xlcfg.core.meant import meant

    hint = meant(match[1], ("ignore", "ignore-file"))
    if not hint:
        return None
    one = _Ignore(0, None, start, match.end())
    one.codes, one.wrong = (), [(f"there is no `{match[1]}`{hint}", match.start(1), match.end(1))]
    return one


def _misspelt(
    match: re.Match[str], words: list[tuple[str, int]], end: int, codes: Codes
) -> tuple[str, int, int] | None:
    """What is wrong with the form of a comment that goes on to `end`, and where it is."""
    if match[1] not in ("", "-file"):
        told = f"`ignore{match[1]}` is neither `ignore` nor `ignore-file`"
        return told, match.start(1) - len("ignore"), match.end(1)
    opened = match.start(2) - 1
    if match[2] is not None and not match[3]:
        return "the bracket is never closed", opened, opened + 1
    if match[2] is not None and not words:
        return "the brackets name no code", opened, match.end()
    bare = _BARE.match(match.string, match.end(), end)
    if match[2] is None and bare is not None:
        word = bare[1]
        known = word[:2].isalpha() and word[2:3].isdigit()
        if known or not next(codes.unknown([word]), ""):
            return f"`{word}` is not in brackets", bare.start(1), bare.end(1)
    return None


def _words(text: str, start: int) -> list[tuple[str, int]]:
    """The words between the commas of `text`, which begins at `start`, with their places."""
    out = []
    for part in text.split(","):
        if part.strip():
            out.append((part.strip(), start + len(part) - len(part.lstrip())))
        start += len(part) + 1
    return out


def is_suppressed_in(guest: Guest, codes: Codes | None = None) -> Callable[[str, int], bool] | None:
    """What tells by code and place whether a finding about the guest does not count.

    Without `codes` it is asked about findings of our own rules only; None where every finding
    counts.
    """
    selection = guest.target.selection
    comments = has_comments(guest.source.data)
    ignores = _ignores(guest.source, guest, codes or Codes()) if comments else []
    if selection is None and not ignores:
        return None

    def suppressed(code: str, start: int) -> bool:
        line = guest.source.line_of(start)
        return not _selected(code, selection) or any(one.covers(line, code) for one in ignores)

    return suppressed


def _ignore(report: Report, selection: CodeSelection | None, codes: Codes) -> None:
    source, guest = report.source, report.guest
    ignores = _ignores(source, guest, codes)
    if not ignores:
        return
    kept = []
    for found in report.diagnostics:
        line = source.line_of(found.start) if found.start is not None else 0
        covering = [one for one in ignores if one.covers(line, found.code)]
        for one in covering:
            one.used = True
        if not covering:
            kept.append(found)
    # A file with several reports has comments that are for another of them.
    alone = source.kind not in WITH_GUESTS
    if alone and _selected("IG001", selection):
        kept += map(_unused, _without_use(ignores, guest))
    if (alone or guest is None) and _selected("IG002", selection):
        kept += [_unknown(*wrong) for one in ignores for wrong in one.wrong]
    report.diagnostics = kept
    report.sort()


def _without_use(ignores: list[_Ignore], guest: Guest | None) -> list[_Ignore]:
    """Those that could ignore something, and have nothing to ignore."""
    unused = [one for one in ignores if not one.used and one.codes != ()]
    if unused and guest is not None:
        from xlcfg.rules.cross_file import claims

        # What a guest claims may clash with others, of which nothing is known yet.
        for code, made in (claims(guest) or {}).items():
            for claim in made:
                line = guest.source.line_of(claim[1])
                unused = [one for one in unused if not one.covers(line, code)]
    return unused


def _unused(one: _Ignore) -> Diagnostic:
    codes = ", ".join(code for code in one.codes or () if code)
    gone = f"nothing here is {codes} any more" if codes else "nothing is found here any more"
    return Diagnostic(
        "IG001",
        WARNING,
        f"{gone}; this comment ignores nothing",
        start=one.start,
        end=one.end,
        help="remove the comment",
    )


def _unknown(wrong: str, start: int, end: int) -> Diagnostic:
    return Diagnostic(
        "IG002",
        WARNING,
        f"{wrong}: nothing is ignored by this",
        start=start,
        end=end,
        help="write a code such as XL101, or the name of a rule",
    )
