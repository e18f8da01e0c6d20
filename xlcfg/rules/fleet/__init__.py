"""What guests of one run take from each other: each file is fine, together they are not.

A rule here has `claims(guest)`, which yields what must be that guest's own, and `finding(what,
where, start, end)` for a claim that an earlier guest has made. Claims are plain values: they
outlive the guest, in the cache and from one process to another.
Examples on the pages hold several files, each under a line `# file: NAME`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from xlcfg.checks.report import Report
    from xlcfg.core.claims import Claim, Claims, What
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest

_rules: list[Any] = []


def rules() -> list[Any]:
    """The rules of this folder, in order of their codes."""
    if not _rules:
        from importlib import import_module

        from xlcfg.rules import files

        _rules.extend(import_module(name) for _, name in files("fleet"))
    return _rules


def claims(guest: Guest) -> Claims | None:
    """Everything a guest claims; None when its file is refused, so that it never runs."""
    if guest.document.refused:
        return None
    found = {code: made for code, made in _claims(guest) if made}
    if guest.target.selection is not None or b"xlcfg: ignore" in guest.source.data:
        from xlcfg.checks.suppressions import is_suppressed_in

        muted = is_suppressed_in(guest)
        if muted is not None:
            for code, made in found.items():
                found[code] = [
                    (what, start, end, True) if muted(code, start) else (what, start, end)
                    for what, start, end, *_ in made
                ]
    return found


def _claims(guest: Guest) -> Iterator[tuple[str, list[Claim]]]:
    for rule in rules():
        yield rule.CODE, list(rule.claims(guest))


def compare(members: Iterable[tuple[Source, Claims]]) -> Iterator[tuple[int, Diagnostic]]:
    """Claims that an earlier member made: the member's number and the finding.

    A guest does not clash with itself, and is told of one place however many there are.
    """
    members = list(members)
    for rule in rules():
        first: dict[What, tuple[int, int]] = {}
        for number, (_, made) in enumerate(members):
            for what, start, end, *muted in made.get(rule.CODE, ()):
                earlier, place = first.setdefault(what, (number, start))
                if earlier != number and not muted:
                    source = members[earlier][0]
                    where = f"{source.path}, line {source.line_of(place)}"
                    yield number, rule.finding(what, where, start, end)


def check_run(guests: list[Guest]) -> Iterator[tuple[Guest, Diagnostic]]:
    """The findings of every rule about the guests of one run."""
    running = [(guest, made) for guest in guests if (made := claims(guest)) is not None]
    for number, diagnostic in compare((guest.source, made) for guest, made in running):
        yield running[number][0], diagnostic


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
    for report, path in claimants(reports):
        if path not in seen:
            # /etc/xen/auto is full of links to the files beside it
            seen.add(path)
            folders.setdefault(path[: path.rfind(os.sep)], []).append(report)
    for together in folders.values():
        if len(together) < 2:
            continue
        members = [(report.source, report.claims or {}) for report in together]
        touched = set()
        for number, diagnostic in compare(members):
            together[number].diagnostics.append(diagnostic)
            touched.add(number)
        for number in touched:
            together[number].sort()


def claimants(reports: list[Report]) -> Iterator[tuple[Report, str]]:
    """The reports on guests that claim something, with what tells one file from another: its real
    path, or a URL.
    """
    real: dict[str, str] = {}
    for report in reports:
        if report.claims is None and report.reread is None and report.guest is not None:
            report.claims = claims(report.guest)
        if report.claims is not None:
            yield report, _real(report.source, real)


def _real(source: Source, known: dict[str, str]) -> str:
    """`os.path.realpath`, which looks at every folder on the way, with folders looked at once."""
    import os

    from xlcfg.source.paths import is_url

    path = source.path
    if is_url(path):
        if "?" not in path:
            return path
        from zlib import crc32

        # what is behind the question mark is not shown, and may be another file
        return f"{path}#{crc32(source.data):08x}"
    at = max(path.rfind("/"), path.rfind(os.sep)) + 1
    folder, name = path[:at], path[at:]
    if name in ("", ".", "..") or os.path.islink(path):
        return os.path.realpath(path)
    real = known.get(folder)
    if real is None:
        real = known[folder] = os.path.join(os.path.realpath(folder), "")
    return real + name
