"""A vCPU as the emulator knows it: its scheduling state, its areas, and what became of updates."""

from __future__ import annotations

from .results import Gap, MisplacedWrites, ReadStats, Registration
from .space import Space
from .terms import OFFLINE, RUNNING, Content, Write

_BLANK: Content = (0, 0, 0, 0, 0, 0)


class Area:
    """A registered area: by address (`pinned` None), or as bytes of frames (`pinned`).

    `home` are the frames that the address named, in `home_space` of `home_vcpu`, when it was
    registered or first written. `page` is where the tables say what `va` is translated to, `tail`
    where they do for the page after it, None if the area ends before. `stage` is the program that
    registered it.
    """

    __slots__ = (
        "by_phys",
        "home",
        "home_space",
        "home_vcpu",
        "line",
        "page",
        "pinned",
        "size",
        "stage",
        "tail",
        "unbacked",
        "va",
    )

    def __init__(
        self, va: int, size: int, line: int, stage: int, page: int = -1, tail: int | None = None
    ) -> None:
        self.va = va
        self.size = size
        self.line = line
        self.stage = stage
        self.page = page
        self.tail = tail
        self.by_phys = self.unbacked = False
        self.pinned: tuple[Write, ...] | None = None
        self.home: tuple[int, ...] | None = None
        self.home_space: Space | None = None
        self.home_vcpu: Vcpu | None = None

    def pages(self) -> tuple[int, ...]:
        """The pages whose mapping an update of the area depends on."""
        if self.by_phys:
            return ()
        return (self.page,) if self.tail in (None, self.page) else (self.page, self.tail)


class Epoch:
    """While nothing changes that every plan depends on; `over` once it has."""

    __slots__ = ("over",)

    def __init__(self) -> None:
        self.over = False


class Plan:
    """What an update of one vCPU does while nothing it depends on changes.

    `copied` bytes of the area are written, in `writes` (which may also hold the flag byte).
    `good`: all of it, and in the right place. `why` names the obstacle, `misplaced` the kind of
    wrong place, `moved` the frames it is. It is void once its `epoch` is over.
    """

    __slots__ = ("complete", "copied", "epoch", "good", "misplaced", "moved", "why", "writes")

    def __init__(
        self, epoch: Epoch, writes: tuple[Write, ...], copied: int, size: int, why: str
    ) -> None:
        self.epoch = epoch
        self.writes = writes
        self.copied = copied
        self.complete = copied == size
        self.why = why
        self.misplaced = ""
        self.moved: tuple[int, ...] = ()
        self.good = self.complete


class TimeUpdates:
    """What became of a vCPU's secondary time area; the names are those of `results.TimeReport`.

    `wanted` says that the last call that asked for an area was refused and none is in force,
    `unmet` how many switches in there were since. `pending`: an update failed in user mode of a
    64-bit PV guest.
    """

    __slots__ = (
        "attempts",
        "caught_up",
        "deferred",
        "delivered",
        "dropped",
        "first_lost",
        "first_partial",
        "known",
        "late",
        "lost",
        "lost_why",
        "misplaced",
        "missed",
        "overwritten",
        "partial",
        "pending",
        "plan",
        "shadowed",
        "unmet",
        "wanted",
    )

    def __init__(self) -> None:
        self.attempts = self.delivered = self.partial = self.lost = 0
        self.deferred = self.caught_up = self.missed = self.late = self.shadowed = 0
        self.pending = self.wanted = False
        self.unmet = 0
        self.lost_why: dict[str, int] = {}
        self.misplaced: dict[str, MisplacedWrites] = {}
        self.overwritten: dict[int, int] = {}
        self.first_lost: int | None = None
        self.first_partial: int | None = None
        self.dropped: int | None = None
        #: What an update does, and for which area, tables and moment that is known.
        self.plan: Plan | None = None
        self.known: object = None

    def answered(self, area: Area | None, answer: int, takes_back: bool) -> None:
        """A call was answered, and left `area` in force."""
        if area is None and answer and not takes_back:
            self.wanted = True
        elif self.wanted and (area is not None or not answer):
            self._no_longer_wanted(late=area is not None and self.dropped is None)

    def _no_longer_wanted(self, *, late: bool) -> None:
        if late:
            self.late += self.unmet
        else:
            self.missed += self.unmet
        self.wanted, self.unmet = False, 0

    def finish(self) -> None:
        """The trace ends: count what is outstanding."""
        self.missed += self.unmet
        self.unmet = 0


class Vcpu:
    """A vCPU: its scheduling state, translation target, areas and counts."""

    __slots__ = (
        "area",
        "area_content",
        "attempts",
        "caught_up",
        "deferred",
        "delivered",
        "dropped",
        "entry",
        "first_lost",
        "first_partial",
        "frames",
        "gap",
        "gap_line",
        "gap_t",
        "head_content",
        "held_entry",
        "idle",
        "index",
        "kernel",
        "last_good_t",
        "late",
        "left_without",
        "longest",
        "lost",
        "lost_at",
        "misplaced",
        "missed",
        "mixed",
        "mmu",
        "online",
        "partial",
        "pending",
        "phys",
        "plan",
        "plans",
        "reads",
        "refused",
        "registered",
        "registrations",
        "running",
        "samples",
        "shadowed",
        "shadowed_at",
        "space",
        "state",
        "time",
        "time_phys",
        "time_va",
        "times",
        "unchecked",
        "user",
        "user_mode",
        "virt",
        "wanted_at",
    )

    def __init__(self, index: int, kernel: Space, user: Space) -> None:
        self.index = index
        self.online = self.running = index == 0
        self.kernel, self.user, self.mmu, self.user_mode = kernel, user, True, False
        self.space = kernel
        self.samples: dict[tuple[Space, int], int] = {}
        self.virt: Area | None = None
        self.phys: Area | None = None
        self.area: Area | None = None
        self.time_va: Area | None = None
        self.time_phys: Area | None = None
        #: What becomes of its secondary time area; None as long as it has never asked for one.
        self.time: TimeUpdates | None = None
        self.pending = False
        self.plan: Plan | None = None
        self.plans: dict[Space, Plan] = {}
        self.state = RUNNING if index == 0 else OFFLINE
        self.entry: int | None = None
        self.times = [0, 0, 0, 0]
        #: What the area holds where updates failed: the runstate of the last complete update, and
        #: the one of the last partial update, of which only the area's first page has got bytes.
        self.area_content: Content | None = None
        self.head_content: Content | None = None
        self.held_entry: int | None = None
        #: A switch whose recorded `wrote` is still to be compared: (line, wrote, predicted).
        self.unchecked: tuple[int, bool, bool] | None = None
        self.attempts = self.delivered = self.partial = self.lost = 0
        self.deferred = self.caught_up = 0
        #: Switches without an area in force, and their number when a refused call began to leave
        #: the vCPU without the area that its guest asked for (None: it has not).
        self.idle = 0
        self.wanted_at: int | None = None
        self.missed = self.late = self.shadowed = 0
        self.left_without = False
        #: `attempts` when an area by address was registered behind a physical one's back.
        self.shadowed_at: int | None = None
        self.gap = self.gap_line = 0
        self.gap_t: int | None = None
        self.last_good_t: int | None = None
        self.longest: Gap | None = None
        self.first_lost: int | None = None
        self.first_partial: int | None = None
        #: (why, tables in force, user mode, exception level) -> updates lost
        self.lost_at: dict[tuple[str, Space, bool, int | None], int] = {}
        self.misplaced: dict[str, MisplacedWrites] = {}
        self.frames: dict[int, int] = {}
        self.reads = ReadStats()
        self.registrations: list[Registration] = []
        self.registered = self.refused = 0
        self.dropped: int | None = None  # first refused call that took a good area with it
        self.mixed: int | None = None  # first line with areas of both interfaces

    @property
    def time_area(self) -> Area | None:
        """The secondary time area in force."""
        return self.time_phys or self.time_va

    def asked(self, addr: int, answer: int) -> None:
        """A registration of a runstate area was answered; `addr` 0 takes an area back."""
        virt, phys = self.virt, self.phys
        hidden = virt is not None and phys is not None and virt.line > phys.line
        if not hidden:
            self._count_shadowed()
        elif self.shadowed_at is None:
            self.shadowed_at = self.attempts
        if self.area is None and answer and addr:
            if self.wanted_at is None:
                self.wanted_at = self.idle
        elif self.area is not None or not answer:
            self._count_unmet(late=self.area is not None and self.dropped is None)

    def _count_shadowed(self) -> None:
        if self.shadowed_at is not None:
            self.shadowed += self.attempts - self.shadowed_at
            self.shadowed_at = None

    def _count_unmet(self, *, late: bool) -> None:
        """The guest no longer waits for an area; `late`: it has one now, and had none before."""
        if self.wanted_at is not None:
            unmet = self.idle - self.wanted_at
            self.wanted_at = None
            if late:
                self.late += unmet
            else:
                self.missed += unmet

    def finish(self) -> None:
        """The trace ends: count what is outstanding."""
        self._count_shadowed()
        self.left_without = self.wanted_at is not None
        self._count_unmet(late=False)
        if self.time is not None:
            self.time.finish()

    def content(self) -> Content:
        """The runstate, to be turned into bytes only if somebody reads it."""
        return (self.state, self.entry or 0, *self.times)

    def enter(self, state: int, t: int | None) -> None:
        """The runstate changes at `t` (ns) without an update of the area."""
        if self.area is not None and self.area_content is None:
            self.area_content = self.content()
        if t is not None:
            if self.entry is not None:
                self.times[self.state] += t - self.entry
            self.entry = t
        self.state = state

    def in_sync(self, line: int, t: int | None) -> None:
        """The area holds the runstate."""
        self.area_content = self.head_content = None
        self.last_good_t = t
        if self.gap:
            self.end_gap(line, t)

    def partly_written(self, plan: Plan, line: int, t: int | None) -> None:
        """Part of the area now has new content (all of it, if written at another place)."""
        if plan.misplaced and plan.misplaced != "moved":
            return
        if plan.complete:
            self.in_sync(line, t)
            return
        if self.area_content is None:
            self.area_content = _BLANK
        self.head_content = self.content()

    def first_content(self, plan: Plan, line: int, t: int | None, flag_at: int) -> None:
        """The copy that a registration itself makes, by `plan`."""
        if plan.copied > flag_at:
            self.entry_held()
        if plan.complete:
            self.in_sync(line, t)
        else:
            self.area_content = _BLANK
            if plan.copied:
                self.partly_written(plan, line, t)

    def unwritten(self) -> None:
        """An area has been registered without a copy into it."""
        self.area_content = self.area_content or _BLANK

    def end_gap(self, line: int, t: int | None) -> None:
        """An update has come through after some that have not."""
        best = self.longest
        if best is None or self.gap > best.updates:
            ns = None if t is None or self.gap_t is None else t - self.gap_t
            self.longest = Gap(self.gap, ns, self.gap_line, line)
        self.gap = 0

    def entry_held(self) -> None:
        """The area has got a state_entry_time, which a recorder finds before the next update."""
        self.held_entry = self.entry
        if self.unchecked is not None:
            line, wrote, _ = self.unchecked
            self.unchecked = line, wrote, True
