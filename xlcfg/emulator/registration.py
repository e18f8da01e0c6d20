"""The registration hypercalls: what they answer, and which area is in force afterwards."""

from __future__ import annotations

from collections.abc import Callable

from .events import Header
from .memory import Memory
from .models import Model
from .terms import (
    EACCES,
    EFAULT,
    EINVAL,
    ENOENT,
    ENXIO,
    OFFLINE,
    OFFSET,
    PAGE_SHIFT,
    PAGE_SIZE,
    REGISTER_PHYS,
    REGISTER_TIME_PHYS,
    REGISTER_TIME_VA,
    REGISTER_VA,
    RUNNING,
    TIME_SIZE,
    U64,
)
from .time_area import TimeKeeper
from .translation import Translator
from .vcpu import Area, Plan, TimeUpdates, Vcpu

#: 64-bit PV: addresses in this range are refused before anything else.
_PV_HOLE = range(0x8000_0000_0000, 0xFFFF_8800_0000_0000)
#: The same for 32-bit PV: from here on the addresses are the hypervisor's own.
_COMPAT_HOLE = range(0xF580_0000, 1 << 32)


def hole(header: Header) -> range:
    """The addresses that a registration refuses unseen, as they belong to Xen."""
    if header.guest != "pv":
        return range(0)
    return _PV_HOLE if header.arch == "x86_64" else _COMPAT_HOLE


def area_in_force(memory: Memory, vcpu: Vcpu, line: int) -> None:
    """The areas of a vCPU have changed: the physical one is updated, else the one by address."""
    old, vcpu.area = vcpu.area, vcpu.phys or vcpu.virt
    if vcpu.phys and vcpu.virt and vcpu.mixed is None:
        vcpu.mixed = line
    memory.watch(vcpu, old)


class Registrar:
    """Answers the calls as `model` does under a policy.

    `written` is called with what a call itself writes; `pause` stops the target of a call for a
    while, and lets it go on: a switch to a state.
    """

    def __init__(
        self,
        header: Header,
        policy: str,
        model: Model,
        translator: Translator,
        times: TimeKeeper,
        written: Callable[[Plan], object],
        pause: Callable[[Vcpu, int], None],
    ) -> None:
        self._model = model
        self._translator = translator
        self._memory = translator.memory
        self._times = times
        self._written = written
        self._pause = pause
        self._answers = {
            REGISTER_VA: 0,
            REGISTER_PHYS: model.op14,
            REGISTER_TIME_VA: model.op13,
            REGISTER_TIME_PHYS: model.op15,
        }
        self._translate_once = policy == "hypercall"
        self._narrow = header.arch in ("arm32", "x86_32")
        self._hole = hole(header)
        self._size = header.runstate_size
        self._align = 8 if self._size == 48 else 4

    def call(
        self,
        caller: Vcpu,
        op: str,
        vcpu: Vcpu | None,
        addr: int,
        arg_fault: bool,
        line: int,
        t: int | None,
    ) -> int:
        """The answer to a call for `vcpu` (None: the guest has no such vCPU)."""
        answer = self._answers[op]
        if vcpu is None:
            return answer if answer and self._model.filter_first else ENOENT
        if op == REGISTER_VA:
            return EFAULT if arg_fault else self._register_va(caller, vcpu, addr, line, t)
        if answer:
            return answer
        if op == REGISTER_PHYS:
            return EFAULT if arg_fault else self._register_phys(caller, vcpu, addr, line, t)
        times = vcpu.time = vcpu.time or TimeUpdates()
        if arg_fault:
            answer = EFAULT
        elif op == REGISTER_TIME_VA:
            answer = self._register_time(caller, vcpu, times, addr, line)
        else:
            answer = self._register_phys(caller, vcpu, addr, line, t, times)
        times.answered(vcpu.time_area, answer, addr == (U64 if op == REGISTER_TIME_PHYS else 0))
        return answer

    def _area(self, va: int, size: int, line: int) -> Area:
        """An area by address, with the pages that hold it."""
        memory = self._memory
        head = PAGE_SIZE - (va & OFFSET)
        tail = memory.page(va + head) if head < size else None
        return Area(va, size, line, memory.stage, memory.page(va), tail)

    def _register_va(self, caller: Vcpu, vcpu: Vcpu, addr: int, line: int, t: int | None) -> int:
        if self._narrow:
            addr &= 0xFFFF_FFFF
        if addr in self._hole:
            return EFAULT
        area = self._area(addr, self._size, line)
        if self._translate_once:
            refused, plan = self._pin(caller, vcpu, area, self._model.cross)
            if refused:
                if self._model.drop:
                    if vcpu.virt is not None and vcpu.dropped is None:
                        vcpu.dropped = line
                    vcpu.virt = None
                    area_in_force(self._memory, vcpu, line)
                return refused
        else:
            # The initial copy: through the caller's tables, for NULL too, and without the flag.
            plan = self._translator.translate(caller, caller.space, area)
            area.home_space, area.home_vcpu = caller.space, caller
            if plan.complete:
                area.home = tuple([write[0] for write in plan.writes])
            self._written(plan)
        vcpu.virt = area if addr or (self._translate_once and not self._model.drop) else None
        area_in_force(self._memory, vcpu, line)
        if vcpu.virt is not None and vcpu.phys is None:
            vcpu.first_content(plan, line, t, self._translator.flag_at)
            if area.pinned is None and area.tail is None and caller is vcpu:
                # An update here and now does what the first copy did.
                vcpu.plan = vcpu.plans[vcpu.space] = plan
        return 0

    def _pin(self, caller: Vcpu, vcpu: Vcpu, area: Area, cross: bool) -> tuple[int, Plan]:
        """(refusal, plan): translate an address once and for all; `cross`: over a page, too."""
        model = self._model
        nothing = Plan(self._memory.epoch, (), 0, area.size, "")
        if not area.va and model.drop:
            return 0, nothing
        if area.va % model.align or (vcpu is not caller and not model.remote):
            return model.refuse, nothing
        if area.tail is not None and not cross:
            return model.refuse, nothing
        if model.contiguous:
            plan = self._translator.translate_first_page(caller, area, model)
        else:
            plan = self._translator.translate(caller, caller.space, area)
        if not plan.complete:
            return model.refuse, nothing
        area.pinned = plan.writes
        area.home_space, area.home_vcpu = caller.space, caller
        area.home = tuple([write[0] for write in plan.writes])
        area.unbacked = any(self._memory.present.get(gfn) < 0 for gfn in area.home)
        if area.unbacked:  # nothing can be written, though the call does not say so
            return 0, Plan(self._memory.epoch, (), 0, area.size, "no RAM")
        self._written(plan)
        return 0, plan

    def _register_time(
        self, caller: Vcpu, vcpu: Vcpu, times: TimeUpdates, addr: int, line: int
    ) -> int:
        if self._narrow:
            addr &= 0xFFFF_FFFF
        if addr in self._hole:
            return EFAULT
        area = self._area(addr, TIME_SIZE, line)
        if self._translate_once:
            refused, _ = self._pin(caller, vcpu, area, self._model.time_cross)
            if refused:
                if self._model.drop:
                    if vcpu.time_va is not None and times.dropped is None:
                        times.dropped = line
                    vcpu.time_va = None
                return refused
        elif addr:
            plan = self._translator.translate(caller, caller.space, area)
            area.home_space, area.home_vcpu = caller.space, caller
            if plan.complete:
                area.home = tuple([write[0] for write in plan.writes])
            if plan.copied and self._times.reaches(plan):
                self._written(plan)
            elif self._memory.pv64 and vcpu.user_mode:
                times.pending = True
        vcpu.time_va = area if addr or (self._translate_once and not self._model.drop) else None
        return 0

    def _register_phys(
        self,
        caller: Vcpu,
        vcpu: Vcpu,
        addr: int,
        line: int,
        t: int | None,
        times: TimeUpdates | None = None,
    ) -> int:
        memory = self._memory
        area = first = None
        if addr != U64:
            size = self._size if times is None else TIME_SIZE
            gfn, offset = addr >> PAGE_SHIFT, addr & OFFSET
            if offset + size > PAGE_SIZE or addr % self._align:
                return ENXIO
            if memory.present.get(gfn) < 0:
                return EINVAL
            use = memory.last_use(gfn)
            if memory.pv and use is not None and use[1] == "page-table":
                return EACCES
            area = Area(addr, size, line, memory.stage)
            area.by_phys = True
            write = (gfn, memory.generation.get(gfn), offset, offset + size - 1)
            area.pinned, area.home = (write,), (gfn,)
        paused = vcpu is not caller and vcpu.online and vcpu.running
        if paused:
            self._pause(vcpu, OFFLINE)
        if area is not None and area.pinned is not None:
            first = Plan(memory.epoch, area.pinned, area.size, area.size, "")
            if times is not None or vcpu is caller:
                self._written(first)
        if times is not None:
            if area is not None:
                times.pending = False
            vcpu.time_phys = area
        else:
            if area is not None:
                vcpu.pending = False
            vcpu.phys = area
            area_in_force(memory, vcpu, line)
            if first is not None and vcpu is caller:
                vcpu.first_content(first, line, t, self._translator.flag_at)
            elif vcpu.area is not None:
                vcpu.unwritten()
        if paused:
            self._pause(vcpu, RUNNING)
        return 0
