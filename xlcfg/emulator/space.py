"""One set of a guest's page tables."""

from __future__ import annotations

from .maps import RangeMap


class Space:
    """One set of stage-1 tables. `maps` holds gfn << 1 | read-only per page."""

    __slots__ = ("__weakref__", "ident", "maps")

    def __init__(self, ident: int | None) -> None:
        self.ident = ident
        self.maps = RangeMap(slope=2)
