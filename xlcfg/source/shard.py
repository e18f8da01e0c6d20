"""A part of a run: which files it has, and where they stand among all."""

from __future__ import annotations

import os

from xlcfg.source.paths import STDIN, display, is_url, without_user


class Shard:
    """Part `k` of `n` of some files: the same on every machine that says the same paths.

    It notes the place of each of its files among all, so that results can be put in order again.
    With `boots` the files of other parts are looked through for boot lines; `others` are those
    that have some.
    """

    __slots__ = ("_count", "boots", "k", "n", "others", "places")

    def __init__(self, k: int, n: int, *, boots: bool = False) -> None:
        self.k = k
        self.n = n
        self.boots = boots
        #: path as shown -> place among all files
        self.places: dict[str, int] = {}
        self.others: dict[str, int] = {}
        self._count = 0

    def has(self, path: str) -> bool:
        """Whether a file is of this part; asked once for each file, in order."""
        from zlib import crc32

        self._count += 1
        key = without_user(path) if is_url(path) else os.path.normpath(path)
        if crc32(os.fsencode(key)) % self.n != self.k - 1:
            return False
        self.places.setdefault(STDIN if path == "-" else display(path), self._count)
        return True

    def note(self, path: str) -> None:
        """A place for what every part has something to say about."""
        self._count += 1
        self.places.setdefault(path, self._count)

    def other(self, path: str) -> None:
        """The file that was asked about last is not of this part, but has boot lines."""
        self.others.setdefault(path, self._count)

    def place(self, path: str) -> int:
        """The place of a file by its path as shown; files that have none come last."""
        return self.places.get(path) or self.others.get(path) or self._count + 1
