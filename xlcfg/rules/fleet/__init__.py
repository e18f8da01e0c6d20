"""What guests of one run take from each other: each file is fine, together they are not.

A rule here has `check_run(guests)`, which yields the guest a finding belongs to with the finding.
Examples on the pages hold several files, each under a line `# file: NAME`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from xlcfg.check import Report
    from xlcfg.diagnostics import Diagnostic
    from xlcfg.model.guest import Guest

    #: what must be a guest's own, and where the file says so
    Claim = tuple[object, int, int]


def check_run(guests: list[Guest]) -> Iterator[tuple[Guest, Diagnostic]]:
    """The findings of every rule about the guests of one run."""
    from importlib import import_module

    from xlcfg.rules import files

    guests = [guest for guest in guests if not guest.document.refused]
    if len(guests) < 2:
        return
    for _, name in files("fleet"):
        yield from import_module(name).check_run(guests)


def clashes(
    guests: list[Guest], claims: Callable[[Guest], Iterable[Claim]]
) -> Iterator[tuple[Guest, int, int, object, str]]:
    """Claims that an earlier guest made: `(guest, start, end, what, where that is)`.

    A guest does not clash with itself, and is told of one place however many there are.
    """
    first: dict[object, tuple[Guest, int]] = {}
    for guest in guests:
        for what, start, end in claims(guest):
            earlier, place = first.setdefault(what, (guest, start))
            if earlier is not guest:
                line = earlier.source.line_of(place)
                yield guest, start, end, what, f"{earlier.source.path}, line {line}"


def entries(guest: Guest, key: str) -> Iterator[tuple[dict[str, object], int, int]]:
    """The devices of a list as xl reads them, each with the place of its entry."""
    values = guest.reading.values.get(key)
    setting = guest.settings.get(key)
    if isinstance(values, list) and setting is not None and setting.value.is_list:
        for entry, item in zip(values, setting.value.items, strict=False):
            yield entry, item.start, item.end


def check_reports(reports: list[Report]) -> None:
    """Add what the guests of each folder take from each other; a file is looked at once.

    Only a folder's files are held against each other: other folders are other hosts, for all that
    can be known.
    """
    import os

    folders: dict[str, list[Report]] = {}
    seen: set[str] = set()
    for report in reports:
        if report.guest is None or report.guest.document.refused:
            continue
        path = os.path.realpath(report.source.path)
        if path not in seen:
            # /etc/xen/auto is full of links to the files beside it
            seen.add(path)
            folders.setdefault(os.path.dirname(path), []).append(report)
    for together in folders.values():
        owners = {id(report.guest): report for report in together}
        guests = [report.guest for report in together if report.guest is not None]
        for guest, diagnostic in check_run(guests):
            owner = owners[id(guest)]
            owner.diagnostics.append(diagnostic)
            owner.sort()
