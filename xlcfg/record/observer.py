"""Watches a guest from outside: what every architecture has in common.

An observer is given the stops at a few functions of Xen. It finds where `struct vcpu` keeps what
it needs while Xen runs: the domain by the idle domain's number, the runstate by the values that
both vCPUs of a switch must have. It then tells a `Writer` what happens.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections import Counter
from typing import Any

from xlcfg.record.gdbstub import Stop, Stub
from xlcfg.record.memory import Memory
from xlcfg.record.symbols import Symbols
from xlcfg.record.writing import Event, Writer

PAGE = 4096
IDLE_DOMAIN = 0x7FFF
#: Xen's own domains begin here; none of them is a guest.
_FIRST_RESERVED = 0x7FF0
_VCPU_BYTES = 1024
_STATES = {1: "runnable", 2: "blocked", 3: "offline"}
_FLAG = 1 << 63
VM_ASSIST_RUNSTATE = 5
REGISTER_RUNSTATE, REGISTER_RUNSTATE_PHYS = 5, 14
#: The first release that takes areas by physical address has this function.
PHYS_AREA = "map_guest_area"
OPERATIONS = {
    5: "register_runstate_memory_area",
    13: "register_vcpu_time_memory_area",
    14: "register_runstate_phys_area",
    15: "register_vcpu_time_phys_area",
}
BY_ADDRESS = (5, 13)


class Area:
    """A registered runstate area: its virtual address, None for one registered by physical address,
    and the machine's address last seen behind it.
    """

    __slots__ = ("place", "va")

    def __init__(self, va: int | None, place: int | None) -> None:
        self.va = va
        self.place = place


class Call:
    """A hypercall on its way: its held event, and which vCPU's area it sets if it succeeds."""

    __slots__ = ("area", "event", "target")

    def __init__(self, event: Event, target: int | None = None, area: Area | None = None) -> None:
        self.event = event
        self.target = target
        self.area = area


class Due:
    """An update whose arrival is looked at later: its event, the time it writes, and where; `cpu`
    is the physical CPU that makes it.
    """

    __slots__ = ("cpu", "entry", "event", "place")

    def __init__(self, event: Event, entry: int, place: int | None, cpu: int) -> None:
        self.cpu = cpu
        self.event = event
        self.entry = entry
        self.place = place


class Observer(ABC):
    """One recording. `domain` is the guest's number, None: the first guest that is seen to run."""

    #: bytes of an instruction, at least, for a breakpoint
    BREAK_SIZE = 1
    #: bytes of a runstate area
    AREA_SIZE = 48
    #: whether the machine must go exactly the way it goes by itself: nothing is written to it then
    hands_off = False
    #: whether a vCPU whose runstate is "offline" has been switched off by its guest; else it may
    #: also wait for a device of Xen
    OFFLINE_IS_DOWN = True
    #: what the header says that it lacks: what a recorder that looks at switches cannot see
    LACKS: tuple[str, ...] = ("p2m", "reads", "reuse", "tables-between-switches")

    def __init__(
        self,
        stub: Stub,
        memory: Memory,
        symbols: Symbols,
        writer: Writer,
        vcpus: int,
        domain: int | None = 0,
    ) -> None:
        self.stub = stub
        self.memory = memory
        self.symbols = symbols
        self.writer = writer
        self.vcpus = vcpus
        self.domain = domain
        #: breakpoint -> what it means; the stops of a subclass know what to do
        self.points: dict[int, str] = {}
        #: places where hypercalls return to -> what they are
        self.returns: dict[int, Call] = {}
        self.stops: Counter[str] = Counter()
        #: vCPUs for which an area is registered
        self.areas: dict[int, Area] = {}
        self.time = 0
        self.online: set[int] = set()
        self.ever_online: set[int] = set()
        #: physical CPU -> its struct vcpu
        self.current: dict[int, int] = {}
        self.due: dict[int, Due] = {}
        #: physical CPU -> (program counter, stack pointer) of a step that an interrupt took
        self._to_repeat: dict[int, tuple[int, int]] = {}
        self.updates = self.arrived = self.missed = 0
        self._begun = False
        self._cpu = 0
        self._vcpus: dict[int, tuple[int, int]] = {}
        self._domain_at: int | None = None
        self._runstate_at: int | None = None
        self._candidates: set[int] | None = None

    # -- stops ------------------------------------------------------------------------------------

    def step(self, stop: Stop, place: tuple[int, int]) -> None:
        """Carry out the instruction at a breakpoint and let the machine run; `place` is (program
        counter, stack pointer).

        A debugger holds off interrupts during a step, but not in a boot that is replayed: there one
        may come first, and the same stop comes again after it.
        """
        if not self.hands_off:
            self.stub.step_and_go_on(stop.thread)
            return
        self.stub.step(stop.thread)
        if self.interrupted(place):
            self._to_repeat[stop.cpu] = place
        self.stub.go_on()

    def repeated(self, stop: Stop, place: tuple[int, int]) -> bool:
        """Whether this stop has been looked at already."""
        if self._to_repeat.get(stop.cpu) != place:
            return False
        del self._to_repeat[stop.cpu]
        return True

    # -- what an architecture knows ---------------------------------------------------------------

    @abstractmethod
    def begin(self) -> None:
        """Learn registers, choose breakpoints."""

    @abstractmethod
    def stopped(self, stop: Stop) -> None:
        """Look at a stop, and let the machine run on."""

    @abstractmethod
    def interrupted(self, place: tuple[int, int]) -> bool:
        """Whether a step from a place has led to where interrupts lead."""

    @abstractmethod
    def xen_page(self, va: int) -> int | None:
        """The physical address of a page of Xen's own memory."""

    @abstractmethod
    def look(self, vcpu: int, va: int) -> tuple[bool, int | None]:
        """Walk the guest's tables for an area at `va`; tell the writer what changed.

        Returns whether it can be written, and the physical address of its first byte.
        """

    # -- Xen's memory -----------------------------------------------------------------------------

    def xen(self, va: int, size: int) -> bytes | None:
        """Xen's memory at a virtual address of Xen, None where there is none."""
        out = b""
        while size:
            here = min(size, PAGE - (va & (PAGE - 1)))
            page = self.xen_page(va & ~(PAGE - 1))
            piece = None if page is None else self.memory.read(page | (va & (PAGE - 1)), here)
            if piece is None:
                return None
            out += piece
            va += here
            size -= here
        return out

    def xen_word(self, va: int) -> int | None:
        """A number of 64 bits of Xen's memory."""
        data = self.xen(va, 8)
        return None if data is None else int.from_bytes(data, "little")

    # -- struct vcpu ------------------------------------------------------------------------------

    def identify(self, vcpu: int) -> tuple[int, int]:
        """(domain, number) of a struct vcpu; the idle domain until the place of it is known."""
        known = self._vcpus.get(vcpu)
        if known is not None:
            return known
        data = self.xen(vcpu, 80)
        if data is None:
            return IDLE_DOMAIN, 0
        number: int = struct.unpack_from("<I", data)[0]
        if self._domain_at is None:
            for at in range(8, 72, 8):
                pointer: int = struct.unpack_from("<Q", data, at)[0]
                head = self.xen(pointer, 2) if pointer >> 12 else None
                if head is not None and int.from_bytes(head, "little") == IDLE_DOMAIN:
                    self._domain_at = at
                    break
            else:
                return IDLE_DOMAIN, number
        domain = struct.unpack_from("<Q", data, self._domain_at)[0]
        head = self.xen(domain, 2)
        if head is None:
            return IDLE_DOMAIN, number
        found = int.from_bytes(head, "little"), number
        self._vcpus[vcpu] = found
        return found

    def known_vcpus(self) -> list[tuple[int, tuple[int, int]]]:
        """(struct vcpu, (domain, number)) of every vCPU that was seen."""
        return list(self._vcpus.items())

    def is_guest(self, domain: int, vcpu: int) -> bool:
        """Whether this is a vCPU of the guest that is recorded."""
        if domain >= _FIRST_RESERVED:
            return False
        if self.domain is None:
            self.domain = domain
        return domain == self.domain and vcpu < self.vcpus

    def find_runstate(self, before: int, after: int) -> None:
        """Learn where the runstate is from a switch: one waits, one runs, since the same time."""
        if self._runstate_at is not None:
            return
        waits, runs = self.xen(before, _VCPU_BYTES), self.xen(after, _VCPU_BYTES)
        if waits is None or runs is None:
            return
        fits = set()
        for at in range(0, _VCPU_BYTES - 64, 8):
            state, entry = struct.unpack_from("<IxxxxQ", waits, at)
            other, since = struct.unpack_from("<IxxxxQ", runs, at)
            if state in _STATES and other == 0 and entry == since and 1000 < entry < 1 << 50:
                fits.add(at)
        self._candidates = fits if self._candidates is None else self._candidates & fits
        if not self._candidates:
            self._candidates = None  # one of the two was being made: begin anew
        elif len(self._candidates) == 1:
            self._runstate_at = self._candidates.pop()

    def runstate(self, vcpu: int, otherwise: int) -> tuple[int, int]:
        """(state, ns since when) of a struct vcpu; `otherwise` and the last time if unknown."""
        data = None
        if self._runstate_at is not None:
            data = self.xen(vcpu + self._runstate_at, 16)
        if data is None:
            return otherwise, self.time
        state, entry = struct.unpack("<IxxxxQ", data)
        self.time = max(self.time, entry)
        return state, entry

    # -- switches and updates ---------------------------------------------------------------------

    def switch(self, cpu: int, before: int, after: int) -> None:
        """A stop at context_switch, with the addresses of both vCPUs."""
        out, out_vcpu = self.identify(before)
        into, in_vcpu = self.identify(after)
        self.find_runstate(before, after)
        self.current[cpu] = after
        out_guest = self.is_guest(out, out_vcpu)
        in_guest = self.is_guest(into, in_vcpu)
        if not (out_guest or in_guest):
            return
        self._cpu = cpu
        self.look_at_due(cpu)
        if out_guest:
            self.leaving(out_vcpu, before)
            self.switched_out(out_vcpu, before)
        if in_guest:
            self.entering(in_vcpu, after)
            self.switched_in(in_vcpu, after)

    @abstractmethod
    def leaving(self, vcpu: int, pointer: int) -> None:
        """A vCPU of the guest is about to be switched out: look at the state it has."""

    @abstractmethod
    def entering(self, vcpu: int, pointer: int) -> None:
        """A vCPU of the guest is about to be switched in: look at the state it will have."""

    def switched_out(self, vcpu: int, pointer: int) -> None:
        """The guest's vCPU is being taken off."""
        self._begun = True
        state, entry = self.runstate(pointer, 1)
        name = _STATES.get(state, "runnable")
        self._update(vcpu, "switch_out", entry, state=name)
        if state == 3 and self.OFFLINE_IS_DOWN:
            self.writer.add("vcpu_down", vcpu=vcpu, target=vcpu, t=self.time)
            self.online.discard(vcpu)

    def switched_in(self, vcpu: int, pointer: int) -> None:
        """The guest's vCPU is being put on a CPU. With the first switch of vCPU 0 the boot begins:
        a trace takes it to be on a CPU from the start.
        """
        _, entry = self.runstate(pointer, 0)
        if vcpu == 0 and not self._begun:
            self._begun = True
            self.online.add(0)
            self.ever_online.add(0)
            return
        if vcpu not in self.online:
            self.online.add(vcpu)
            self.ever_online.add(vcpu)
            if vcpu:
                self.writer.add("vcpu_up", vcpu=0, target=vcpu, t=self.time)
        self._update(vcpu, "switch_in", entry)

    def _update(self, vcpu: int, ev: str, entry: int, **members: Any) -> None:
        area = self.areas.get(vcpu)
        if area is None:
            self.writer.add(ev, vcpu=vcpu, **members, t=self.time)
            return
        writable, place = True, area.place
        if area.va is not None:
            writable, place = self.look(vcpu, area.va)
        before = self.due.get(vcpu)
        if before is not None:
            self.look_at_due(before.cpu)  # it was made, and the vCPU has moved to another CPU
        event = self.writer.add(ev, held=True, vcpu=vcpu, **members, t=self.time)
        self.updates += 1
        if writable:
            area.place = place
        else:
            place = None
        self.due[vcpu] = Due(event, entry, place, self._cpu)

    def look_at_due(self, cpu: int) -> None:
        """See whether the updates have arrived that this CPU has made since its last switch."""
        for vcpu in [vcpu for vcpu, due in self.due.items() if due.cpu == cpu]:
            due = self.due.pop(vcpu)
            area = self.areas.get(vcpu)
            # one that could not be translated must not have changed what was there before
            place = due.place if due.place is not None else area.place if area else None
            data = None if place is None else self._runstate_in_guest(place)
            if data is not None:
                wrote = data & ~_FLAG >= due.entry
                due.event["wrote"] = wrote
                if wrote:
                    self.arrived += 1
                else:
                    self.missed += 1
            self.writer.complete(due.event)

    def _runstate_in_guest(self, place: int) -> int | None:
        """state_entry_time of the area at a physical address, None over the edge of a page."""
        at = place + (8 if self.AREA_SIZE == 48 else 4)
        if (place & (PAGE - 1)) + 16 > PAGE:
            return None
        data = self.memory.read(at, 8)
        return None if data is None else int.from_bytes(data, "little")

    def pages_of(self, va: int) -> list[int]:
        """The pages that an area lies on."""
        first = va & ~(PAGE - 1)
        return [first, first + PAGE] if (va & (PAGE - 1)) + self.AREA_SIZE > PAGE else [first]

    # -- hypercalls -------------------------------------------------------------------------------

    @abstractmethod
    def physical(self, gpa: int) -> int | None:
        """The machine's address of a guest's physical one."""

    def called_vcpu_op(
        self, vcpu: int, operation: int, target: int, argument: int, address: int | None
    ) -> Call | None:
        """HYPERVISOR_vcpu_op by the guest; `address` is what the argument points to, None: nothing.

        None when the call is not one that registers.
        """
        name = OPERATIONS.get(operation)
        if name is None:
            return None
        place = None
        if operation in BY_ADDRESS and address:
            writable, found = self.look(vcpu, address)
            place = found if writable else None
        event = self.writer.add(
            "vcpu_op",
            held=True,
            vcpu=vcpu,
            op=name,
            target=target,
            addr=hex(address if address is not None else argument),
            **({} if address is not None else {"arg_fault": True}),
        )
        if target >= self.vcpus or address is None:
            return Call(event)
        if operation == REGISTER_RUNSTATE:
            return Call(event, target, Area(address, place) if address else None)
        if operation == REGISTER_RUNSTATE_PHYS:
            gone = address == (1 << 64) - 1
            return Call(event, target, None if gone else Area(None, self.physical(address)))
        return Call(event)

    def called_vm_assist(self, command: int, kind: int) -> Call | None:
        """HYPERVISOR_vm_assist by the guest, None when it is not about runstate areas."""
        if kind != VM_ASSIST_RUNSTATE or command not in (0, 1):
            return None
        name = "runstate_update_flag"
        return Call(self.writer.add("vm_assist", held=True, type=name, on=command == 0))

    def expect_return(self, address: int, call: Call) -> None:
        """Stop when the hypercall returns to Xen's caller of it."""
        if address in self.returns:
            # the first did not come back: it was continued, and this is the same one again
            self.writer.drop(self.returns.pop(address).event)
        else:
            self.stub.add_breakpoint(address, self.BREAK_SIZE)
        self.returns[address] = call

    def returned(self, address: int, value: int) -> None:
        """The hypercall has returned a value: a number of 32 bits or more, an error below 0."""
        call = self.returns.pop(address)
        event = call.event
        value &= 0xFFFF_FFFF
        signed = value - (1 << 32) if value >> 31 else value
        self.stub.remove_breakpoint(address, self.BREAK_SIZE)
        if event["ev"] == "vcpu_op":
            event["ret"] = signed
        elif signed:
            self.writer.drop(event)
            return
        self.writer.complete(event)
        if call.target is not None and not signed:
            due = self.due.pop(call.target, None)
            if due is not None:
                self.writer.complete(due.event)
            if call.area is None:
                self.areas.pop(call.target, None)
            else:
                self.areas[call.target] = call.area

    # -- the end ----------------------------------------------------------------------------------

    def size(self) -> int:
        """How much has been written, in bytes."""
        return self.writer.size

    @abstractmethod
    def header(self) -> dict[str, Any]:
        """What the header says of the architecture and the guest."""

    def lacks(self) -> tuple[str, ...]:
        """What the trace cannot tell; see docs/record.md."""
        return self.LACKS

    def finish(self) -> None:
        """What is not known by now stays unknown."""
        for due in self.due.values():
            self.writer.complete(due.event)
        self.due.clear()
        for call in self.returns.values():
            self.writer.complete(call.event)
        self.returns.clear()
