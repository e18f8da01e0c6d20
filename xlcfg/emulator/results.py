"""What a replay finds out: typed, plain, and bounded in size whatever the trace."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .events import Header
    from .models import Model
    from .terms import Where

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


#: Kinds of misplaced writes that overwrite memory which is not, or no longer, the area's.
CORRUPTING = ("foreign", "mmu-off", "reused", "stage", "stale")


@dataclass(slots=True)
class ReadStats:
    """The guest's reads of an area. `worst_ns`: largest error of stolen time, true minus seen;
    `worst_of`: true stolen time at that moment.
    """

    count: int = 0
    unregistered: int = 0
    stale: int = 0
    partial: int = 0
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


@dataclass(slots=True)
class TimeReport:
    """What would happen to one vCPU's secondary time area at its switches in.

    Xen writes the area there if its time record has changed since; when it has is in no trace, so
    every switch in with an area in force counts. attempts = delivered + partial + lost, and the
    other names are as in `VcpuReport`. `misplaced` and `overwritten` say where such an update
    would go. `dropped` is the first refused call that took an area away.
    """

    attempts: int
    delivered: int
    partial: int
    lost: int
    deferred: int
    caught_up: int
    missed: int
    late: int
    shadowed: int
    left_without: bool
    first_lost: int | None
    first_partial: int | None
    lost_why: dict[str, int]
    misplaced: list[MisplacedWrites]
    overwritten: dict[int, int]
    dropped: int | None
    area: str | None

    @property
    def misplaced_total(self) -> int:
        """Updates with bytes in a wrong frame."""
        return sum(writes.count for writes in self.misplaced)


@dataclass(slots=True)
class VcpuReport:
    """What happened to one vCPU's runstate area.

    An update is what Xen does at a switch out or in while an area is registered; the copy made by
    the registration itself is not counted. attempts = delivered + partial + lost:

    - `delivered`: every byte of the area was written, `misplaced` or not;
    - `partial`: some bytes, or just the flag byte;
    - `lost`: none that the guest can see.

    `deferred` updates (64-bit PV, none of the area's bytes written in user mode) are caught
    up with at a toggle to kernel mode, one for all that are outstanding: `caught_up` counts those
    toggles.
    `missed`, `late` and `shadowed` are updates that the guest asked for and cannot get: at switches
    without an area after a refused call (`late`: the vCPU had none before, and gets one by a later
    call), and at switches where an area registered by address gives way to a physical one that was
    registered before it.
    `misplaced` counts writes by kind, see `MisplacedWrites`; `overwritten` maps the gpa of the
    frames they hit to how often. `lost_where` maps (guest state, exception level, address space) to
    the updates lost there, `lost_why` the obstacle to their number. `longest_gap` is the
    longest row of updates that failed. `registrations` keeps the first 200 calls; `registered` and
    `refused` count all of them.
    """

    index: int
    registrations: list[Registration]
    registered: int
    refused: int
    attempts: int
    delivered: int
    partial: int
    lost: int
    deferred: int
    caught_up: int
    missed: int
    late: int
    shadowed: int
    #: The last call that asked for an area was refused, and no area is in force.
    left_without: bool
    first_lost: int | None
    first_partial: int | None
    longest_gap: Gap | None
    lost_where: dict[Where, int]
    lost_why: dict[str, int]
    misplaced: list[MisplacedWrites]
    overwritten: dict[int, int]
    reads: ReadStats
    #: First refused registration that took a good area with it; first line with areas of both
    #: interfaces.
    dropped: int | None
    mixed: int | None
    #: The kind of area in force at the end: "address", "physical" or None.
    area: str | None
    #: Trace line of the registration of that area.
    area_line: int | None
    #: Its secondary time area; None if the guest asks for none.
    time: TimeReport | None = None

    @property
    def misplaced_total(self) -> int:
        """Updates with bytes in a wrong frame."""
        return sum(writes.count for writes in self.misplaced)


@dataclass(slots=True)
class Replay:
    """The outcome of `replay`. `events` is the number of events of the trace."""

    header: Header
    policy: str
    model: Model
    events: int
    vcpus: list[VcpuReport]
    verification: Verification | None
    remaps_without_break: int = 0
    first_remap: int | None = None
    stages: list[tuple[int, str]] = field(default_factory=list)

    def total(self, name: str) -> int:
        """The sum of a count over all vCPUs."""
        return sum(int(getattr(vcpu, name)) for vcpu in self.vcpus)

    @property
    def times(self) -> list[TimeReport]:
        """The secondary time areas."""
        return [vcpu.time for vcpu in self.vcpus if vcpu.time is not None]

    def time_total(self, name: str) -> int:
        """The sum of a count over all secondary time areas."""
        return sum(int(getattr(time, name)) for time in self.times)
