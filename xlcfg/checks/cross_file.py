"""Holds the guests of a run against each other, by what each claims for itself."""

from __future__ import annotations

from xlcfg.rules import cross_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlcfg.checks.report import Report
    from xlcfg.core.claims import Claims
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest


def guest_claims(guest: Guest) -> Claims | None:
    """What a guest claims, each claim with whether findings about it are suppressed.

    None for those of a boot script, which never run beside those of another.
    """
    if guest.source.kind in ("uboot", "imagebuilder"):
        return None
    suppressed = None
    if guest.target.selection is not None or b"xlcfg:" in guest.source.data:
        from xlcfg.checks.suppressions import is_suppressed_in

        suppressed = is_suppressed_in(guest)
    return cross_file.claims(guest, suppressed)


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
        for number, diagnostic in cross_file.compare(members):
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
            report.claims = guest_claims(report.guest)
        if report.claims is not None:
            yield report, report.source.real or _real(report.source, real)


def _real(source: Source, known: dict[str, str]) -> str:
    """What tells one file from another."""
    from xlcfg.source.paths import is_url, real_path

    path = source.path
    if not is_url(path):
        return real_path(path, known)
    if "?" not in path:
        return path
    from zlib import crc32

    # what is behind the question mark is not shown, and may be another file
    return f"{path}#{crc32(source.data):08x}"
