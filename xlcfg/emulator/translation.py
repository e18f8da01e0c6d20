"""From an area to the bytes that an update writes: through which tables, and whether rightly."""

from __future__ import annotations

from .memory import Memory
from .models import Model
from .space import Space
from .terms import OFFSET, PAGE_SIZE, Write, flag_byte
from .vcpu import Area, Plan, Vcpu

#: A vCPU's plans are kept for so many sets of tables.
_MAX_PLANS = 64


class Translator:
    """Makes plans. `flag`: the guest asked for the update flag. `made` counts plans of updates."""

    def __init__(self, memory: Memory, runstate_size: int) -> None:
        self.memory = memory
        self.flag_at = flag_byte(runstate_size)
        self.flag = False
        self.made = 0

    def use_flag(self, on: bool) -> None:
        """The guest asks for the update flag, or no longer."""
        if on is not self.flag:
            self.flag = on
            self.memory.next_epoch()

    def current_plan(self, vcpu: Vcpu, area: Area) -> Plan:
        """The plan for the area and tables in force, made anew if it has gone stale."""
        plan = vcpu.plans.get(vcpu.space)
        if plan is None or plan.epoch.over:
            self.made += 1
            plan = self.plan(vcpu, area, flag=self.flag)
            if len(vcpu.plans) >= _MAX_PLANS:
                vcpu.plans.clear()
            vcpu.plans[vcpu.space] = plan
        vcpu.plan = plan
        return plan

    def plan(self, vcpu: Vcpu, area: Area, *, flag: bool = False) -> Plan:
        """What an update of an area by a vCPU does now, in its tables in force."""
        if area.pinned is not None:
            return self._pinned_plan(area)
        plan = self.translate(vcpu, vcpu.space, area, flag=flag)
        if plan.copied:
            self._place(vcpu, area, plan)
        if plan.why == "unmapped" and self._mapped_at_home(vcpu, area):
            plan.why = "other tables"
        return plan

    def translate(self, vcpu: Vcpu, space: Space, area: Area, *, flag: bool = False) -> Plan:
        """Copy the area's bytes page by page through `space`; stop at the first page that fails."""
        memory = self.memory
        va, size = area.va, area.size
        frame = memory.frame(vcpu, space, va, area.page)
        offset = va & OFFSET
        if area.tail is None:  # nearly always
            if isinstance(frame, str):
                return Plan(memory.epoch, (), 0, size, frame)
            write = frame[0], frame[1], offset, offset + size - 1
            return Plan(memory.epoch, (write,), size, size, "")
        head = PAGE_SIZE - offset
        tail = memory.frame(vcpu, space, va + head, area.tail)
        writes: list[Write] = []
        if flag:  # the byte with the update flag, translated for itself
            byte = frame if self.flag_at < head else tail
            if not isinstance(byte, str):
                at = (va + self.flag_at) & OFFSET
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
        return Plan(memory.epoch, tuple(writes), copied, size, why)

    def translate_first_page(self, vcpu: Vcpu, area: Area, model: Model) -> Plan:
        """`translate` for a hypervisor that looks up the first page alone, and goes on from there
        in guest-physical memory; `model` says what it asks of that page.
        """
        memory = self.memory
        found = memory.lookup(vcpu, vcpu.space, area.va)
        nothing = Plan(memory.epoch, (), 0, area.size, "unmapped")
        if found < 0 or (found & 1 and model.needs_write):
            return nothing
        gfn, offset, size = found >> 1, area.va & OFFSET, area.size
        head = min(PAGE_SIZE - offset, size)
        writes = [(gfn, memory.generation.get(gfn), offset, offset + head - 1)]
        if head < size:
            writes.append((gfn + 1, memory.generation.get(gfn + 1), 0, size - head - 1))
        if model.needs_ram and any(memory.present.get(write[0]) < 0 for write in writes):
            return nothing
        return Plan(memory.epoch, tuple(writes), size, size, "")

    def names(self, vcpu: Vcpu, space: Space, area: Area) -> list[int]:
        """The gfn each page of an area is translated to, -1 for none."""
        named = []
        address, end = area.va, area.va + area.size
        while address < end:
            found = self.memory.lookup(vcpu, space, address)
            named.append(found >> 1 if found >= 0 else -1)
            address = (address | OFFSET) + 1
        return named

    def _pinned_plan(self, area: Area) -> Plan:
        """Writes to the frames taken at registration, whatever the tables say now."""
        assert area.pinned is not None
        memory = self.memory
        if area.unbacked:
            return Plan(memory.epoch, (), 0, area.size, "no RAM")
        plan = Plan(memory.epoch, area.pinned, area.size, area.size, "")
        if any(memory.generation.get(gfn) != gen for gfn, gen, _, _ in area.pinned):
            # Xen still holds the old machine pages; the guest sees other ones at that address.
            plan.copied, plan.complete, plan.good, plan.why = 0, False, False, "page replaced"
            return plan
        gfns = [write[0] for write in area.pinned]
        misplaced = self._put_to_other_use(area, gfns)
        if not misplaced and area.home_vcpu and area.home_space:  # not by physical address
            now = self.names(area.home_vcpu, area.home_space, area)
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

    def _mapped_at_home(self, vcpu: Vcpu, area: Area) -> bool:
        """Whether the tables an area was registered with still map it, but are not in force."""
        space, owner = area.home_space, area.home_vcpu
        if space is None or owner is None or (space is vcpu.space and owner is vcpu):
            return False
        return all(gfn >= 0 for gfn in self.names(owner, space, area))

    def _put_to_other_use(self, area: Area, gfns: list[int]) -> tuple[str, tuple[int, ...]] | None:
        memory = self.memory
        if area.stage != memory.stage:
            return "stage", tuple(gfns)
        if memory.uses:
            reused = [g for g in gfns if memory.uses.get(g) >> 2 > area.line]
            if reused:
                return "reused", tuple(reused)
        return None

    def _place(self, vcpu: Vcpu, area: Area, plan: Plan) -> None:
        """Say whether a write through the tables in force went where the area is."""
        memory = self.memory
        writes = plan.writes
        at_home = len(writes) == 1 and area.home == (writes[0][0],)
        if at_home and area.stage == memory.stage and not memory.uses:  # nearly always
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
            now = self.names(area.home_vcpu, area.home_space, area)
            kind = "moved" if all(gfn in now for gfn in wrong) else "foreign"
            if kind == "foreign" and vcpu.space is memory.off:
                kind = "mmu-off"
            misplaced = kind, wrong
        plan.misplaced, plan.moved = misplaced
        plan.good = plan.complete and plan.misplaced == "moved"
