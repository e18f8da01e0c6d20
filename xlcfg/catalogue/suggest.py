"""What somebody meant by a name that Xen does not read: known mistakes, then close spellings."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from xlcfg.catalogue.options import BootParameter, GuestOption, Mistake

    Option: TypeAlias = GuestOption | BootParameter

#: No option is longer than this by far; a longer name is no slip of one.
_LONGEST = 48


def suggest(
    name: str,
    release: str,
    arch: str | None,
    find: Callable[[str], Option | None],
    every: Callable[[], Iterable[Option]],
    mistake_of: Callable[[str], Mistake | None],
) -> str | None:
    """The option meant by `name`, one that is read in `release` on `arch`, or None.

    `find` and `every` look options up, `mistake_of` known mistakes.
    """
    if not name or len(name) > _LONGEST:
        return None

    def readable(text: str) -> str | None:
        # A replacement may come with its value: `type="pvh"`, `dom0=pvh`.
        meant = text.partition("=")[0].split(" ", 1)[0]
        option = find(meant)
        return meant if option is not None and option.is_read(release, arch) else None

    option = find(name)
    if option is not None:
        return None if option.is_read(release, arch) else readable(option.replacement)
    mistake = mistake_of(name)
    if mistake is not None:
        return readable(mistake.replacement) if mistake.replacement else None
    for folded in _folded(name):
        option = find(folded)
        if option is not None and _offered(option, release, arch):
            return folded
    return closest(name.lower(), [o.name for o in every() if _offered(o, release, arch)])


def _offered(option: Option, release: str, arch: str | None) -> bool:
    """Whether the option is worth suggesting: read there, and not on its way out."""
    return option.is_read(release, arch) and not option.replacement and option.name[-1] != "["


def _folded(name: str) -> tuple[str, ...]:
    """The name with the slips of case and of dash and underscore undone."""
    lower = name.lower()
    dashed, underscored = lower.replace("_", "-"), lower.replace("-", "_")
    return (lower, dashed, underscored, underscored.replace("_", ""))


def closest(name: str, names: list[str]) -> str | None:
    """The one name within reach; None when none is, or when two are equally far."""
    limit = 0 if len(name) < 4 else 1 if len(name) < 7 else 2
    if not limit:
        return None
    best: list[str] = []
    letters = set(name)
    for other in names:
        # One edit changes the length by at most one and the set of letters by at most two.
        if abs(len(other) - len(name)) > limit or len(letters ^ set(other)) > 2 * limit:
            continue
        found = distance(name, other, limit)
        # Two edits in a short name make another word, not a slip.
        if found > limit or (found == 2 and min(len(name), len(other)) < 7):
            continue
        if found < limit:
            best, limit = [other], found
        else:
            best.append(other)
    return best[0] if len(best) == 1 else None


def distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap neighbours) from `a` to `b`; `limit` + 1 for more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    previous: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, previous, row = previous, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(row[j - 1] + 1, previous[j] + 1, previous[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
