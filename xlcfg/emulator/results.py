"""What a replay finds out: typed, plain, and bounded in size whatever the trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = ("ret", "observe", "wrote", "retry")


@dataclass(slots=True)
class Registration:
    """One call of a registration hypercall. `ret` is the predicted return value, `recorded` the
    one in the trace (None: not recorded), `t` nanoseconds or None.
    """

    line: int
    caller: int
    target: int
    op: str
    addr: int
    ret: int
    recorded: int | None
    t: int | None


@dataclass(slots=True)
class Gap:
    """A row of updates that did not reach the area: how many, for how long (ns between the
    deliveries around it, None if not known), and its first line and the line that ended it.
    """

    updates: int
    ns: int | None
    first_line: int
    last_line: int


@dataclass(slots=True)
class MisplacedWrites:
    """Writes to a frame that is not, or no longer, the area's.

    `kind`: `foreign` (other page tables were active, which map the address elsewhere), `mmu-off`
    (the address was taken as guest-physical), `moved` (the address was remapped since it was
    registered, and Xen follows), `stale` (the address names another frame now, and Xen does not
    follow), `dangling` (the address names nothing now, and Xen writes on), `reused` (the guest put
    the frame to another use since), `stage` (another program runs since). `use` and `use_line` say
    which use or stage that is.
    """

    kind: str
    count: int
    first_line: int
    gpa: int
    registered_line: int
    use: str | None = None
    use_line: int | None = None
    last_line: int = 0


@dataclass(slots=True)
class ReadStats:
    """The guest's reads of an area. `worst_ns`: largest error of stolen time, true minus seen;
    `worst_of`: true stolen time at that moment.
    """

    count: int = 0
    unregistered: int = 0
    stale: int = 0
    torn: int = 0
    first_line: int | None = None
    worst_ns: int = 0
    worst_of: int = 0
    worst_line: int | None = None


@dataclass(slots=True)
class Difference:
    """A recorded result that the prediction does not match."""

    kind: str
    line: int
    recorded: Any
    predicted: Any


@dataclass(slots=True)
class Verification:
    """How many recorded results were compared and differ, per kind; the first differences."""

    compared: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    differing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    differences: list[Difference] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """No recorded result contradicts the prediction."""
        return not any(self.differing.values())
