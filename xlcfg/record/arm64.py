"""Watches a guest of Xen on arm64: switches, registrations, and both stages of translation.

The guest may be one of 32 bits, whose registers are the same ones with another meaning.
"""

from __future__ import annotations

import struct
from typing import Any

from xlcfg.record.gdbstub import Stop
from xlcfg.record.observer import BY_ADDRESS, PAGE, PHYS_AREA, Call, Observer
from xlcfg.record.walk import Found, walk_arm, walk_arm_short
from xlcfg.record.writing import Event

_PC, _SP, _LR, _COUNT = 32, 31, 30, 33
_ROOT = 0xFFFF_FFFF_FFFE
_GRANULE_LOW = {0: 12, 2: 14, 1: 16}
_GRANULE_HIGH = {1: 14, 2: 12, 3: 16}
_NARROW_ROOT = 0xFF_FFFF_FFE0
_READ_ONLY = 1 << 62
_MASK = (1 << 64) - 1


class Guest:
    """The registers that decide how a vCPU's addresses translate."""

    __slots__ = ("low", "mmu", "tcr", "top")

    def __init__(self, low: int, top: int, tcr: int, sctlr: int) -> None:
        self.low = low
        self.top = top
        self.tcr = tcr
        self.mmu = bool(sctlr & 1)


def _which_narrow(guest: Guest, va: int) -> tuple[bool, int]:
    """Whether an address of 32 bits translates by the upper root, and how many of its bits do: 0
    for one that neither root has.
    """
    va &= 0xFFFF_FFFF
    low, top = guest.tcr & 7, guest.tcr >> 16 & 7
    if not guest.tcr >> 31 & 1:
        # the short form: the lower root has what begins with this many zeros
        upper = bool(low and va >> (32 - low))
        return upper, 32 if upper else 32 - low
    if not low or not va >> (32 - low):
        if not top or va >> (32 - top) != (1 << top) - 1:
            return False, 32 - low
        return True, 32 - top
    if not top or va >> (32 - top) == (1 << top) - 1:
        return True, 32 - top
    return False, 0


class Arm64(Observer):
    """An observer for `qemu-system-aarch64`."""

    BREAK_SIZE = 4

    def __init__(self, *given: Any, image: bytes, arch: str = "arm64", **more: Any) -> None:
        super().__init__(*given, **more)
        self._narrow = arch == "arm32"
        self._image = image
        self._pages: dict[int, int] = {}
        self._stage2: dict[int, int | None] = {}
        self._xen_root: int | None = None
        self._vttbr = self._vtcr = 0
        self._guests: dict[int, Guest] = {}
        #: root of stage 1 -> number of the address space
        self._spaces: dict[int, int] = {}
        self._space: dict[int, int] = {}
        self._mmu: dict[int, bool] = {}
        #: (root, page) -> what the trace says of it
        self._mapped: dict[tuple[int, int], int | None] = {}
        self._unbacked: set[int] = set()
        #: breakpoint -> the move between registers that is there: (to, from, the bits)
        self._moves: dict[int, tuple[int, int, int]] = {}
        self._vcpu = 0

    def begin(self) -> None:
        """Set breakpoints on the switch and on the two hypercalls that matter."""
        find = self.symbols.find
        wanted = {
            find("context_switch"): "switch",
            find("do_arm_vcpu_op", "do_vcpu_op"): "vcpu_op",
            find("do_vm_assist"): "vm_assist",
        }
        for function, kind in wanted.items():
            where, move = self._stand(function)
            self.points[where] = kind
            if move is not None:
                self._moves[where] = move
        number = self.stub.number
        self._live = [
            number("TTBR0_EL1"),
            number("TTBR1_EL1"),
            number("TCR_EL1"),
            number("SCTLR", "SCTLR_EL1"),  # the name has changed with QEMU 8
            number("VTTBR_EL2"),
            number("VTCR_EL2"),
        ]
        self._ttbr0_el2 = number("TTBR0_EL2")
        for address in self.points:
            self.stub.add_breakpoint(address, self.BREAK_SIZE)

    def _stand(self, function: int) -> tuple[int, tuple[int, int, int] | None]:
        """Where to stop in a function: on a `mov` between registers, if one comes soon.

        That can be carried out for the machine by writing a register, which spares a single step
        at every stop. Returns its address and (to, from, the bits that are moved).
        """
        start = self.symbols.find("_start")
        for number in range(0 if self.hands_off else 6):
            at = function - start + 4 * number
            if not 0 <= at <= len(self._image) - 4:
                break
            word: int = struct.unpack_from("<I", self._image, at)[0]
            if word & 0x7FE0_FFE0 == 0x2A00_03E0:
                # of 64 bits, or of 32 with zeros above
                return function + 4 * number, (
                    word & 31,
                    word >> 16 & 31,
                    _MASK if word >> 31 else _MASK >> 32,
                )
            if word >> 26 in (0x05, 0x25) or word >> 24 in (0x54, 0x34, 0x35, 0xB4, 0xB5):
                break  # it branches, and what follows may not be reached
        return function, None

    # -- stops ------------------------------------------------------------------------------------

    def stopped(self, stop: Stop) -> None:
        """Look at a stop, and let the machine run on."""
        x = self.stub.general(_COUNT)
        pc = x[_PC]
        kind = self.points.get(pc, "")
        if kind and self.repeated(stop, (pc, x[_SP])):
            self.step(stop, (pc, x[_SP]))
            return
        self.stops[kind or "return"] += 1
        if pc in self.returns:
            self.returned(pc, x[0])
        elif kind == "switch":
            if self._xen_root is None:
                self._xen_root = self.stub.registers([self._ttbr0_el2])[0] & _ROOT
            self.switch(stop.cpu, x[0], x[1])
        elif kind and stop.cpu in self.current:
            domain, vcpu = self.identify(self.current[stop.cpu])
            if self.is_guest(domain, vcpu):
                call = self._hypercall(kind, vcpu, x)
                if call is not None:
                    self.expect_return(x[_LR], call)
        move = self._moves.get(pc)
        if not kind:
            self.stub.go_on()  # the breakpoint has been removed
        elif move is not None:
            to, source, mask = move
            self.stub.write_and_go_on([(to, x[source] & mask), (_PC, pc + 4)])
        else:
            self.step(stop, (pc, x[_SP]))

    def interrupted(self, place: tuple[int, int]) -> bool:
        """No function begins with a branch."""
        return self.stub.general(_COUNT)[_PC] != place[0] + 4

    def leaving(self, vcpu: int, pointer: int) -> None:  # noqa: ARG002
        """Its registers are those of the CPU."""
        self._read_guest(vcpu)

    def switched_out(self, vcpu: int, pointer: int) -> None:
        """One that has been switched off begins anew."""
        was_online = vcpu in self.online
        super().switched_out(vcpu, pointer)
        if was_online and vcpu not in self.online:
            self._guests.pop(vcpu, None)

    def entering(self, vcpu: int, pointer: int) -> None:  # noqa: ARG002
        """One that has not run yet: its registers are those of a CPU that was switched on."""
        if vcpu not in self._guests:
            self._set_state(vcpu, Guest(0, 0, 0, 0))

    def _hypercall(self, kind: str, vcpu: int, x: tuple[int, ...]) -> Call | None:
        if kind == "vm_assist":
            return self.called_vm_assist(x[0] & 0xFFFF_FFFF, x[1] & 0xFFFF_FFFF)
        self._read_guest(vcpu)
        place = self._walk(self._guests[vcpu], x[2]).address
        machine = None if place is None else self.physical(place)
        address = None if machine is None else self.memory.word(machine)
        if self._narrow and address is not None and x[0] & 0xFFFF_FFFF in BY_ADDRESS:
            address &= 0xFFFF_FFFF
        return self.called_vcpu_op(vcpu, x[0] & 0xFFFF_FFFF, x[1] & 0xFFFF_FFFF, x[2], address)

    # -- translation ------------------------------------------------------------------------------

    def xen_page(self, va: int) -> int | None:
        """Xen's own tables hang off TTBR0_EL2 and map the same everywhere."""
        found = self._pages.get(va)
        if found is None and self._xen_root is not None:
            walked = walk_arm(self.memory.word, va, self._xen_root, 48)
            if walked.address is None:
                return None
            found = self._pages[va] = walked.address
        return found

    def physical(self, gpa: int) -> int | None:
        """Stage 2 of the guest that was looked at last."""
        page = gpa & ~(PAGE - 1)
        if page not in self._stage2:
            bits = 64 - (self._vtcr & 63)
            walked = walk_arm(
                self.memory.word,
                page,
                self._vttbr & _ROOT,
                bits,
                level=2 - (self._vtcr >> 6 & 3),
                stage2=True,
            )
            self._stage2[page] = walked.address
        found = self._stage2[page]
        return None if found is None else found | (gpa & (PAGE - 1))

    def _walk(self, guest: Guest, va: int) -> Found:
        """Stage 1 of a vCPU."""
        if not guest.mmu:
            return Found(va, "mmu-off")
        if self._narrow:
            return self._walk_narrow(guest, va)
        high = va >> 55 & 1
        if guest.tcr >> (23 if high else 7) & 1:
            return Found(None, "walks-disabled")
        size = (guest.tcr >> 16 if high else guest.tcr) & 63
        kind = (guest.tcr >> 30 if high else guest.tcr >> 14) & 3
        granule = (_GRANULE_HIGH if high else _GRANULE_LOW).get(kind)
        root = (guest.top if high else guest.low) & _ROOT
        if granule is None:
            return Found(None, "no-such-granule")
        return walk_arm(self.memory.word, va, root, 64 - size, granule, self.physical)

    def _walk_narrow(self, guest: Guest, va: int) -> Found:
        """Stage 1 of a guest of 32 bits, by either form of its tables."""
        top, bits = _which_narrow(guest, va)
        if guest.tcr >> (23 if top else 7) & 1 and guest.tcr >> 31 & 1:
            return Found(None, "walks-disabled")
        root = guest.top if top else guest.low
        if not guest.tcr >> 31 & 1:
            return walk_arm_short(self.memory.word, va, root, bits, self.physical)
        if not bits:
            return Found(None, "between-both-roots")
        return walk_arm(self.memory.word, va, root & _NARROW_ROOT, bits, 12, self.physical)

    def _root(self, guest: Guest) -> int:
        """The root of the tables that the kernel's addresses translate by."""
        if not self._narrow:
            return guest.top & _ROOT
        return (guest.top if _which_narrow(guest, _MASK & ~7)[0] else guest.low) & _NARROW_ROOT

    def _read_guest(self, vcpu: int) -> None:
        """The registers of the vCPU that is on the CPU; tells the trace what has changed."""
        low, top, tcr, sctlr, self._vttbr, self._vtcr = self.stub.registers(self._live)
        self._stage2.clear()
        self._set_state(vcpu, Guest(low, top, tcr, sctlr))

    def _set_state(self, vcpu: int, guest: Guest) -> None:
        self._guests[vcpu] = guest
        if self._mmu.get(vcpu, True) != guest.mmu:
            self.writer.add("mmu", vcpu=vcpu, on=guest.mmu)
        elif vcpu not in self._mmu and vcpu == 0:
            # the boot vCPU ran unseen since the guest began, with translation off
            self.writer.add("mmu", vcpu=vcpu, on=False)
            self.writer.add("mmu", vcpu=vcpu, on=True)
        self._mmu[vcpu] = guest.mmu
        if not guest.mmu:
            return
        root = self._root(guest)
        if root not in self._spaces:
            number = self._spaces[root] = len(self._spaces)
            text = f"space {number} is what the tables of the kernel lead to at {root:#x}"
            self.writer.add("note", text=text)
        if self._space.get(vcpu) != root:
            self._space[vcpu] = root
            self.writer.add("use_space", vcpu=vcpu, space=self._spaces[root])

    def look(self, vcpu: int, va: int) -> tuple[bool, int | None]:
        """Walk both stages for an area; what has changed since is told as `map` and `unmap`."""
        guest = self._guests[vcpu]
        first: int | None = None
        writable = True
        for number, page in enumerate(self.pages_of(va)):
            found = self._walk(guest, page)
            if guest.mmu:
                self._tell(vcpu, self._root(guest), page, found)
            machine = None if found.address is None else self.physical(found.address)
            if found.address is not None:
                self._tell_backing(found.address & ~(PAGE - 1), machine is not None)
            if machine is None or found.read_only:
                writable = False
            elif number == 0:
                first = machine | (va & (PAGE - 1))
        return writable, first if writable else None

    def _tell(self, vcpu: int, root: int, page: int, found: Found) -> None:
        now = None if found.address is None else found.address | found.read_only * _READ_ONLY
        key = (root, page)
        if self._mapped.get(key) == now:
            return
        self._mapped[key] = now
        where: Event = {"vcpu": vcpu, "space": self._spaces[root], "va": hex(page)}
        if found.address is None:
            self.writer.add("unmap", **where)
        else:
            only: Event = {"ro": True} if found.read_only else {}
            self.writer.add("map", **where, gpa=hex(found.address), **only)

    def _tell_backing(self, gpa: int, backed: bool) -> None:
        """A frame that the guest has given back, or got again, since it was looked at."""
        if backed == (gpa not in self._unbacked):
            return
        if backed:
            self._unbacked.discard(gpa)
            self.writer.add("p2m_add", gpa=hex(gpa), pages=1, same_page=False)
        else:
            self._unbacked.add(gpa)
            self.writer.add("p2m_remove", gpa=hex(gpa), pages=1)

    # -- the end ----------------------------------------------------------------------------------

    def header(self) -> dict[str, Any]:
        """What the header says of the architecture and the guest."""
        return {
            "arch": "arm32" if self._narrow else "arm64",
            "guest": "pvh",
            "phys_area": PHYS_AREA in self.symbols.addresses,
            "va_bits": 32 if self._narrow else 48,
            "runstate_size": 48,
        }
