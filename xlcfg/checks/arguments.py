"""Settings given as arguments, `xl create FILE key=value ...`: read behind the file, as xl does.

xl puts each argument on a line of its own behind the text of the file and parses the whole.
"""

from __future__ import annotations

from bisect import bisect_right

from xlcfg.checks.report import Report
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    #: where each text begins in the whole, and its source
    Parts = list[tuple[int, Source]]


def joined(source: Source, arguments: list[bytes]) -> tuple[Source, Parts]:
    """What xl parses of a file and arguments, and where each of them begins in that."""
    parts = [(0, source)]
    data = source.data
    for number, argument in enumerate(arguments, 1):
        data += b"\n"
        parts.append((len(data), Source(f"argument {number}", argument)))
        data += argument
    whole = Source(source.path, data + b"\n\n")
    whole.kind, whole.origin = source.kind, source.origin
    return whole, parts


def apart(report: Report, parts: Parts) -> list[Report]:
    """The report on the whole as one on the file and one on each argument with findings.

    That an argument replaces a setting of the file is what it is for, and not reported. Findings
    lose their fixes: an argument is in no file.
    """
    reports = [report] + [Report(source) for _, source in parts[1:]]
    found, report.diagnostics = report.diagnostics, []
    report.source = parts[0][1]
    for one in found:
        placed = _placed(one, parts)
        if placed is not None:
            number, made = placed
            reports[number].diagnostics.append(made)
    return [one for one in reports if one is report or one.diagnostics]


def _placed(found: Diagnostic, parts: Parts) -> tuple[int, Diagnostic] | None:
    """A finding of the whole as one of the text that it is in, and the number of that."""
    number, start, end = _within(found.start, found.end, parts)
    message, help_text = found.message, found.help
    if found.code == "XL105":
        by = max((_within(a, b, parts)[0] for a, b, _ in found.related), default=number)
        if by > number == 0:
            return None
        if by > number:
            message = f"this is set again in argument {by}, and has no effect"
    related = tuple(_related(found, number, parts))
    return number, Diagnostic(
        found.code,
        found.severity,
        message,
        start=start,
        end=end,
        help=help_text,
        related=related,
    )


def _within(start: int | None, end: int | None, parts: Parts) -> tuple[int, int | None, int | None]:
    """The number of the text that a place is in, and the place there."""
    if start is None:
        return 0, None, None
    number = bisect_right(parts, start, key=lambda part: part[0]) - 1
    begin, source = parts[number]
    size = len(source.data)
    last = start if end is None else end
    return number, min(start - begin, size), min(max(last - begin, 0), size)


def _related(found: Diagnostic, number: int, parts: Parts) -> Iterator[tuple[int, int, str]]:
    """The other places of a finding that are in the same text."""
    for a, b, text in found.related:
        where, start, end = _within(a, b, parts)
        if where == number and start is not None and end is not None:
            yield start, end, text
