"""U-Boot's scripts, as text and in the image that mkimage puts around it.

`hush` reads their language, `machine` runs them without ever executing anything, `trees` makes the
device trees that their `fdt` commands leave behind.  What only the board knows (its environment,
its files, its own tree) stays unknown, and a condition over it goes both ways.
"""

from __future__ import annotations

from xlcfg.source.uboot.environment import is_environment
from xlcfg.source.uboot.image import MAGIC, is_script

__all__ = ["MAGIC", "is_environment", "is_script", "outcome"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.core.source import Source
    from xlcfg.source.uboot.trees import Outcome


def outcome(source: Source, base: Source | None = None) -> Outcome:
    """What a script leaves behind on top of the board's device tree `base`, which may be unknown.

    The last answer is kept: lines, guests and findings of a file are asked for one after the other.
    """
    from xlcfg.source.uboot.machine import run

    global _last
    if _last is None or _last[0] is not source or _last[1] is not base:
        _last = (source, base, run(source, base))
    return _last[2]


_last: tuple[Source, Source | None, Outcome] | None = None
