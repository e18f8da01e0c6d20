"""Holds what Xen said about its parameters in a log against what is found of the line there."""

from __future__ import annotations

import re

from xlcfg.core.diagnostics import ERROR, INFO, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlcfg.catalogue import BootParameter
    from xlcfg.model.boot.line import BootWord
    from xlcfg.model.target import Target
    from xlcfg.source.found import FoundLine

_MESSAGE = re.compile(r'parameter "(.*?)" (unknown|has invalid value "(.*)"(?:, rc=-?\d+)?)!\Z')
#: Messages are no longer.
_LONGEST = 2048


def compared(
    found: Iterable[Diagnostic],
    line: FoundLine,
    target: Target,
    version: str,
    parameters: dict[str, BootParameter],
) -> Iterator[Diagnostic]:
    """The findings of a line, each with Xen's own word for it, and those Xen alone has (BL106).

    Xen prints in the order of the line, and a log loses its oldest lines first. So an error that
    Xen did not print, where it printed about a later word, is none of this Xen's (BL107).
    """
    from xlcfg.model.boot import read_boot_line

    read = read_boot_line(line.text, version or target.release, target.arch, extra=parameters)
    expected = [word for word in read.words if word.message]
    waiting: dict[object, list[int]] = {}
    for number, word in enumerate(expected):
        waiting.setdefault(_about(word.message), []).append(number)
    agreed: dict[int, tuple[str, int, int]] = {}
    alone = []
    for said in line.said:
        numbers = waiting.get(_about(said[0]))
        if numbers:
            agreed[numbers.pop(0)] = said
        else:
            alone.append(said)
    last = max(agreed, default=-1)
    spans = [line.span(word.read.start, word.read.end) for word in expected]
    for one in found:
        at = _word_at(spans, one)
        if at is None or one.severity != ERROR:
            yield one
        elif at in agreed:
            yield _with(one, agreed[at])
        elif at < last:
            yield _denied(one, expected[at], line, target)
        else:
            yield one
    names = {word.read.typed: word for word in read.words}
    for message, start, end in alone:
        yield _reported(message, start, end, names, line)


def _about(message: str) -> object:
    """What a message is about; releases number the mistakes in it differently."""
    match = _MESSAGE.match(message[:_LONGEST])
    return message if match is None else match.group(1, 3)


def _word_at(spans: list[tuple[int, int]], found: Diagnostic) -> int | None:
    """The number of the word that a finding is in; words may come from anywhere in the file."""
    if found.start is None:
        return None
    for number, (start, end) in enumerate(spans):
        if start <= found.start < max(end, start + 1):
            return number
    return None


def _with(found: Diagnostic, said: tuple[str, int, int]) -> Diagnostic:
    return Diagnostic(
        found.code,
        found.severity,
        found.message,
        start=found.start,
        end=found.end,
        help=found.help,
        related=(*found.related, (said[1], said[2], "Xen says so here")),
    )


def _denied(found: Diagnostic, word: BootWord, line: FoundLine, target: Target) -> Diagnostic:
    start, end = line.span(word.read.start, word.read.end)
    return Diagnostic(
        "BL107",
        INFO,
        f"the Xen of this log took `{word.read.text}`, which Xen {target.release} reports "
        f"({found.code})",
        start=start,
        end=end,
        help="it is patched, or not of this release",
    )


def _reported(
    message: str, start: int, end: int, words: dict[str, BootWord], line: FoundLine
) -> Diagnostic:
    match = _MESSAGE.match(message[:_LONGEST])
    word = words.get(match[1]) if match is not None else None
    related: tuple[tuple[int, int, str], ...] = ()
    if word is not None:
        related = ((*line.span(word.read.start, word.read.end), "the word on the line"),)
    return Diagnostic(
        "BL106",
        ERROR,
        f"Xen itself reports: {message}",
        start=start,
        end=end,
        help=(
            "correct the word, or remove it from the line"
            if word is not None
            else "no such word is on the line of this log: it is cut, or Xen has a line built in"
        ),
        related=related,
    )
