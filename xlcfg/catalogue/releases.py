"""The release lines of Xen that the catalogue knows, and what people call them."""

from __future__ import annotations

from xlcfg.catalogue._compiled import NEWEST, RELEASES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    #: the first and last index into `releases()`, both read
    Runs: TypeAlias = tuple[tuple[int, int], ...]

#: the runs of what every release reads
ALWAYS: Runs = ((0, len(RELEASES) - 1),)

_INDEX = {name: i for i, name in enumerate(RELEASES)}


class UnknownReleaseError(ValueError):
    """A text that names no release line this catalogue knows; the message lists those it does."""


def releases() -> tuple[str, ...]:
    """The release lines, oldest first; the last one is `"unstable"`."""
    return RELEASES


def newest_release() -> str:
    """The newest released line, which is what is checked for unless told otherwise."""
    return NEWEST


def release_index(release: str) -> int:
    """The place of a release line in `releases()`; UnknownReleaseError when it is none."""
    try:
        return _INDEX[release]
    except KeyError:
        raise UnknownReleaseError(_unknown_release(release)) from None


def parse_release(text: str) -> str:
    """The release line of what people write: `4.17`, `4.17.3`, `4.17.3-rc1`, `xen-4.17`, `master`.

    Raises UnknownReleaseError, whose message names the lines known, for anything else.
    """
    word = text.strip().lower()
    if word in ("master", "staging", "unstable", "xen-unstable"):
        return RELEASES[-1]
    for prefix in ("xen-", "release-"):
        word = word.removeprefix(prefix)
    parts = word.split(".")
    if len(parts) >= 2:
        minor = len(parts[1]) - len(parts[1].lstrip("0123456789"))
        # What follows the number may be a point release or a vendor's suffix, not more of the name.
        line = f"{parts[0]}.{parts[1][:minor]}"
        if line in _INDEX and parts[1][minor : minor + 1] in ("", "-", "_", "+", "~"):
            return line
    raise UnknownReleaseError(_unknown_release(text))


def nearest_release(text: str) -> str:
    """The same for what a hypervisor says of itself; one that is not known counts as its neighbour.

    That is the oldest line for what came before it, `"unstable"` for what comes after the newest.
    Raises UnknownReleaseError for a text that is no version.
    """
    try:
        return parse_release(text)
    except UnknownReleaseError:
        major, _, rest = text.strip().partition(".")
        minor = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        if not (major.isdecimal() and minor) or len(text) > 40:
            raise
        oldest = tuple(map(int, RELEASES[0].split(".")))
        return RELEASES[0] if (int(major), int(minor)) < oldest else RELEASES[-1]


def _unknown_release(text: str) -> str:
    shown = text if len(text) <= 40 else text[:37] + "..."
    return (
        f"no Xen release {shown!r} in the catalogue; "
        f"known are {RELEASES[0]} to {NEWEST} and {RELEASES[-1]!r}"
    )


def alive(runs: Iterable[Sequence[str]], release: str) -> bool:
    """Whether a release lies in runs as the details have them, pairs of release names."""
    index = release_index(release)
    return any(release_index(first) <= index <= release_index(last) for first, last in runs)


def within(runs: Runs, release: str) -> bool:
    """Whether a release lies in runs of indices."""
    index = release_index(release)
    # asked a hundred times per config: a generator would cost twice this
    for first, last in runs:
        if first <= index <= last:
            return True
    return False
