"""The emulator, event by event, beside a model of a few lines that knows bytes and nothing else."""

from __future__ import annotations

from typing import Any

from emulator_traces import PHYS, RAM, REGISTER, VA, header
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from xlcfg.emulator.events import decode_event, decode_header
from xlcfg.emulator.machine import Machine
from xlcfg.emulator.models import default_model
from xlcfg.emulator.terms import POLICIES
from xlcfg.emulator.vcpu import Vcpu

VCPUS = 3
FRAMES = 4
SIZE = 48
#: The second crosses into the next page; the last is not aligned.
OFFSETS = (0x40, 0xFE0, 0xFD0, 0xFF8, 0x11)
Bytes = frozenset[tuple[int, int]]  # (gfn, offset)

vcpus = st.integers(0, VCPUS - 1)
spaces = st.integers(0, 1)
pages = st.integers(0, 2)
frames = st.integers(0, FRAMES)  # the last one is not there


class Guest:
    """What the machine's guest is like: tables, vCPUs, areas. `pins`: where each area is, if its
    address has been translated for good.
    """

    def __init__(self, policy: str) -> None:
        head = decode_header(header(vcpus=VCPUS, phys_area=True, ram=[
            {"gpa": hex(RAM), "pages": FRAMES}]))  # fmt: skip
        self.once = policy == "hypercall"
        self.machine = Machine(head, policy, default_model(head, policy), verify=True)
        self.tables: dict[tuple[int, int], tuple[int, bool]] = {}
        self.space = [0] * VCPUS
        self.mmu = [True] * VCPUS
        self.address: list[int | None] = [None] * VCPUS
        self.pins: list[Bytes | None] = [None] * VCPUS
        self.phys: list[Bytes | None] = [None] * VCPUS
        self.counts = [[0, 0, 0] for _ in range(VCPUS)]  # all of it, some of it, nothing
        self.line = 1

    def feed(self, **members: Any) -> set[tuple[int, int]]:
        """Run an event; the first and last bytes that it changed in each frame."""
        self.line += 1
        machine = self.machine
        kind, machine.t, args = decode_event(members, machine.header)
        machine.line = self.line
        handler, bound = machine.bind(kind, args)
        assert handler is not None
        handler(*bound)
        return {(gfn, at) for gfn, extent in machine.changed_frames().items() for at in extent}

    def area(self, vcpu: int) -> Vcpu:
        return self.machine.vcpus[vcpu]

    def translated(self, vcpu: int, va: int) -> Bytes:
        """The bytes an update through the vCPU's tables reaches: up to the first it cannot."""
        out = []
        for address in range(va, va + SIZE):
            gfn, ro = address >> 12, False
            if self.mmu[vcpu]:
                gfn, ro = self.tables.get((self.space[vcpu], address >> 12), (-1, True))
            if ro or not RAM >> 12 <= gfn < (RAM >> 12) + FRAMES:
                break
            out.append((gfn, address & 0xFFF))
        # what is copied is copied by page
        pages_ = {address >> 12 for address in range(va, va + SIZE)}
        if len(out) < SIZE and len(pages_) == 2:
            head = 4096 - (va & 0xFFF)
            out = out[:head] if len(out) >= head else []
        return frozenset(out)

    def update(self, vcpu: int) -> Bytes:
        """What an update writes now."""
        phys, pins, address = self.phys[vcpu], self.pins[vcpu], self.address[vcpu]
        if phys is not None:
            return phys
        if address is None:
            return frozenset()
        if self.once:
            assert pins is not None
            return pins
        return self.translated(vcpu, address)

    def count(self, vcpu: int, times: int = 1) -> None:
        if self.phys[vcpu] is None and self.address[vcpu] is None:
            return
        written = len(self.update(vcpu))
        self.counts[vcpu][0 if written == SIZE else 1 if written else 2] += times


def ends(written: Bytes) -> set[tuple[int, int]]:
    """The first and last byte in each frame."""
    out = set()
    for gfn in {gfn for gfn, _ in written}:
        within = [at for g, at in written if g == gfn]
        out |= {(gfn, min(within)), (gfn, max(within))}
    return out


class Emulator(RuleBasedStateMachine):
    """Both policies, fed alike."""

    def __init__(self) -> None:
        super().__init__()
        self.guests = [Guest(policy) for policy in POLICIES]
        self.remapped = False

    @initialize()
    def start(self) -> None:
        for vcpu in range(VCPUS):
            for guest in self.guests:
                guest.feed(ev="use_space", vcpu=vcpu, space=0)
        for page in range(2):
            self.map(space=0, page=page, frame=page, ro=False, then=0)
        for vcpu in range(VCPUS):
            self.online(vcpu)
            self.register(vcpu, remote=False, page=0, offset=OFFSETS[vcpu])

    @rule(space=spaces, page=pages, frame=frames, ro=st.booleans(), then=vcpus)
    def map(self, space: int, page: int, frame: int, ro: bool, then: int) -> None:
        va, gpa = VA + (page << 12), RAM + (frame << 12)
        for guest in self.guests:
            key, new = (space, va >> 12), (gpa >> 12, ro)
            if any(area is not None for area in guest.address) and guest.tables.get(key) != new:
                self.remapped = True
            guest.tables[key] = new
            assert not guest.feed(ev="map", space=space, va=hex(va), gpa=hex(gpa), ro=ro)
        self.switch_in(then)

    @rule(space=spaces, page=pages, count=st.integers(1, 3), then=vcpus)
    def unmap(self, space: int, page: int, count: int, then: int) -> None:
        va = VA + (page << 12)
        for guest in self.guests:
            for one in range(count):
                if guest.tables.pop((space, (va >> 12) + one), None) is not None:
                    self.remapped |= any(area is not None for area in guest.address)
            assert not guest.feed(ev="unmap", space=space, va=hex(va), pages=count)
        self.switch_in(then)

    @rule(vcpu=vcpus, space=spaces)
    def use_space(self, vcpu: int, space: int) -> None:
        for guest in self.guests:
            self.remapped |= guest.space[vcpu] != space and guest.address[vcpu] is not None
            guest.space[vcpu] = space
            assert not guest.feed(ev="use_space", vcpu=vcpu, space=space)
        self.switch_in(vcpu)

    @rule(vcpu=vcpus, on=st.booleans())
    def set_mmu(self, vcpu: int, on: bool) -> None:
        for guest in self.guests:
            self.remapped |= guest.mmu[vcpu] != on and guest.address[vcpu] is not None
            guest.mmu[vcpu] = on
            assert not guest.feed(ev="mmu", vcpu=vcpu, on=on)
        self.switch_in(vcpu)

    @rule(caller=vcpus, remote=st.booleans(), page=pages, offset=st.sampled_from(OFFSETS))
    def register(self, caller: int, remote: bool, page: int, offset: int) -> None:
        target = (caller + remote) % VCPUS
        va = VA + (page << 12) + offset
        for guest in self.guests:
            through = guest.translated(caller, va)
            changed = guest.feed(
                ev="vcpu_op", vcpu=caller, op=REGISTER, target=target, addr=hex(va)
            )
            answer = guest.machine.answer
            if not guest.once:
                assert answer == 0
                assert changed == ends(through)
            elif answer:
                assert not changed
                assert remote or len(through) < SIZE or va % 8 or offset + SIZE > 4096
                if guest.machine.model.drop:
                    guest.address[target] = guest.pins[target] = None
                continue
            else:
                assert len(through) == SIZE
                assert changed == ends(through)
                guest.pins[target] = through
            guest.address[target] = va
            self.remapped |= remote

    @rule(vcpu=vcpus)
    def unregister(self, vcpu: int) -> None:
        for guest in self.guests:
            changed = guest.feed(ev="vcpu_op", vcpu=vcpu, op=REGISTER, target=vcpu, addr="0x0")
            assert guest.machine.answer == 0
            assert not changed  # address 0 is not mapped
            guest.address[vcpu] = guest.pins[vcpu] = None

    @rule(caller=vcpus, remote=st.booleans(), frame=frames, offset=st.sampled_from(OFFSETS))
    def register_phys(self, caller: int, remote: bool, frame: int, offset: int) -> None:
        target = (caller + remote) % VCPUS
        gpa = RAM + (frame << 12) + offset
        fits = frame < FRAMES and offset + SIZE <= 4096 and offset % 8 == 0
        area = frozenset((gpa >> 12, at) for at in range(offset, offset + SIZE))
        self._phys(caller, target, gpa, area if fits else None, fits)

    @rule(caller=vcpus, remote=st.booleans())
    def unregister_phys(self, caller: int, remote: bool) -> None:
        self._phys(caller, (caller + remote) % VCPUS, (1 << 64) - 1, None, True)

    def _phys(self, caller: int, target: int, addr: int, area: Bytes | None, fits: bool) -> None:
        for guest in self.guests:
            vcpu = guest.area(target)
            moved = caller != target and vcpu.online and vcpu.running
            before = guest.update(target) if moved and fits else frozenset()
            changed = guest.feed(ev="vcpu_op", vcpu=caller, op=PHYS, target=target, addr=hex(addr))
            assert (guest.machine.answer == 0) == fits
            if not fits:
                assert not changed
                continue
            if moved:  # it is taken off its CPU with the old area, and put back with the new
                guest.count(target)
            guest.phys[target] = area
            if moved:
                guest.count(target)
            after = guest.update(target) if moved or (caller == target and area) else frozenset()
            assert changed == ends(before | after)

    @rule(vcpu=vcpus, state=st.sampled_from(["runnable", "blocked", "offline"]))
    def switch_out(self, vcpu: int, state: str) -> None:
        self._switch(vcpu, ev="switch_out", state=state)

    @rule(vcpu=vcpus)
    def switch_in(self, vcpu: int) -> None:
        self._switch(vcpu, ev="switch_in")

    def _switch(self, vcpu: int, **members: Any) -> None:
        all_written = []
        for guest in self.guests:
            written = guest.update(vcpu)
            guest.count(vcpu)
            assert guest.feed(vcpu=vcpu, **members) == ends(written)
            all_written.append(written)
        update, hypercall = self.guests
        if not self.remapped and update.address == hypercall.address:
            assert all_written[0] == all_written[1]

    @rule(vcpu=vcpus)
    def online(self, vcpu: int) -> None:
        for guest in self.guests:
            assert not guest.feed(ev="vcpu_up", target=vcpu)

    @precondition(lambda self: any(v.online for v in self.guests[0].machine.vcpus[1:]))
    @rule(vcpu=st.integers(1, VCPUS - 1))
    def offline(self, vcpu: int) -> None:
        for guest in self.guests:
            assert not guest.feed(ev="vcpu_down", target=vcpu)

    @rule()
    def soft_reset(self) -> None:
        self.remapped = False
        for guest in self.guests:
            assert not guest.feed(ev="stage", name="soft-reset")
            guest.address = [None] * VCPUS
            guest.pins = [None] * VCPUS
            guest.phys = [None] * VCPUS

    @invariant()
    def counts_add_up(self) -> None:
        for guest in self.guests:
            for vcpu, counts in zip(guest.machine.vcpus, guest.counts, strict=True):
                assert [vcpu.delivered, vcpu.partial, vcpu.lost] == counts
                assert vcpu.attempts == sum(counts)


Emulator.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestEmulator = Emulator.TestCase
