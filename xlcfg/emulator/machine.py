"""The guest and its hypervisor: stage-1 tables, frames, vCPUs, and what an update writes where.

`Machine` takes the events of one trace in order. It translates addresses as Xen would, applies one
policy and one hypervisor model, and counts. What the counts mean is said in `results`; what is
worth telling the user is decided in `findings`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

from .maps import ENTRY, SHIFT, RangeMap, pack, unpack
from .models import Model
from .results import Difference, Gap, MisplacedWrites, ReadStats, Registration, Verification
from .terms import (
    EACCES,
    EFAULT,
    EINVAL,
    ENOENT,
    ENXIO,
    OFFLINE,
    REGISTER_PHYS,
    REGISTER_TIME_PHYS,
    REGISTER_TIME_VA,
    REGISTER_VA,
    RUNNABLE,
    RUNNING,
    STATES,
    TIME_SIZE,
    USES,
)
from .trace import PAGE_SHIFT, PAGE_SIZE, Header

_U64 = (1 << 64) - 1
_OFFSET = PAGE_SIZE - 1
#: How many registrations, differences and frames are kept by name; the rest is only counted.
KEEP = 200
#: A page that more vCPUs depend on than these voids all plans when it is mapped otherwise.
_FEW = 16
#: 64-bit PV: addresses in this range are refused before anything else.
_PV_HOLE = range(0x8000_0000_0000, 0xFFFF_8800_0000_0000)


#: A handler (None: nothing to do) and its arguments.
Call = tuple[Callable[..., None] | None, tuple[Any, ...]]


class Space:
    """One set of stage-1 tables. `maps` holds gfn << 1 | read-only per page."""

    __slots__ = ("__weakref__", "ident", "maps")

    def __init__(self, ident: int | None) -> None:
        self.ident = ident
        self.maps = RangeMap(slope=2)


class Area:
    """A registered area: by address (`pinned` None), or as bytes of frames (`pinned`).

    `home` are the frames that the address named, in `home_space` of `home_vcpu`, when it was
    registered or first written. `page` is where the tables say what `va` is translated to, `tail`
    where they do for the page after it, None if the area ends before.
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
        self.by_phys = False
        self.pinned: tuple[Write, ...] | None = None
        self.home: tuple[int, ...] | None = None
        self.home_space: Space | None = None
        self.home_vcpu: Vcpu | None = None


#: (gfn, generation of the machine page, first byte, last byte)
Write = tuple[int, int, int, int]


#: A runstate: state, state_entry_time, time[4]
Content = tuple[int, ...]
_BLANK: Content = (0, 0, 0, 0, 0, 0)

#: (guest state, exception level, address space id)
Where = tuple[str, int | None, int | None]


class Plan:
    """What an update of one vCPU does while nothing it depends on changes.

    `copied` bytes of the area are written, in `writes` (which may also hold the flag byte).
    `good`: all of it, and in the right place. `why` names the obstacle, `misplaced` the kind of
    wrong place.
    """

    __slots__ = ("complete", "copied", "epoch", "good", "misplaced", "moved", "why", "writes")

    def __init__(
        self, epoch: int, writes: tuple[Write, ...], copied: int, size: int, why: str
    ) -> None:
        self.epoch = epoch
        self.writes = writes
        self.copied = copied
        self.complete = copied == size
        self.why = why
        self.misplaced = ""
        self.moved: tuple[int, ...] = ()
        self.good = self.complete


class Vcpu:
    """A vCPU: its scheduling state, translation target, areas and counts."""

    __slots__ = (
        "area",
        "attempts",
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
        "held_entry",
        "index",
        "kernel",
        "last_good_t",
        "longest",
        "lost",
        "lost_at",
        "made_up",
        "misplaced",
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
        "seen",
        "seen_head",
        "space",
        "state",
        "time_phys",
        "time_va",
        "times",
        "unchecked",
        "user",
        "user_mode",
        "virt",
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
        self.pending = False
        self.plan: Plan | None = None
        self.plans: dict[Space, Plan] = {}
        self.state = RUNNING if index == 0 else OFFLINE
        self.entry: int | None = None
        self.times = [0, 0, 0, 0]
        #: What the area holds where updates failed: the runstate of the last complete update, and
        #: the one of the last torn update, of which only the area's first page has got bytes.
        self.seen: Content | None = None
        self.seen_head: Content | None = None
        self.held_entry: int | None = None
        self.unchecked: tuple[int, bool, bool] | None = None
        self.attempts = self.delivered = self.partial = self.lost = 0
        self.deferred = self.made_up = 0
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


class Machine:
    """One guest on one hypervisor. Feed it with `step`, then `finish`."""

    def __init__(self, header: Header, policy: str, model: Model, *, verify: bool = False) -> None:
        self.header = header
        self.policy = policy
        self.model = model
        self.verification = Verification() if verify else None
        self.answers = {
            REGISTER_VA: 0,
            REGISTER_PHYS: model.op14,
            REGISTER_TIME_VA: model.op13,
            REGISTER_TIME_PHYS: model.op15,
        }
        self.translate_once = policy == "hypercall"
        self.arm = header.arch.startswith("arm")
        self.narrow = header.arch in ("arm32", "x86_32")
        self.pv64 = (header.guest, header.arch) == ("pv", "x86_64")
        self.deferring = self.pv64 and not self.translate_once
        self.halves = header.arch == "arm64"
        self.mask = (1 << header.va_bits) - 1
        self.canonical = (0, (1 << (65 - header.va_bits)) - 1)
        self.size = header.runstate_size
        self.layout = struct.Struct("<IIQQQQQ" if self.size == 48 else "<IQQQQQ")
        self.flag_at = 15 if self.size == 48 else 11
        self.align = 8 if self.size == 48 else 4

        self.line = 0
        self.t: int | None = None
        self.clock = -1
        self.stamp = 0
        self.epoch = 0
        self.stage = 0
        self.stage_names: list[tuple[int, str]] = []
        self.flag = False

        self.off = Space(None)  # stage 1 is off: an address is a guest-physical address
        self.no_kernel = Space(None)
        self.no_user = Space(None)
        self.elsewhere = Space(None)  # stands for more sets of tables than are told apart
        self.spaces: WeakValueDictionary[int, Space] = WeakValueDictionary()
        self.recent: dict[int, Space] = {}
        self.kept: set[Space] = set()  # spaces that hold mappings
        self.sampled = False
        #: page -> vCPUs whose plans depend on what is mapped there
        self.watched: dict[int, set[Vcpu]] = {}

        self.present = RangeMap()
        self.generation = RangeMap()
        self.uses = RangeMap()
        self.frames: dict[int, tuple[int, int] | str] = {}  # what `_backing` remembers
        for gfn, pages in header.ram:
            self.stamp += 1
            self.present.set(gfn, pages, 0, self.stamp)

        self.vcpus = [Vcpu(i, self.no_kernel, self.no_user) for i in range(header.vcpus)]
        self.dirty_plans: set[Plan] = set()
        self.dirty: dict[tuple[int, int], tuple[int, int]] = {}
        self.remaps_without_break = 0
        self.first_remap: int | None = None
        self.answer = 0  # what the last hypercall returned

        #: What `bind` gives for a switch if nothing is verified, and for new page tables.
        self.switch = self._switch
        self.use_space = self.on_use_space
        self.made = 0  # how often plans were made or dropped
        self.handlers: dict[str, Callable[..., None]] = {
            "map": self.on_map,
            "use_space": self.use_space,
            "mmu": self.on_mmu,
            "mode": self.on_mode,
            "sample": self.on_sample,
            "vcpu_op": self.on_vcpu_op,
            "vm_assist": self.on_vm_assist,
            "vcpu_up": self.on_vcpu_up,
            "vcpu_down": self.on_vcpu_down,
            "p2m_remove": self.on_p2m_remove,
            "p2m_add": self.on_p2m_add,
            "reuse": self.on_reuse,
            "stage": self.on_stage,
            "read": self.on_read,
            "observe_reset": self.on_observe_reset,
        }

    @property
    def version(self) -> int:
        """Grows whenever what updates do may have changed otherwise than by switching tables."""
        return self.epoch + self.made

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        """What to call for a decoded event, and with which arguments."""
        if ev == "switch_in":
            index, wrote, el = args
            state = RUNNING
        elif ev == "switch_out":
            index, name, wrote, el = args
            state = STATES.index(name)
        elif ev == "observe" and self.verification is not None:
            return self.on_observe, ({gfn: (first, last) for gfn, first, last in args[0]},)
        elif ev == "note" or (self.verification is None and ev in ("observe", "observe_reset")):
            return None, ()
        elif ev == "map" and args[3] == 1:
            ident, va, gpa, _, ro = args
            page = self._page(va)
            if page < 0:
                return None, ()
            return self._map_page, (self._space(ident), page, gpa >> PAGE_SHIFT << 1 | ro)
        elif ev == "unmap":
            page = self._page(args[1])
            if page < 0:
                return None, ()
            one = args[2] == 1
            where = self._space(args[0]), page
            return (self._unmap_page, where) if one else (self._unmap, (*where, args[2]))
        else:
            return self.handlers[ev], args
        if self.verification is None:
            return self.switch, (self.vcpus[index], state, el)
        return self._switch_checked, (self.vcpus[index], state, el, wrote)

    # -- stage 1 --------------------------------------------------------------------------------

    def _page(self, address: int) -> int:
        """The page number under which a table entry for an address is kept, -1 if it can have none.

        Bits that the translation ignores are dropped; on arm64 bit 63 chooses the half.
        """
        if self.pv64:
            address &= _U64
            if address >> (self.header.va_bits - 1) not in self.canonical:
                return -1
            return address >> PAGE_SHIFT
        page = (address & self.mask) >> PAGE_SHIFT
        if self.halves and address >> 63 & 1:
            page |= 1 << 52
        return page

    def _lookup(self, vcpu: Vcpu, space: Space, address: int) -> int:
        """gfn << 1 | read-only, or -1: `address` through `space` as `vcpu` sees it."""
        page = self._page(address)
        if page < 0:
            return -1
        packed = space.maps.stamped(page)
        if vcpu.samples:
            packed = max(packed, vcpu.samples.get((space, page), 0))
        if not packed and space is self.off:
            width = 0xFFFF_FFFF if self.narrow else _U64
            return (address & width) >> PAGE_SHIFT << 1
        return unpack(packed)

    def _space(self, ident: int) -> Space:
        space = self.recent.get(ident)
        if space is None:
            space = self.spaces.get(ident)
            if space is None:
                space = self.spaces[ident] = Space(ident)
            if len(self.recent) >= 4096:
                self.recent.clear()
            self.recent[ident] = space
        return space

    def _set_pages(self, space: Space, page: int, pages: int, value: int) -> None:
        if not self.pv64:
            # Entries beyond the top of the table's half do not exist.
            top = self.mask >> PAGE_SHIFT
            pages = min(pages, top + 1 - (page & top))
        if pages == 1:
            self._set_page(space, page, value)
            return
        self.stamp += 1
        space.maps.set(page, pages, value, self.stamp)
        if pages < len(self.watched):
            touched = not self.watched.keys().isdisjoint(range(page, page + pages))
        else:
            touched = any(page <= one < page + pages for one in self.watched)
        self.epoch += touched

    def _set_page(self, space: Space, page: int, value: int) -> int:
        """Map one page, or none with -1; the value it had."""
        maps = space.maps
        packed = maps.stamped(page) if maps.starts else maps.pages.get(page, 0)
        old = (packed & ENTRY) - 1
        if page in self.watched and (old != value or self.sampled):
            self._remapped(space, page)
        self.stamp = stamp = self.stamp + 1
        maps.pages[page] = stamp << SHIFT | value + 1
        return old

    def _remapped(self, space: Space, page: int) -> None:
        """Plans that depend on a page are void now that it is mapped otherwise."""
        vcpus = self.watched[page]
        if len(vcpus) > _FEW:
            self.epoch += 1
            return
        self.made += 1
        for vcpu in vcpus:
            area = vcpu.area
            if area is not None and area.home_space is space:
                vcpu.plans.clear()
                vcpu.plan = None
            elif vcpu.plans.pop(space, None) is not None and vcpu.space is space:
                vcpu.plan = None

    def _map_page(self, space: Space, page: int, value: int) -> None:
        """`on_map` for one page, which is what nearly every such event is about."""
        if space not in self.kept:
            self.kept.add(space)
        old = self._set_page(space, page, value)
        if self.arm and old >> 1 != value >> 1 and old >= 0:
            self.remaps_without_break += 1
            if self.first_remap is None:
                self.first_remap = self.line

    def on_map(self, ident: int, va: int, gpa: int, pages: int, ro: bool) -> None:
        page = self._page(va)
        if page < 0:
            return
        space = self.recent.get(ident) or self._space(ident)
        gfn = gpa >> PAGE_SHIFT
        if space not in self.kept:
            self.kept.add(space)
        elif self.arm and pages <= 64:
            get = space.maps.get
            for i in range(pages):
                old = get(page + i)
                if old >= 0 and old >> 1 != gfn + i:
                    self.remaps_without_break += 1
                    if self.first_remap is None:
                        self.first_remap = self.line
        self._set_pages(space, page, pages, gfn << 1 | ro)

    def _unmap_page(self, space: Space, page: int) -> None:
        """`_unmap` for one page."""
        if space in self.kept:
            self._set_page(space, page, -1)
        elif self.sampled:
            self._unmap(space, page, 1)

    def _unmap(self, space: Space, page: int, pages: int) -> None:
        # Tables that hold nothing have nothing to lose, except what was sampled.
        if self.sampled or space in self.kept:
            if self.sampled:
                self.kept.add(space)
            self._set_pages(space, page, pages, -1)

    def on_sample(self, index: int, va: int, gpa: int | None, mode: str | None) -> None:
        vcpu = self.vcpus[index]
        space = vcpu.space
        if self.pv64 and mode is not None and vcpu.mmu:
            space = vcpu.user if mode == "user" else vcpu.kernel
        page = self._page(va)
        if page < 0:
            return
        self.sampled = True
        self.stamp += 1
        value = -1 if gpa is None else gpa >> PAGE_SHIFT << 1
        old = vcpu.samples.get((space, page), 0)
        if page in self.watched and (
            unpack(old) != value or old < space.maps.stamped(page) or not old
        ):
            self._remapped(space, page)
        vcpu.samples[space, page] = pack(value, self.stamp)

    def on_use_space(self, index: int, ident: int, root: str) -> None:
        vcpu = self.vcpus[index]
        space = self.recent.get(ident) or self._space(ident)
        if root == "user":
            vcpu.user = space
        else:
            vcpu.kernel = space
        self._settle(vcpu)

    def on_mmu(self, index: int, on: bool) -> None:
        vcpu = self.vcpus[index]
        vcpu.mmu = on
        self._settle(vcpu)

    def _settle(self, vcpu: Vcpu) -> None:
        """The tables in force may have changed."""
        space = self.off if not vcpu.mmu else vcpu.user if vcpu.user_mode else vcpu.kernel
        if space is not vcpu.space:
            vcpu.space = space
            vcpu.plan = vcpu.plans.get(space)

    def on_mode(self, index: int, mode: str, retry: bool | None) -> None:
        vcpu = self.vcpus[index]
        vcpu.user_mode = mode == "user"
        self._settle(vcpu)
        made_up = False
        if vcpu.pending and not vcpu.user_mode:
            area = vcpu.area
            if area is None:
                vcpu.pending = False
            else:
                plan = self._current_plan(vcpu, area)
                if self.verification is not None:
                    self.dirty_plans.add(plan)
                if plan.copied > self.flag_at:
                    self._held(vcpu)
                if plan.copied:
                    vcpu.pending = False
                    made_up = True
                    vcpu.made_up += 1
                    if plan.good:
                        self._in_sync(vcpu)
                    else:
                        self._tear(vcpu, plan)
        if retry is not None and self.verification is not None:
            self._compare("retry", self.line, retry, made_up)

    # -- frames ---------------------------------------------------------------------------------

    def on_p2m_remove(self, gpa: int, pages: int) -> None:
        self.stamp += 1
        self.present.set(gpa >> PAGE_SHIFT, pages, -1, self.stamp)
        self._forget_frames(gpa >> PAGE_SHIFT, pages)

    def on_p2m_add(self, gpa: int, pages: int, same_page: bool) -> None:
        self.stamp += 1
        self.present.set(gpa >> PAGE_SHIFT, pages, 0, self.stamp)
        if not same_page:
            self.generation.set(gpa >> PAGE_SHIFT, pages, self.stamp, self.stamp)
        self._forget_frames(gpa >> PAGE_SHIFT, pages)

    def _forget_frames(self, gfn: int, pages: int) -> None:
        """The p2m has changed for some frames."""
        if pages == 1:
            self.frames.pop(gfn, None)
        else:
            self.frames.clear()
        self.epoch += 1

    def on_reuse(self, gpa: int, pages: int, use: str) -> None:
        self.stamp += 1
        value = self.line << 2 | USES.index(use)
        self.uses.set(gpa >> PAGE_SHIFT, pages, value, self.stamp)
        self.epoch += 1

    def on_stage(self, name: str) -> None:
        self.stage += 1
        if len(self.stage_names) < KEEP:
            self.stage_names.append((self.line, name))
        self.epoch += 1
        if name == "soft-reset":  # Xen itself forgets every area
            for vcpu in self.vcpus:
                vcpu.virt = vcpu.phys = vcpu.time_va = vcpu.time_phys = None
                self._rearea(vcpu)

    # -- scheduling -----------------------------------------------------------------------------

    def _switch(self, vcpu: Vcpu, state: int, el: int | None) -> None:
        """A vCPU goes off or on a CPU: the runstate changes, and Xen updates the area."""
        vcpu.running = state == RUNNING
        area = vcpu.area
        t = self.t
        if area is None:
            if t is not None:
                if vcpu.entry is not None:
                    vcpu.times[vcpu.state] += t - vcpu.entry
                vcpu.entry = t
            vcpu.state = state
            return
        plan = vcpu.plan
        if plan is None or plan.epoch != self.epoch:
            plan = self._current_plan(vcpu, area)
        good = plan.good
        if not good and vcpu.seen is None:
            vcpu.seen = self._content(vcpu)
        if t is not None:
            if vcpu.entry is not None:
                vcpu.times[vcpu.state] += t - vcpu.entry
            vcpu.entry = t
        vcpu.state = state
        vcpu.attempts += 1
        if not good:
            self._bad_update(vcpu, plan, el)
            return
        vcpu.delivered += 1
        vcpu.last_good_t = t
        if plan.misplaced:
            self._count_misplaced(vcpu, plan)
        if vcpu.seen is not None:
            self._in_sync(vcpu)

    def _switch_checked(self, vcpu: Vcpu, state: int, el: int | None, wrote: bool | None) -> None:
        """`_switch`, keeping what is needed to verify recorded results."""
        self._switch(vcpu, state, el)
        if vcpu.unchecked is not None:
            self._resolve_held(vcpu)
        if wrote is not None:
            # The clock can stand still: then the area holds this state_entry_time already.
            held = vcpu.entry is not None and vcpu.entry == vcpu.held_entry
            vcpu.unchecked = (self.line, wrote, held)
        plan = vcpu.plan
        if plan is not None and plan.writes:
            self.dirty_plans.add(plan)
            if len(self.dirty_plans) > KEEP:
                self._merge_dirty()
            if plan.copied > self.flag_at:
                self._held(vcpu)

    def on_vcpu_up(self, index: int) -> None:
        vcpu = self.vcpus[index]
        if not vcpu.online:
            vcpu.online = True
            self._account(vcpu, RUNNABLE)

    def on_vcpu_down(self, index: int) -> None:
        vcpu = self.vcpus[index]
        vcpu.online = vcpu.running = False
        self._account(vcpu, OFFLINE)

    def _account(self, vcpu: Vcpu, state: int) -> None:
        """The runstate changes without an update."""
        if vcpu.area is not None and vcpu.seen is None:
            vcpu.seen = self._content(vcpu)
        t = self.t
        if t is not None:
            if vcpu.entry is not None:
                vcpu.times[vcpu.state] += t - vcpu.entry
            vcpu.entry = t
        vcpu.state = state

    # -- updates --------------------------------------------------------------------------------

    def _current_plan(self, vcpu: Vcpu, area: Area) -> Plan:
        """The plan for the area and tables in force, made anew if it has gone stale."""
        plan = vcpu.plans.get(vcpu.space)
        if plan is None or plan.epoch != self.epoch:
            self.made += 1
            if area.pinned is None:
                plan = self._translate(vcpu, vcpu.space, area, flag=self.flag)
                if plan.copied:
                    self._place(vcpu, area, plan)
                if plan.why == "unmapped" and self._mapped_at_home(vcpu, area):
                    plan.why = "other tables"
            else:
                plan = self._pinned_plan(area)
            if len(vcpu.plans) >= 64:
                vcpu.plans.clear()
            vcpu.plans[vcpu.space] = plan
        vcpu.plan = plan
        return plan

    def _translate(self, vcpu: Vcpu, space: Space, area: Area, *, flag: bool) -> Plan:
        """Copy the area's bytes page by page through `space`; stop at the first page that fails."""
        va, size = area.va, area.size
        frame = self._frame(vcpu, space, va, area.page)
        offset = va & _OFFSET
        if area.tail is None:  # nearly always
            if isinstance(frame, str):
                return Plan(self.epoch, (), 0, size, frame)
            write = frame[0], frame[1], offset, offset + size - 1
            return Plan(self.epoch, (write,), size, size, "")
        head = PAGE_SIZE - offset
        tail = self._frame(vcpu, space, va + head, area.tail)
        writes: list[Write] = []
        if flag:  # the byte with the update flag, translated for itself
            byte = frame if self.flag_at < head else tail
            if not isinstance(byte, str):
                at = (va + self.flag_at) & _OFFSET
                writes.append((*byte, at, at))
        copied, why = 0, ""
        if isinstance(frame, str):
            why = frame
        else:
            copied = head
            writes.append((*frame, offset, PAGE_SIZE - 1))
            if isinstance(tail, str):
                why = tail
            else:
                copied = size
                writes.append((*tail, 0, size - head - 1))
        return Plan(self.epoch, tuple(writes), copied, size, why)

    def _frame(self, vcpu: Vcpu, space: Space, address: int, page: int) -> tuple[int, int] | str:
        """(gfn, generation) of a page Xen can write through `space`, or why it cannot."""
        maps = space.maps
        packed = maps.pages.get(page, 0) if not maps.starts else maps.stamped(page)
        if vcpu.samples:
            packed = max(packed, vcpu.samples.get((space, page), 0))
        found = (packed & ENTRY) - 1
        if found < 0:
            if packed or space is not self.off or page < 0:
                return "unmapped"
            found = self._lookup(vcpu, space, address)
        if found & 1:
            return "read-only"
        frame = self.frames.get(found >> 1)
        return self._backing(found >> 1) if frame is None else frame

    def _backing(self, gfn: int) -> tuple[int, int] | str:
        """(gfn, generation) of a frame, or why it cannot be written. Remembered until the p2m
        changes.
        """
        frame: tuple[int, int] | str
        if self.present.get(gfn) >= 0:
            frame = gfn, self.generation.get(gfn)
        else:
            frame = "ballooned out" if self.present.stamped(gfn) else "no RAM"
        if len(self.frames) > 1 << 14:
            self.frames.clear()
        self.frames[gfn] = frame
        return frame

    def _pinned_plan(self, area: Area) -> Plan:
        """Writes to the frames taken at registration, whatever the tables say now."""
        assert area.pinned is not None
        plan = Plan(self.epoch, area.pinned, area.size, area.size, "")
        if any(self.generation.get(gfn) != gen for gfn, gen, _, _ in area.pinned):
            # Xen still holds the old machine pages; the guest sees other ones at that address.
            plan.copied, plan.complete, plan.good, plan.why = 0, False, False, "page replaced"
            return plan
        gfns = [write[0] for write in area.pinned]
        misplaced = self._put_to_other_use(area, gfns)
        if not misplaced and not area.by_phys and area.home_vcpu and area.home_space:
            now = self._names(area.home_vcpu, area.home_space, area)
            wrong = [gfn for gfn, name in zip(gfns, now, strict=True) if gfn != name]
            if wrong:
                # What the guest reads at the address is another frame, unless it names nothing.
                plan.good = all(name in (-1, gfn) for gfn, name in zip(gfns, now, strict=True))
                plan.misplaced = "dangling" if plan.good else "stale"
                plan.moved = tuple(wrong)
                return plan
        if misplaced:
            plan.misplaced, plan.moved = misplaced
            plan.good = False
        return plan

    def _names(self, vcpu: Vcpu, space: Space, area: Area) -> list[int]:
        """The gfn each page of an area is translated to, -1 for none."""
        named = []
        address, end = area.va, area.va + area.size
        while address < end:
            found = self._lookup(vcpu, space, address)
            named.append(found >> 1 if found >= 0 else -1)
            address = (address | _OFFSET) + 1
        return named

    def _mapped_at_home(self, vcpu: Vcpu, area: Area) -> bool:
        """Whether the tables an area was registered with still map it, but are not in force."""
        space, owner = area.home_space, area.home_vcpu
        if space is None or owner is None or (space is vcpu.space and owner is vcpu):
            return False
        return all(gfn >= 0 for gfn in self._names(owner, space, area))

    def _put_to_other_use(self, area: Area, gfns: list[int]) -> tuple[str, tuple[int, ...]] | None:
        if area.stage != self.stage:
            return "stage", tuple(gfns)
        if self.uses:
            reused = [g for g in gfns if self.uses.get(g) >> 2 > area.line]
            if reused:
                return "reused", tuple(reused)
        return None

    def _use(self, gfn: int) -> str | None:
        """The last use the guest put a frame to, if it said so."""
        entry = self.uses.get(gfn)
        return None if entry < 0 else USES[entry & 3]

    def _place(self, vcpu: Vcpu, area: Area, plan: Plan) -> None:
        """Say whether a write through the tables in force went where the area is."""
        writes = plan.writes
        at_home = len(writes) == 1 and area.home == (writes[0][0],)
        if at_home and area.stage == self.stage and not self.uses:  # nearly always
            return
        gfns = list(dict.fromkeys(write[0] for write in writes))
        misplaced = self._put_to_other_use(area, gfns)
        if misplaced is None:
            if area.home is None:
                if plan.complete:
                    area.home = tuple(gfns)
                    area.home_space, area.home_vcpu = vcpu.space, vcpu
                    vcpu.plans.clear()  # they did not know where the area is
                return
            wrong = tuple(gfn for gfn in gfns if gfn not in area.home)
            if not wrong:
                return
            assert area.home_vcpu is not None
            assert area.home_space is not None
            now = self._names(area.home_vcpu, area.home_space, area)
            kind = "moved" if all(gfn in now for gfn in wrong) else "foreign"
            if kind == "foreign" and vcpu.space is self.off:
                kind = "mmu-off"
            misplaced = kind, wrong
        plan.misplaced, plan.moved = misplaced
        plan.good = plan.complete and plan.misplaced == "moved"

    def _bad_update(self, vcpu: Vcpu, plan: Plan, el: int | None) -> None:
        """Count an update that is not simply delivered."""
        line = self.line
        if plan.complete:
            vcpu.delivered += 1
        else:
            if not plan.writes or plan.why == "page replaced":
                vcpu.lost += 1
                if vcpu.first_lost is None:
                    vcpu.first_lost = line
                where = plan.why, vcpu.space, vcpu.user_mode, el
                lost_at = vcpu.lost_at
                if where in lost_at:
                    lost_at[where] += 1
                elif len(lost_at) < KEEP:
                    lost_at[where] = 1
                else:
                    where = plan.why, self.elsewhere, False, None
                    lost_at[where] = lost_at.get(where, 0) + 1
            else:
                vcpu.partial += 1
                if vcpu.first_partial is None:
                    vcpu.first_partial = line
            if not vcpu.gap:
                vcpu.gap_line, vcpu.gap_t = line, vcpu.last_good_t
            vcpu.gap += 1
        if plan.misplaced:
            self._count_misplaced(vcpu, plan)
        if plan.copied:
            self._tear(vcpu, plan)
            if plan.complete and vcpu.gap:
                self.end_gap(vcpu)
        elif self.deferring and vcpu.user_mode and vcpu.phys is None:
            vcpu.pending = True
            vcpu.deferred += 1

    def _count_misplaced(self, vcpu: Vcpu, plan: Plan) -> None:
        kind = plan.misplaced
        found = vcpu.misplaced.get(kind)
        if found is None:
            line = use = None
            gfn = plan.moved[0]
            if kind == "reused":
                entry = self.uses.get(gfn)
                line, use = entry >> 2, USES[entry & 3]
            elif kind == "stage" and self.stage_names:
                line, use = self.stage_names[-1]
            assert vcpu.area is not None
            found = vcpu.misplaced[kind] = MisplacedWrites(
                kind, 0, self.line, gfn << PAGE_SHIFT, vcpu.area.line, use, line
            )
        found.count += 1
        found.last_line = self.line
        for gfn in plan.moved:
            if gfn in vcpu.frames or len(vcpu.frames) < KEEP:
                vcpu.frames[gfn] = vcpu.frames.get(gfn, 0) + 1

    def where(self, space: Space, user_mode: bool, el: int | None) -> Where:
        """(guest state, exception level, address space) of an update, in words."""
        if space is self.off:
            return "MMU off", el, None
        if space is self.elsewhere:
            return "elsewhere", None, None
        if self.pv64:
            state = "user mode" if user_mode else "kernel mode"
        elif el == 0:
            state = "user mode"
        else:
            state = "kernel mode" if el is not None else ""
        return state, el, space.ident

    def _tear(self, vcpu: Vcpu, plan: Plan) -> None:
        """Part of the area now has new content (all of it, if written at another place)."""
        if plan.misplaced and plan.misplaced != "moved":
            return
        if plan.complete:
            self._in_sync(vcpu)
            return
        if vcpu.seen is None:
            vcpu.seen = _BLANK
        vcpu.seen_head = self._content(vcpu)

    def _in_sync(self, vcpu: Vcpu) -> None:
        """The area holds the runstate."""
        vcpu.seen = vcpu.seen_head = None
        vcpu.last_good_t = self.t
        if vcpu.gap:
            self.end_gap(vcpu)

    def end_gap(self, vcpu: Vcpu) -> None:
        """An update has come through after some that have not."""
        best = vcpu.longest
        if best is None or vcpu.gap > best.updates:
            ns = None if self.t is None or vcpu.gap_t is None else self.t - vcpu.gap_t
            vcpu.longest = Gap(vcpu.gap, ns, vcpu.gap_line, self.line)
        vcpu.gap = 0

    def _content(self, vcpu: Vcpu) -> Content:
        """The runstate, to be turned into bytes only if somebody reads it."""
        return (vcpu.state, vcpu.entry or 0, *vcpu.times)

    def _bytes(self, content: Content) -> bytes:
        """An area's bytes."""
        state, entry, *times = [number & _U64 for number in content]
        if self.size == 48:
            return self.layout.pack(state, 0, entry, *times)
        return self.layout.pack(state, entry, *times)

    # -- hypercalls -----------------------------------------------------------------------------

    def on_vcpu_op(
        self, caller: int, op: str, target: int, addr: int, ret: int | None, arg_fault: bool
    ) -> None:
        predicted = self.answer = self._vcpu_op(self.vcpus[caller], op, target, addr, arg_fault)
        if ret is not None and self.verification is not None:
            self._compare("ret", self.line, ret, predicted)
        if target < len(self.vcpus):
            vcpu = self.vcpus[target]
            vcpu.registered += 1
            vcpu.refused += predicted != 0
            if len(vcpu.registrations) < KEEP:
                vcpu.registrations.append(
                    Registration(self.line, caller, target, op, addr, predicted, ret, self.t)
                )

    def _vcpu_op(self, caller: Vcpu, op: str, target: int, addr: int, arg_fault: bool) -> int:
        answer = self.answers[op]
        if target >= len(self.vcpus):
            return answer if answer and self.model.filter_first else ENOENT
        vcpu = self.vcpus[target]
        if op == REGISTER_VA:
            return EFAULT if arg_fault else self._register_va(caller, vcpu, addr)
        if answer:
            return answer
        if arg_fault:
            return EFAULT
        if op == REGISTER_TIME_VA:
            return self._register_time(caller, vcpu, addr)
        return self._register_phys(caller, vcpu, addr, time=op == REGISTER_TIME_PHYS)

    def _area(self, va: int, size: int) -> Area:
        """An area by address, with the pages that hold it."""
        head = PAGE_SIZE - (va & _OFFSET)
        tail = self._page(va + head) if head < size else None
        return Area(va, size, self.line, self.stage, self._page(va), tail)

    def _register_va(self, caller: Vcpu, vcpu: Vcpu, addr: int) -> int:
        if self.narrow:
            addr &= 0xFFFF_FFFF
        if self.pv64 and addr in _PV_HOLE:
            return EFAULT
        area = self._area(addr, self.size)
        if self.translate_once:
            refused, plan = self._pin(caller, vcpu, area)
            if refused:
                if self.model.drop:
                    if vcpu.virt is not None and vcpu.dropped is None:
                        vcpu.dropped = self.line
                    vcpu.virt = None
                    self._rearea(vcpu)
                return refused
        else:
            # The initial copy: through the caller's tables, for NULL too, and without the flag.
            plan = self._translate(caller, caller.space, area, flag=False)
            area.home_space, area.home_vcpu = caller.space, caller
            if plan.complete:
                area.home = tuple([write[0] for write in plan.writes])
            if self.verification is not None:
                self.dirty_plans.add(plan)
        vcpu.virt = area if addr or (self.translate_once and not self.model.drop) else None
        self._rearea(vcpu)
        if vcpu.virt is not None and vcpu.phys is None:
            self._first_content(vcpu, plan)
            if area.pinned is None and area.tail is None and caller is vcpu:
                # An update here and now does what the first copy did.
                vcpu.plan = vcpu.plans[vcpu.space] = plan
        return 0

    def _pin(self, caller: Vcpu, vcpu: Vcpu, area: Area) -> tuple[int, Plan]:
        """(refusal, plan): translate an address once and for all."""
        model = self.model
        nothing = Plan(self.epoch, (), 0, area.size, "")
        if not area.va and model.drop:
            return 0, nothing
        if area.va % model.align or (vcpu is not caller and not model.remote):
            return model.refuse, nothing
        plan = self._translate(caller, caller.space, area, flag=False)
        if not plan.complete and plan.why == "read-only" and not model.needs_write:
            plan = self._translate_readable(caller, area)
        if not plan.complete or (len(plan.writes) > 1 and not model.cross):
            return model.refuse, nothing
        area.pinned = plan.writes
        area.home_space, area.home_vcpu = caller.space, caller
        area.home = tuple([write[0] for write in plan.writes])
        if self.verification is not None:
            self.dirty_plans.add(plan)
        return 0, plan

    def _translate_readable(self, caller: Vcpu, area: Area) -> Plan:
        """`_translate` for a hypervisor that does not ask whether it may write."""
        gfns = self._names(caller, caller.space, area)
        offset = area.va & _OFFSET
        if len(gfns) != 1 or gfns[0] < 0 or self.present.get(gfns[0]) < 0:
            return Plan(self.epoch, (), 0, area.size, "no RAM")
        write = (gfns[0], self.generation.get(gfns[0]), offset, offset + area.size - 1)
        return Plan(self.epoch, (write,), area.size, area.size, "")

    def _register_time(self, caller: Vcpu, vcpu: Vcpu, addr: int) -> int:
        if self.narrow:
            addr &= 0xFFFF_FFFF
        if self.pv64 and addr in _PV_HOLE:
            return EFAULT
        area = self._area(addr, TIME_SIZE)
        if self.translate_once:
            refused, _ = self._pin(caller, vcpu, area)
            if refused:
                if self.model.drop:
                    vcpu.time_va = None
                return refused
        elif addr:
            # The version field is written first; if that fails, nothing else is tried.
            plan = self._translate(caller, caller.space, area, flag=False)
            if plan.copied >= 4 and self.verification is not None:
                self.dirty_plans.add(plan)
        vcpu.time_va = area if addr else None
        return 0

    def _register_phys(self, caller: Vcpu, vcpu: Vcpu, addr: int, *, time: bool) -> int:
        area = None
        if addr != _U64:
            size = TIME_SIZE if time else self.size
            gfn, offset = addr >> PAGE_SHIFT, addr & _OFFSET
            if offset + size > PAGE_SIZE or addr % self.align:
                return ENXIO
            if self.present.get(gfn) < 0:
                return EINVAL
            if self.header.guest == "pv" and self._use(gfn) == "page-table":
                return EACCES
            area = Area(addr, size, self.line, self.stage)
            area.by_phys = True
            write = (gfn, self.generation.get(gfn), offset, offset + size - 1)
            area.pinned, area.home = (write,), (gfn,)
        paused = vcpu is not caller and vcpu.online and vcpu.running
        if paused:
            self._pause(vcpu, OFFLINE)
        first = None
        if area is not None and area.pinned is not None:
            first = Plan(self.epoch, area.pinned, area.size, area.size, "")
            if (time or vcpu is caller) and self.verification is not None:
                self.dirty_plans.add(first)
        if time:
            vcpu.time_phys = area
        else:
            if area is not None:
                vcpu.pending = False
            vcpu.phys = area
            self._rearea(vcpu)
            if first is not None and vcpu is caller:
                self._first_content(vcpu, first)
            elif vcpu.area is not None:
                vcpu.seen = vcpu.seen or _BLANK
        if paused:
            self._pause(vcpu, RUNNING)
        return 0

    def _pause(self, vcpu: Vcpu, state: int) -> None:
        """A switch that a hypercall causes by pausing its target; the trace does not mention it."""
        if self.verification is None:
            self._switch(vcpu, state, None)
        else:
            self._switch_checked(vcpu, state, None, None)

    def _rearea(self, vcpu: Vcpu) -> None:
        """Another area is in force, or none."""
        old, vcpu.area = vcpu.area, vcpu.phys or vcpu.virt
        if old is not vcpu.area:
            for page in self._pages(old):
                self.watched[page].discard(vcpu)
                if not self.watched[page]:
                    del self.watched[page]
            for page in self._pages(vcpu.area):
                self.watched.setdefault(page, set()).add(vcpu)
        if vcpu.phys and vcpu.virt and vcpu.mixed is None:
            vcpu.mixed = self.line
        self.made += 1
        vcpu.plan = None
        vcpu.plans.clear()

    def _pages(self, area: Area | None) -> tuple[int, ...]:
        """The pages whose mapping an update of an area depends on."""
        if area is None or area.by_phys:
            return ()
        return (area.page,) if area.tail in (None, area.page) else (area.page, area.tail)

    def _first_content(self, vcpu: Vcpu, plan: Plan) -> None:
        """The copy made by the registration itself."""
        if plan.copied > self.flag_at:
            self._held(vcpu)
        if plan.complete:
            self._in_sync(vcpu)
        else:
            vcpu.seen = _BLANK
            if plan.copied:
                self._tear(vcpu, plan)

    def on_vm_assist(self, _type: str, on: bool) -> None:
        if on is not self.flag:
            self.flag = on
            self.epoch += 1

    # -- what the guest and a recorder see ------------------------------------------------------

    def on_read(self, _reader: int, target: int) -> None:
        vcpu = self.vcpus[target]
        reads = vcpu.reads
        reads.count += 1
        if vcpu.area is None:
            reads.unregistered += 1
            return
        if vcpu.seen is None:
            return
        true = vcpu.times[RUNNABLE] + vcpu.times[OFFLINE]
        if vcpu.seen_head is None:
            error = true - (vcpu.seen[-3] & _U64) - (vcpu.seen[-1] & _U64)
        else:
            head = PAGE_SIZE - (vcpu.area.va & _OFFSET)
            held = self._bytes(vcpu.seen_head)[:head] + self._bytes(vcpu.seen)[head:]
            fields = self.layout.unpack(held)
            error = true - (fields[-3] + fields[-1])
        if vcpu.seen_head is not None:
            reads.torn += 1
        else:
            reads.stale += 1
        if reads.first_line is None:
            reads.first_line = self.line
        if reads.worst_line is None or abs(error) > abs(reads.worst_ns):
            reads.worst_ns, reads.worst_line, reads.worst_of = error, self.line, true

    def on_observe_reset(self) -> None:
        self.dirty_plans.clear()
        self.dirty.clear()

    def on_observe(self, seen: dict[int, tuple[int, int]]) -> None:
        predicted = self.changed_frames()
        same = seen == predicted or self._same_frames(seen, predicted)
        self._compare("observe", self.line, seen, predicted, same=same)

    def changed_frames(self) -> dict[int, tuple[int, int]]:
        """gfn -> (first, last byte) written since the last call; needs `verify`.

        Frames that are out of the p2m stay for a later call.
        """
        self._merge_dirty()
        predicted: dict[int, tuple[int, int]] = {}
        pending: dict[tuple[int, int], tuple[int, int]] = {}
        for (gfn, gen), extent in self.dirty.items():
            if self.frames.get(gfn) == (gfn, gen):
                predicted[gfn] = extent
                continue
            if self.generation.get(gfn) != gen:
                continue
            if self.present.get(gfn) < 0:
                pending[gfn, gen] = extent
            else:
                predicted[gfn] = extent
        self.dirty = pending
        return predicted

    def _merge_dirty(self) -> None:
        for plan in self.dirty_plans:
            for gfn, gen, first, last in plan.writes:
                extent = self.dirty.get((gfn, gen))
                if extent is not None:
                    first, last = min(first, extent[0]), max(last, extent[1])
                self.dirty[gfn, gen] = first, last
        self.dirty_plans.clear()
        if len(self.dirty) > 1 << 14:  # machine pages that have left the guest are never seen
            get = self.generation.get
            self.dirty = {key: ext for key, ext in self.dirty.items() if get(key[0]) == key[1]}

    def _same_frames(
        self, seen: dict[int, tuple[int, int]], predicted: dict[int, tuple[int, int]]
    ) -> bool:
        """Whether a recorder could have seen this: up to two bytes may be missing at either end."""
        for gfn in seen.keys() | predicted.keys():
            want, got = seen.get(gfn), predicted.get(gfn)
            if want is None or got is None:
                if want is None or not self._time_update(gfn, want):
                    return False
            elif not (0 <= want[0] - got[0] <= 2 and 0 <= got[1] - want[1] <= 2):
                return False
        return True

    def _time_update(self, gfn: int, extent: tuple[int, int]) -> bool:
        """A time area is updated at any moment: not predicted, but allowed where one is."""
        for vcpu in self.vcpus:
            for area in (vcpu.time_va, vcpu.time_phys):
                if area is None:
                    continue
                if area.pinned is not None:
                    writes = area.pinned
                else:
                    writes = self._translate(vcpu, vcpu.space, area, flag=False).writes
                for where, _, first, last in writes:
                    if where == gfn and first <= extent[0] and extent[1] <= last:
                        return True
        return False

    def on_note(self) -> None:
        pass

    # -- verification ---------------------------------------------------------------------------

    def _held(self, vcpu: Vcpu) -> None:
        """The area has got a state_entry_time, which a recorder finds before the next update."""
        vcpu.held_entry = vcpu.entry
        if vcpu.unchecked is not None:
            line, wrote, _ = vcpu.unchecked
            vcpu.unchecked = line, wrote, True

    def _resolve_held(self, vcpu: Vcpu) -> None:
        if vcpu.unchecked is not None:
            line, wrote, held = vcpu.unchecked
            vcpu.unchecked = None
            self._compare("wrote", line, wrote, held)

    def _compare(
        self, kind: str, line: int, recorded: Any, predicted: Any, *, same: bool | None = None
    ) -> None:
        assert self.verification is not None
        verification = self.verification
        verification.compared[kind] += 1
        if not (recorded == predicted if same is None else same):
            verification.differing[kind] += 1
            if len(verification.differences) < KEEP:
                verification.differences.append(Difference(kind, line, recorded, predicted))

    def finish(self) -> None:
        """The trace ends."""
        for vcpu in self.vcpus:
            if self.verification is not None:
                self._resolve_held(vcpu)
            if vcpu.gap:
                self.end_gap(vcpu)
