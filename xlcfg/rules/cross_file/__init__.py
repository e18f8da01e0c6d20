"""What guests of one run take from each other: each file is fine, together they are not.

A rule here has `claims(guest)`, which yields what must be that guest's own, and `finding(what,
where, start, end)` for a claim that an earlier guest has made. Claims are plain values: they
outlive the guest, in the cache and from one process to another.
Examples on the pages hold several files, each under a line `# file: NAME`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from xlcfg.core.claims import Claim, Claims, What
    from xlcfg.core.diagnostics import Diagnostic
    from xlcfg.core.source import Source
    from xlcfg.model.guest import Guest

_rules: list[Any] = []


def rules() -> list[Any]:
    """The rules of this folder, in order of their codes."""
    if not _rules:
        from xlcfg.core import load_module
        from xlcfg.rules import files

        _rules.extend(load_module(name) for _, name in files("cross_file"))
    return _rules


def claims(guest: Guest, suppressed: Callable[[str, int], bool] | None = None) -> Claims | None:
    """Everything a guest claims; None when its file is refused, so that it never runs.

    `suppressed` says by code and place which findings do not count.
    """
    if guest.document.refused:
        return None
    found = {code: made for code, made in _claims(guest) if made}
    if suppressed is not None:
        for code, made in found.items():
            found[code] = [
                (what, start, end, True) if suppressed(code, start) else (what, start, end)
                for what, start, end, *_ in made
            ]
    return found


def _claims(guest: Guest) -> Iterator[tuple[str, list[Claim]]]:
    for rule in rules():
        yield rule.CODE, list(rule.claims(guest))


def compare(members: Iterable[tuple[Source, Claims]]) -> Iterator[tuple[int, Diagnostic]]:
    """Claims that an earlier member made: the member's number and the finding.

    A guest does not clash with itself, and gets one finding however many places there are.
    """
    members = list(members)
    for rule in rules():
        code = rule.CODE
        first: dict[What, tuple[int, int]] = {}
        for number, (_, made) in enumerate(members):
            for claim in made.get(code, ()):
                what = claim[0]
                known = first.get(what)
                if known is None:
                    first[what] = (number, claim[1])
                elif known[0] != number and len(claim) == 3:
                    source = members[known[0]][0]
                    where = f"{source.path}, line {source.line_of(known[1])}"
                    yield number, rule.finding(what, where, claim[1], claim[2])


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
