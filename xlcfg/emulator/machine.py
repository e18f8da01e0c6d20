"""The guest on its hypervisor: what each event of a trace does, and what an update writes where.

`Machine` takes the events of one trace in order, applies one policy and one hypervisor model, and
counts. What the counts mean is said in `results`; what is worth telling is decided by the rules in
`xlcfg.rules.replay`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from .events import Header
from .memory import Memory
from .models import Model
from .registration import Registrar, area_in_force
from .results import MisplacedWrites, ReadStats, Registration, Verification
from .space import Space
from .terms import (
    KEEP,
    OFFLINE,
    OFFSET,
    PAGE_SHIFT,
    PAGE_SIZE,
    REGISTER_PHYS,
    REGISTER_VA,
    RUNNABLE,
    RUNNING,
    STATES,
    U64,
    Content,
    Where,
)
from .time_area import TimeKeeper
from .translation import Translator
from .vcpu import Area, Plan, Vcpu
from .verify import Verifier

#: A handler (None: nothing to do) and its arguments.
Call = tuple[Callable[..., None] | None, tuple[Any, ...]]


class Machine:
    """One guest on one hypervisor: for each event, set `line` and `t`, and make the call that
    `bind` gives for it; then `finish`.
    """

    def __init__(self, header: Header, policy: str, model: Model, *, verify: bool = False) -> None:
        self.header = header
        self.policy = policy
        self.model = model
        self.line = 0
        self.t: int | None = None
        self.stages: list[tuple[int, str]] = []
        self.answer = 0  # what the last hypercall returned

        self.memory = Memory(header, lambda: self.line)
        self.pv64 = self.memory.pv64
        self.narrow = header.arch in ("arm32", "x86_32")
        self._deferring = self.pv64 and policy != "hypercall"
        self._layout = struct.Struct("<IIQQQQQ" if header.runstate_size == 48 else "<IQQQQQ")

        first_tables = self.memory.no_kernel, self.memory.no_user
        self.vcpus = [Vcpu(i, *first_tables) for i in range(header.vcpus)]
        self.translator = Translator(self.memory, header.runstate_size)
        self.verifier = Verifier(self.translator, self.vcpus) if verify else None
        self._times = TimeKeeper(self.translator, deferring=self._deferring)
        self._registrar = Registrar(
            header, policy, model, self.translator, self._times, self._written, self._pause
        )
        #: Whether any vCPU has asked for a secondary time area.
        self.has_times = False

        #: What `bind` gives for a switch if nothing is verified, and for new page tables.
        self.switch = self.switched
        self.use_space = self._use_space
        self._handlers: dict[str, Callable[..., None] | None] = {
            "map": self.memory.map,
            "mmu": self._mmu,
            "mode": self._mode,
            "vcpu_op": self._vcpu_op,
            "vm_assist": self._vm_assist,
            "vcpu_up": self._vcpu_up,
            "vcpu_down": self._vcpu_down,
            "p2m_remove": self.memory.p2m_remove,
            "p2m_add": self.memory.p2m_add,
            "reuse": self.memory.reuse,
            "stage": self._stage,
            "read": self.read,
            "observe_reset": self.verifier.reset if self.verifier else None,
            "observe": self._observe if self.verifier else None,
            "note": None,
        }

    @property
    def verification(self) -> Verification | None:
        """How recorded results compare, if that was asked for."""
        return None if self.verifier is None else self.verifier.verification

    @property
    def version(self) -> int:
        """Grows whenever what updates do may have changed otherwise than by switching tables."""
        return self.memory.changes + self.translator.made

    def bind(self, ev: str, args: tuple[Any, ...]) -> Call:
        """What to call for a decoded event, and with which arguments."""
        memory = self.memory
        if ev == "switch_in":
            index, wrote, el = args
            state = RUNNING
        elif ev == "switch_out":
            index, name, wrote, el = args
            state = STATES.index(name)
        elif ev == "map" and args[3] == 1:
            ident, va, gpa, _, ro = args
            page = memory.page(va)
            if page < 0:
                return None, ()
            return memory.map_page, (memory.space(ident), page, gpa >> PAGE_SHIFT << 1 | ro)
        elif ev == "unmap":
            page = memory.page(args[1])
            if page < 0:
                return None, ()
            where = memory.space(args[0]), page
            return (memory.unmap_page, where) if args[2] == 1 else (memory.unmap, (*where, args[2]))
        elif ev == "use_space":
            return self.use_space, (self.vcpus[args[0]], memory.space(args[1]), args[2] == "user")
        elif ev == "sample":
            return memory.sample, (self.vcpus[args[0]], *args[1:])
        else:
            handler = self._handlers[ev]
            return (None, ()) if handler is None else (handler, args)
        if self.verifier is None:
            return self.switch, (self.vcpus[index], state, el)
        return self._switch_checked, (self.vcpus[index], state, el, wrote)

    def finish(self) -> None:
        """The trace ends."""
        for vcpu in self.vcpus:
            if self.verifier is not None:
                self.verifier.settle(vcpu)
            if vcpu.gap:
                vcpu.end_gap(self.line, self.t)
            vcpu.finish()

    # -- translation target --------------------------------------------------------------------

    def _use_space(self, vcpu: Vcpu, space: Space, user: bool) -> None:
        if user:
            vcpu.user = space
        else:
            vcpu.kernel = space
        self._tables_in_force(vcpu)

    def _mmu(self, index: int, on: bool) -> None:
        vcpu = self.vcpus[index]
        vcpu.mmu = on
        self._tables_in_force(vcpu)

    def _tables_in_force(self, vcpu: Vcpu) -> None:
        """The tables in force may have changed."""
        space = self.memory.off
        if vcpu.mmu:
            space = vcpu.user if vcpu.user_mode else vcpu.kernel
        if space is not vcpu.space:
            vcpu.space = space
            vcpu.plan = vcpu.plans.get(space)

    def _mode(self, index: int, mode: str, retry: bool | None) -> None:
        vcpu = self.vcpus[index]
        vcpu.user_mode = mode == "user"
        self._tables_in_force(vcpu)
        caught_up = vcpu.pending and not vcpu.user_mode and self._catch_up(vcpu)
        if vcpu.time is not None and vcpu.time.pending and not vcpu.user_mode:
            self._times.toggled(vcpu, vcpu.time)
        if retry is not None and self.verifier is not None:
            self.verifier.compare("retry", self.line, retry, caught_up)

    def _catch_up(self, vcpu: Vcpu) -> bool:
        """The update that was deferred in user mode is tried again; whether it wrote anything."""
        area = vcpu.area
        if area is None:
            vcpu.pending = False
            return False
        plan = self.translator.current_plan(vcpu, area)
        self._written(plan)
        if plan.copied > self.translator.flag_at:
            vcpu.entry_held()
        if not plan.copied:
            return False
        vcpu.pending = False
        vcpu.caught_up += 1
        if plan.good:
            vcpu.in_sync(self.line, self.t)
        else:
            vcpu.partly_written(plan, self.line, self.t)
        return True

    def _stage(self, name: str) -> None:
        self.memory.next_stage()
        if len(self.stages) < KEEP:
            self.stages.append((self.line, name))
        if name == "soft-reset":  # Xen itself forgets every area
            for vcpu in self.vcpus:
                vcpu.virt = vcpu.phys = vcpu.time_va = vcpu.time_phys = None
                area_in_force(self.memory, vcpu, self.line)
                vcpu.asked(0, 0)
                if vcpu.time is not None:
                    vcpu.time.answered(None, 0, takes_back=True)

    # -- scheduling -----------------------------------------------------------------------------

    def switched(self, vcpu: Vcpu, state: int, el: int | None) -> None:
        """A vCPU goes off or on a CPU: the runstate changes, and Xen updates the area.

        This is half of all events: `Vcpu.enter` is written out here, twice.
        """
        vcpu.running = state == RUNNING
        if vcpu.time is not None and state == RUNNING:
            self._time_due(vcpu)
        area = vcpu.area
        t = self.t
        if area is None:
            vcpu.idle += 1
            if t is not None:
                if vcpu.entry is not None:
                    vcpu.times[vcpu.state] += t - vcpu.entry
                vcpu.entry = t
            vcpu.state = state
            return
        plan = vcpu.plan
        if plan is None or plan.epoch.over:
            plan = self.translator.current_plan(vcpu, area)
        good = plan.good
        if not good and vcpu.area_content is None:
            vcpu.area_content = vcpu.content()
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
        if vcpu.area_content is not None:
            vcpu.in_sync(self.line, t)

    def _switch_checked(self, vcpu: Vcpu, state: int, el: int | None, wrote: bool | None) -> None:
        """`switched`, keeping what is needed to verify recorded results."""
        self.switched(vcpu, state, el)
        if self.verifier is not None:
            self.verifier.switched(vcpu, self.line, wrote)

    def _pause(self, vcpu: Vcpu, state: int) -> None:
        """A switch that a hypercall causes by pausing its target; the trace does not mention it."""
        self.switched(vcpu, state, None)
        if self.verifier is not None:
            self.verifier.switched(vcpu, self.line, None)

    def _vcpu_up(self, index: int) -> None:
        vcpu = self.vcpus[index]
        if not vcpu.online:
            vcpu.online = True
            vcpu.enter(RUNNABLE, self.t)

    def _vcpu_down(self, index: int) -> None:
        vcpu = self.vcpus[index]
        vcpu.online = vcpu.running = False
        vcpu.enter(OFFLINE, self.t)

    # -- updates --------------------------------------------------------------------------------

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
                    where = plan.why, self.memory.elsewhere, False, None
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
            vcpu.partly_written(plan, line, self.t)
            if plan.complete and vcpu.gap:
                vcpu.end_gap(line, self.t)
        elif self._deferring and vcpu.user_mode and vcpu.phys is None:
            vcpu.pending = True
            vcpu.deferred += 1

    def _time_due(self, vcpu: Vcpu) -> None:
        """An update of the secondary time area."""
        assert vcpu.time is not None
        plan = self._times.due(vcpu, vcpu.time, self.line)
        if plan is not None and vcpu.time_area is not None:
            self._misplace(vcpu.time.misplaced, vcpu.time.overwritten, vcpu.time_area, plan)

    def _count_misplaced(self, vcpu: Vcpu, plan: Plan) -> None:
        assert vcpu.area is not None
        self._misplace(vcpu.misplaced, vcpu.frames, vcpu.area, plan)

    def _misplace(
        self,
        misplaced: dict[str, MisplacedWrites],
        frames: dict[int, int],
        area: Area,
        plan: Plan,
    ) -> None:
        """Count an update in a wrong place, by kind and by frame."""
        kind = plan.misplaced
        found = misplaced.get(kind)
        if found is None:
            line = use = None
            gfn = plan.moved[0]
            if kind == "reused":
                line, use = self.memory.last_use(gfn) or (None, None)
            elif kind == "stage" and self.stages:
                line, use = self.stages[-1]
            found = misplaced[kind] = MisplacedWrites(
                kind, 0, self.line, gfn << PAGE_SHIFT, area.line, use, line
            )
        found.count += 1
        found.last_line = self.line
        for gfn in plan.moved:
            if gfn in frames or len(frames) < KEEP:
                frames[gfn] = frames.get(gfn, 0) + 1

    def where(self, space: Space, user_mode: bool, el: int | None) -> Where:
        """(guest state, exception level, address space) of an update, in words."""
        if space is self.memory.off:
            return "MMU off", el, None
        if space is self.memory.elsewhere:
            return "elsewhere", None, None
        if self.pv64:
            state = "user mode" if user_mode else "kernel mode"
        elif el == 0:
            state = "user mode"
        else:
            state = "kernel mode" if el is not None else ""
        return state, el, space.ident

    # -- hypercalls -----------------------------------------------------------------------------

    def _vcpu_op(
        self, caller: int, op: str, target: int, addr: int, ret: int | None, arg_fault: bool
    ) -> None:
        vcpu = self.vcpus[target] if target < len(self.vcpus) else None
        predicted = self.answer = self._registrar.call(
            self.vcpus[caller], op, vcpu, addr, arg_fault, self.line, self.t
        )
        if ret is not None and self.verifier is not None:
            self.verifier.compare("ret", self.line, ret, predicted)
        if vcpu is not None:
            self.has_times = self.has_times or vcpu.time is not None
            vcpu.registered += 1
            vcpu.refused += predicted != 0
            if op in (REGISTER_VA, REGISTER_PHYS):
                vcpu.asked(addr if op == REGISTER_VA or addr != U64 else 0, predicted)
            if len(vcpu.registrations) < KEEP:
                vcpu.registrations.append(
                    Registration(self.line, caller, target, op, addr, predicted, ret, self.t)
                )

    def _vm_assist(self, _type: str, on: bool) -> None:
        self.translator.use_flag(on)

    # -- what the guest and a recorder see ------------------------------------------------------

    def read(self, _reader: int, target: int) -> None:
        """A guest reads a vCPU's area."""
        vcpu = self.vcpus[target]
        reads = vcpu.reads
        reads.count += 1
        if vcpu.area is None:
            reads.unregistered += 1
        elif vcpu.area_content is not None:
            self._read_old(vcpu, vcpu.area_content, reads)

    def _read_old(self, vcpu: Vcpu, content: Content, reads: ReadStats) -> None:
        """The area does not hold the runstate, but `content`: how far off its stolen time is."""
        assert vcpu.area is not None
        true = vcpu.times[RUNNABLE] + vcpu.times[OFFLINE]
        if vcpu.head_content is None:
            reads.stale += 1
            error = true - (content[-3] & U64) - (content[-1] & U64)
        else:
            reads.partial += 1
            head = PAGE_SIZE - (vcpu.area.va & OFFSET)
            held = self._bytes(vcpu.head_content)[:head] + self._bytes(content)[head:]
            fields = self._layout.unpack(held)
            error = true - (fields[-3] + fields[-1])
        if reads.first_line is None:
            reads.first_line = self.line
        if reads.worst_line is None or abs(error) > abs(reads.worst_ns):
            reads.worst_ns, reads.worst_line, reads.worst_of = error, self.line, true

    def _bytes(self, content: Content) -> bytes:
        """An area's bytes."""
        state, entry, *times = [number & U64 for number in content]
        if self._layout.size == 48:
            return self._layout.pack(state, 0, entry, *times)
        return self._layout.pack(state, entry, *times)

    def _observe(self, frames: tuple[tuple[int, int, int], ...]) -> None:
        if self.verifier is not None:
            recorded = {gfn: (first, last) for gfn, first, last in frames}
            self.verifier.observe(self.line, recorded)

    def changed_frames(self) -> dict[int, tuple[int, int]]:
        """gfn -> (first, last byte) written since the last call; needs `verify`.

        Frames that are out of the p2m stay for a later call.
        """
        assert self.verifier is not None
        return self.verifier.changed_frames()

    def _written(self, plan: Plan) -> None:
        """Xen has written what a plan says, otherwise than at a switch."""
        if self.verifier is not None:
            self.verifier.written(plan)
