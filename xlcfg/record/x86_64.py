"""Watches a guest of Xen on x86_64: PV guests by their page tables, PVH and HVM ones by their VMCB.

Xen runs in the address space of a PV guest, so CR3 at a stop leads to the guest's tables and to
Xen's own memory alike. For the others Xen has tables of its own, and those of the guest are found
in the block that describes the virtual CPU to the hardware.
"""

from __future__ import annotations

import re
import struct
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from xlcfg.record.gdbstub import Stop
from xlcfg.record.observer import (
    BY_ADDRESS,
    OPERATIONS,
    PAGE,
    PHYS_AREA,
    REGISTER_RUNSTATE,
    Area,
    Call,
    Observer,
)
from xlcfg.record.walk import Found, walk_x86, walk_x86_legacy
from xlcfg.record.writing import Event

#: The order of the packet `g`.
_RAX, _RDX, _RSI, _RDI, _RSP, _RIP, _COUNT = 0, 3, 4, 5, 7, 16, 17
#: Numbers of registers in instructions -> in the packet.
_ENCODED = (0, 2, 3, 1, 7, 6, 4, 5, *range(8, 16))
_DIRECT_MAP, _DIRECT_END = 0xFFFF_8300_0000_0000, 0xFFFF_8800_0000_0000
_M2P = 0xFFFF_8000_0000_0000
_ENDBR64 = b"\xf3\x0f\x1e\xfa"
_STACK = 0x8000
_CR3_ADDRESS = 0x000F_FFFF_FFFF_F000
#: Callers of update_runstate_area that are parts of a switch, not another try.
_SWITCHING = ("context_switch", "_update_runstate_area")
_CALL = re.compile(rb"\xe8")
#: Xen's code is not larger.
_MOST_CODE = 16 << 20


class X86(Observer):
    """What PV, PVH and HVM guests have in common."""

    def __init__(self, *given: Any, arch: str = "x86_64", **more: Any) -> None:
        super().__init__(*given, **more)
        self._narrow = arch == "x86_32"
        if self._narrow:
            self.AREA_SIZE = 44
        self.cr3 = 0
        #: Xen's stack pointer at a switch
        self._stack = 0
        self._first: dict[int, bytes | None] = {}
        # what takes a struct vcpu, and the older ones that take a number
        names: tuple[str, ...] = ("common_vcpu_op", "do_vcpu_op")
        if self._narrow:
            # areas are registered before the part that takes a struct vcpu
            names = ("compat_vcpu_op",)
        self._common = not self._narrow and names[0] in self.symbols.addresses
        self._vcpu_op = self.symbols.find(*names)
        #: hypercalls that are not stopped at yet
        self._hypercalls: dict[int, str] = {}
        #: where `struct vcpu` keeps the registered address, once the calls are not stopped at
        self._registered_at: int | None = None

    def begin(self) -> None:
        """Set breakpoints on the switch and on the two hypercalls that matter."""
        self.points = {self.symbols.find("context_switch"): "switch"}
        self._hypercalls = {
            self._vcpu_op: "vcpu_op",
            self.symbols.find("do_vm_assist"): "vm_assist",
        }
        if self.domain == 0:
            self.points.update(self._hypercalls)
            self._hypercalls = {}
        self._cr3 = self.stub.number("cr3")
        self.stub.number("rip")
        for address in self.points:
            self.stub.add_breakpoint(address, self.BREAK_SIZE)

    def stopped(self, stop: Stop) -> None:
        """Look at a stop, and let the machine run on."""
        x, (self.cr3,) = self.stub.general_and(_COUNT, [self._cr3])
        rip = x[_RIP]
        kind = self.points.get(rip, "")
        if kind and self.repeated(stop, (rip, x[_RSP])):
            self.step(stop, (rip, x[_RSP]))
            return
        self.stops[kind or "return"] += 1
        if rip in self.returns:
            self.returned(rip, x[_RAX])
            self._watch_registrations()
        elif kind == "switch":
            self._stack = x[_RSP]
            self.switch(stop.cpu, x[_RDI], x[_RSI])
        elif kind == "retry":
            self._retried(stop.cpu, bool(x[_RAX] & 0xFF))
        elif kind == "walk":
            self.walked(x[_RDI])
        elif kind and stop.cpu in self.current:
            domain, vcpu = self.identify(self.current[stop.cpu])
            if self.is_guest(domain, vcpu):
                self._hypercall(kind, vcpu, x)
        if not kind:
            self.stub.go_on()  # the breakpoint has been removed
        elif self.hands_off or kind == "retry" or not self._skip(x):
            self.step(stop, (rip, x[_RSP]))

    def interrupted(self, place: tuple[int, int]) -> bool:
        """An interrupt puts five words on the stack and goes far away; a jump only does the one."""
        x = self.stub.general(_COUNT)
        rip, rsp = place
        return x[_RSP] <= rsp - 40 and not rip < x[_RIP] <= rip + 15

    def _skip(self, x: tuple[int, ...]) -> bool:
        """Carry out a function's first instruction for the machine, if it is one that compilers
        like to begin with: this spares a single step.
        """
        rip, rsp = x[_RIP], x[_RSP]
        if rip not in self._first:
            self._first[rip] = self.xen(rip, 4)
        code = self._first[rip]
        if code is None:
            return False
        if code == _ENDBR64:
            self.stub.write_and_go_on([(_RIP, rip + 4)])
            return True
        high = code[0] == 0x41  # REX.B: r8 to r15
        opcode = code[1] if high else code[0]
        if not 0x50 <= opcode <= 0x57:  # push
            return False
        page = self.xen_page((rsp - 8) & ~(PAGE - 1))
        value = x[_ENCODED[(opcode & 7) + 8 * high]]
        if page is None or not self.memory.write_word(page | (rsp - 8) & (PAGE - 1), value):
            return False
        self.stub.write_and_go_on([(_RSP, rsp - 8), (_RIP, rip + 1 + high)])
        return True

    # -- stops ------------------------------------------------------------------------------------

    def _watch_calls(self) -> None:
        """Stop at hypercalls: until the guest is there, dom0's need no stops."""
        for address, kind in self._hypercalls.items():
            self.points[address] = kind
            self.stub.add_breakpoint(address, self.BREAK_SIZE)
        self._hypercalls.clear()

    def leaving(self, vcpu: int, pointer: int) -> None:
        """Look at the state that the vCPU has left."""
        self._watch_calls()
        self.left(vcpu, pointer)
        self._look_at_registration(vcpu, pointer)

    def entering(self, vcpu: int, pointer: int) -> None:
        """Look at the state that the vCPU will have."""
        self._watch_calls()
        self.enters(vcpu, pointer)
        self._look_at_registration(vcpu, pointer)

    def _retried(self, cpu: int, wrote: bool) -> None:
        """Xen has tried to make up for a missed update."""
        pointer = self.current.get(cpu)
        if pointer is None:
            return
        domain, vcpu = self.identify(pointer)
        if self.is_guest(domain, vcpu) and vcpu in self.areas:
            self.retried(vcpu, wrote)

    def watch_retries(self) -> bool:
        """Stop behind each call of update_runstate_area that is not part of a switch; whether
        there are any. Xen must be running, for its code is read where it runs.
        """
        code = [one.address for one in self.symbols.all if one.kind in "tT"]
        first = min(code)
        size = min(max(code) - first, _MOST_CODE)
        target = self.symbols.find("update_runstate_area")
        found = False
        for page in range(first & ~(PAGE - 1), first + size, PAGE):
            # with the first bytes of the next page, for a call that lies on both
            data = self.xen(page, PAGE + 4) or self.xen(page, PAGE)
            for hit in _CALL.finditer(data or b"", 0, PAGE):
                at = hit.start()
                if at + 5 > len(data or b""):
                    break
                distance: int = struct.unpack_from("<i", data or b"", at + 1)[0]
                back = page + at + 5
                if back + distance == target and self.symbols.function(back) not in _SWITCHING:
                    self.points[back] = "retry"
                    self.stub.add_breakpoint(back, self.BREAK_SIZE)
                    found = True
        return found

    def _watch_registrations(self) -> None:
        """Once every vCPU has an area, look at where Xen keeps it instead of stopping at vcpu_op:
        PV guests set their timers by it, thousands of times a boot.
        """
        areas = {v: a.va for v, a in self.areas.items() if a.va is not None}
        if self._registered_at is not None or len(areas) < self.vcpus:
            return
        fits: set[int] | None = None
        for pointer, (domain, vcpu) in self.known_vcpus():
            if domain != self.domain or vcpu not in areas:
                continue
            data = self.xen(pointer, PAGE)
            words = struct.unpack("<512Q", data) if data is not None else ()
            here = {8 * n for n, word in enumerate(words) if word == areas[vcpu]}
            fits = here if fits is None else fits & here
        if fits and len(fits) == 1:
            self._registered_at = fits.pop()
            self.stub.remove_breakpoint(self._vcpu_op, self.BREAK_SIZE)
            del self.points[self._vcpu_op]

    def _look_at_registration(self, vcpu: int, pointer: int) -> None:
        """Tell of an area that has been registered anew since the last look."""
        if self._registered_at is None:
            return
        area = self.areas.get(vcpu)
        va = self.xen_word(pointer + self._registered_at)
        if va is None or va == (area.va if area else 0):
            return
        self.writer.add("note", text=f"vCPU {vcpu}: the next call was made since its last switch")
        name = OPERATIONS[REGISTER_RUNSTATE]
        self.writer.add("vcpu_op", vcpu=vcpu, op=name, target=vcpu, addr=hex(va))
        if va:
            self.areas[vcpu] = Area(va, None)
        else:
            self.areas.pop(vcpu, None)

    def _hypercall(self, kind: str, vcpu: int, x: tuple[int, ...]) -> None:
        call: Call | None
        if kind == "vm_assist":
            call = self.called_vm_assist(x[_RDI] & 0xFFFF_FFFF, x[_RSI] & 0xFFFF_FFFF)
        else:
            target = self.identify(x[_RSI])[1] if self._common else x[_RSI] & 4294967295
            self.calling(vcpu)
            address = self.argument(vcpu, x[_RDX])
            operation = x[_RDI] & 0xFFFF_FFFF
            if self._narrow and address is not None and operation in BY_ADDRESS:
                address &= 0xFFFF_FFFF
            call = self.called_vcpu_op(vcpu, operation, target, x[_RDX], address)
        back = self.xen_word(x[_RSP])
        if call is None:
            return
        if back is None:
            self.writer.complete(call.event)
        else:
            self.expect_return(back, call)

    def xen_page(self, va: int) -> int | None:
        """Xen's memory: the map of all memory, or through the live CR3, which maps Xen always."""
        if _DIRECT_MAP <= va < _DIRECT_END:
            return va - _DIRECT_MAP
        return walk_x86(self.memory.word, va, self.cr3).address

    # -- what kinds of guests differ in -----------------------------------------------------------

    @abstractmethod
    def left(self, vcpu: int, pointer: int) -> None:
        """A vCPU is about to be switched out."""

    @abstractmethod
    def enters(self, vcpu: int, pointer: int) -> None:
        """A vCPU is about to be switched in."""

    @abstractmethod
    def calling(self, vcpu: int) -> None:
        """A vCPU makes a hypercall, which is done in the kernel."""

    @abstractmethod
    def argument(self, vcpu: int, at: int) -> int | None:
        """The 64-bit number that a hypercall's argument points to."""

    def retried(self, vcpu: int, wrote: bool) -> None:
        """Xen has tried to make up for a missed update."""

    def walked(self, pointer: int) -> None:
        """Xen is about to walk the page tables of a struct vcpu."""

    def header(self) -> dict[str, Any]:
        """What the header says of the architecture."""
        return {
            "arch": "x86_32" if self._narrow else "x86_64",
            "phys_area": PHYS_AREA in self.symbols.addresses,
            "va_bits": 32 if self._narrow else 48,
            "runstate_size": self.AREA_SIZE,
        }


class Pv(X86):
    """A 64-bit PV guest: two sets of page tables, one for the kernel and one for user mode."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        #: whether another try at an update is seen
        self._watches: bool | None = None
        self._mode: dict[int, str] = {}
        self._tables: dict[int, int] = {}
        self._tables_at: set[int] | None = None
        self._m2p_pages: dict[int, int] = {}
        self._kernel_tables: set[int] = set()
        self._mapped: dict[tuple[int, int, str], int | None] = {}

    def left(self, vcpu: int, pointer: int) -> None:
        """Note the tables it runs on, and whether it was in user mode."""
        if self._watches is None:
            self._watches = self.watch_retries()
        root = self.cr3 & _CR3_ADDRESS
        self._find_tables(pointer, root)
        self._tables[vcpu] = root
        rip = self._interrupted_at(pointer)
        self._set_mode(vcpu, "kernel" if rip is None or rip >> 63 else "user")

    def enters(self, vcpu: int, pointer: int) -> None:
        """A vCPU that has not run yet: its tables are where those of others were found."""
        if vcpu in self._tables:
            return
        root = self.cr3 & _CR3_ADDRESS
        if self._tables_at is not None and len(self._tables_at) == 1:
            known = self.xen_word(pointer + next(iter(self._tables_at)))
            if known:
                root = known & _CR3_ADDRESS
        self._tables[vcpu] = root

    def _find_tables(self, pointer: int, root: int) -> None:
        """Learn where `struct vcpu` keeps CR3: what is equal to it at every switch."""
        if self._tables_at is not None and len(self._tables_at) == 1:
            return
        data = self.xen(pointer & ~(PAGE - 1), PAGE) if not pointer & (PAGE - 1) else None
        if data is None:
            return
        words = struct.unpack("<512Q", data)
        fits = {8 * n for n, word in enumerate(words) if word & _CR3_ADDRESS == root}
        self._tables_at = fits if self._tables_at is None else self._tables_at & fits or None

    def _interrupted_at(self, pointer: int) -> int | None:
        """The guest's RIP, from the registers that Xen keeps at the top of its stack."""
        top = (self._stack | (_STACK - 1)) + 1
        data = self.xen(top - 512, 512)
        if data is None:
            return None
        for at in range(504, 200, -8):
            # struct cpu_info: the guest's registers, a number, and then the current vCPU
            if struct.unpack_from("<Q", data, at)[0] == pointer:
                found: int = struct.unpack_from("<Q", data, at - 80)[0]
                return found
        return None

    def _set_mode(self, vcpu: int, mode: str) -> None:
        if self._mode.get(vcpu, "kernel") != mode:
            self.writer.add("mode", vcpu=vcpu, mode=mode)
        self._mode[vcpu] = mode

    def calling(self, vcpu: int) -> None:
        """Hypercalls are made in the kernel."""
        self._tables[vcpu] = self.cr3 & _CR3_ADDRESS
        self._set_mode(vcpu, "kernel")

    def argument(self, vcpu: int, at: int) -> int | None:  # noqa: ARG002
        """Xen runs on the guest's own tables."""
        data = self.xen(at, 8)
        return None if data is None else int.from_bytes(data, "little")

    def retried(self, vcpu: int, wrote: bool) -> None:
        """On the way back to the kernel's tables, of a vCPU that missed an update in user mode."""
        area = self.areas[vcpu]
        if self._mode.get(vcpu) != "user" or area.va is None:
            return
        self._tables[vcpu] = self.cr3 & _CR3_ADDRESS
        self._mode[vcpu] = "kernel"
        writable, place = self.look(vcpu, area.va)
        if writable:
            area.place = place
        self.writer.add("mode", vcpu=vcpu, mode="kernel", retry=wrote)

    def look(self, vcpu: int, va: int) -> tuple[bool, int | None]:
        """Walk the tables of the mode it is in; what has changed is told as a `sample`."""
        root = self._tables.get(vcpu, self.cr3)
        mode = self._mode.get(vcpu, "kernel")
        first: int | None = None
        writable = True
        for number, page in enumerate(self.pages_of(va)):
            found = walk_x86(self.memory.word, page, root)
            usable = None if found.read_only else found.address
            gpa = None if usable is None else self._pseudo_physical(usable, root)
            key = (vcpu, page, mode)
            if self._mapped.get(key, 0) != gpa:
                self._mapped[key] = gpa
                where = None if gpa is None else hex(gpa)
                self.writer.add("sample", vcpu=vcpu, va=hex(page), gpa=where, mode=mode)
            if usable is None:
                writable = False
            elif number == 0:
                first = usable | (va & (PAGE - 1))
        return writable, first if writable else None

    def physical(self, gpa: int) -> int | None:  # noqa: ARG002
        """PV guests register no physical addresses that could be followed from here."""
        return None

    def _pseudo_physical(self, machine: int, root: int) -> int:
        """A machine's address as the guest numbers it, by Xen's table; itself where it is none."""
        va = _M2P + 8 * (machine >> 12)
        page = va & ~(PAGE - 1)
        if page not in self._m2p_pages:
            # the tables of user mode lack it
            for tables in (root, *self._kernel_tables):
                found = walk_x86(self.memory.word, page, tables).address
                if found is not None:
                    self._m2p_pages[page] = found
                    self._kernel_tables.add(tables)
                    break
            else:
                return machine
        frame = self.memory.word(self._m2p_pages[page] | (va & (PAGE - 1)))
        if frame is None or frame >> 40:
            return machine
        return frame << 12 | (machine & (PAGE - 1))

    def lacks(self) -> tuple[str, ...]:
        """Also what Xen makes up for, where the place in its code was not found."""
        return super().lacks() if self._watches else (*super().lacks(), "retries")

    def header(self) -> dict[str, Any]:
        """A PV guest."""
        return {**super().header(), "guest": "pv"}


# -- PVH and HVM ----------------------------------------------------------------------------------

#: Offsets in AMD's virtual machine control block.
_VMCB_NCR3, _VMCB_EFER, _VMCB_CR4, _VMCB_CR3, _VMCB_CR0 = 0xB0, 0x4D0, 0x548, 0x550, 0x558
_SVME, _LMA = 1 << 12, 1 << 10
_PAGING, _PAE = 1 << 31, 1 << 5
_ACCESSED = 1 << 5


class Hvm(X86):
    """A PVH or HVM guest on AMD's extension, which QEMU emulates: its state is in its VMCB."""

    OFFLINE_IS_DOWN = False
    LACKS = (*X86.LACKS, "vcpu-down")

    def __init__(self, *given: Any, kind: str = "pvh", **more: Any) -> None:
        super().__init__(*given, **more)
        self.kind = kind
        self._blocks: dict[int, int] = {}
        self._pointers: dict[int, int] = {}
        self._stage2: dict[int, int | None] = {}
        self._spaces: dict[int, int] = {}
        self._space: dict[int, int] = {}
        self._mmu: dict[int, bool] = {}
        self._mapped: dict[tuple[int, int], int | None] = {}
        self._ncr3 = 0

    def begin(self) -> None:
        """Also stop where Xen walks the tables of 32-bit guests."""
        super().begin()
        if self._narrow:
            self._hypercalls[self.symbols.find("guest_walk_tables_3_levels")] = "walk"

    def walked(self, pointer: int) -> None:
        """Take back a bit that QEMU sets in the four entries at the top of tables with PAE, where
        no CPU does. Xen finds it reserved, and would not read the instruction that the guest has
        exited at: it would be carried out for ever.
        """
        block = self._block(pointer)
        if block is None:
            return
        read = self.memory.word
        root = (read(block + _VMCB_CR3) or 0) & 0xFFFF_FFE0
        tables = walk_x86(read, root & ~(PAGE - 1), read(block + _VMCB_NCR3) or 0).address
        if tables is None:
            return
        for place in range(tables | root & (PAGE - 1), (tables | root & (PAGE - 1)) + 32, 8):
            entry = read(place) or 0
            if entry & 1:
                self.memory.write_word(place, entry & ~_ACCESSED)

    def left(self, vcpu: int, pointer: int) -> None:
        """Note which block is its; tell what has changed of its state."""
        self._set_state(vcpu, pointer)

    def enters(self, vcpu: int, pointer: int) -> None:
        """The block holds what it will run with."""
        self._set_state(vcpu, pointer)

    def calling(self, vcpu: int) -> None:
        """The block holds what it has exited with."""
        if vcpu in self._pointers:
            self._set_state(vcpu, self._pointers[vcpu])
        else:
            for pointer in self.current.values():
                if self.identify(pointer)[1] == vcpu:
                    self._set_state(vcpu, pointer)

    def argument(self, vcpu: int, at: int) -> int | None:
        """Through both stages."""
        found = self._walk(vcpu, at)
        machine = None if found.address is None else self.physical(found.address)
        return None if machine is None else self.memory.word(machine)

    def _block(self, pointer: int) -> int | None:
        """The machine's address of a vCPU's VMCB: what `struct vcpu` points to that looks so."""
        known = self._blocks.get(pointer)
        if known is not None:
            return known
        data = self.xen(pointer, PAGE)
        if data is None:
            return None
        for address in self._candidate_pages(struct.unpack("<512Q", data)):
            ncr3 = self.memory.word(address + _VMCB_NCR3)
            efer = self.memory.word(address + _VMCB_EFER)
            cr0 = self.memory.word(address + _VMCB_CR0)
            if ncr3 is None or efer is None or cr0 is None:
                continue
            if ncr3 and not ncr3 & 0xFFF and efer & _SVME and not efer >> 16 and cr0 & 0x10:
                self._blocks[pointer] = address
                return address
        return None

    @staticmethod
    def _candidate_pages(words: Iterable[int]) -> Iterable[int]:
        for word in words:
            if _DIRECT_MAP < word < _DIRECT_END and not word & (PAGE - 1):
                yield word - _DIRECT_MAP

    def _set_state(self, vcpu: int, pointer: int) -> None:
        self._pointers[vcpu] = pointer
        block = self._block(pointer)
        if block is None:
            return
        read = self.memory.word
        self._ncr3 = read(block + _VMCB_NCR3) or 0
        self._stage2.clear()
        cr0, cr3 = read(block + _VMCB_CR0) or 0, read(block + _VMCB_CR3) or 0
        on = bool(cr0 & _PAGING)
        if self._mmu.get(vcpu, True) != on:
            self.writer.add("mmu", vcpu=vcpu, on=on)
        elif vcpu not in self._mmu and vcpu == 0:
            self.writer.add("mmu", vcpu=vcpu, on=False)
            self.writer.add("mmu", vcpu=vcpu, on=True)
        self._mmu[vcpu] = on
        if not on:
            return
        root = cr3 & (0xFFFF_FFE0 if self._narrow else _CR3_ADDRESS)
        if root not in self._spaces:
            self._spaces[root] = len(self._spaces)
        if self._space.get(vcpu) != root:
            self._space[vcpu] = root
            self.writer.add("use_space", vcpu=vcpu, space=self._spaces[root])

    def physical(self, gpa: int) -> int | None:
        """The second stage: nested page tables have the form of the first."""
        page = gpa & ~(PAGE - 1)
        if page not in self._stage2:
            self._stage2[page] = walk_x86(self.memory.word, page, self._ncr3).address
        found = self._stage2[page]
        return None if found is None else found | (gpa & (PAGE - 1))

    def _walk(self, vcpu: int, va: int) -> Found:
        block = self._block(self._pointers.get(vcpu, 0))
        if block is None:
            return Found(None, "no-block")
        read = self.memory.word
        if not (read(block + _VMCB_CR0) or 0) & _PAGING:
            return Found(va, "paging-off")
        cr3 = read(block + _VMCB_CR3) or 0
        if (read(block + _VMCB_EFER) or 0) & _LMA:
            return walk_x86(read, va, cr3, self.physical)
        pae = bool((read(block + _VMCB_CR4) or 0) & _PAE)
        return walk_x86_legacy(read, va, cr3, pae, self.physical)

    def look(self, vcpu: int, va: int) -> tuple[bool, int | None]:
        """Walk both stages for an area; what has changed since is told as `map` and `unmap`."""
        first: int | None = None
        writable = True
        for number, page in enumerate(self.pages_of(va)):
            found = self._walk(vcpu, page)
            if self._mmu.get(vcpu) and vcpu in self._space:
                self._tell(vcpu, page, found)
            machine = None if found.address is None else self.physical(found.address)
            if machine is None or found.read_only:
                writable = False
            elif number == 0:
                first = machine | (va & (PAGE - 1))
        return writable, first if writable else None

    def _tell(self, vcpu: int, page: int, found: Found) -> None:
        root = self._space[vcpu]
        now = None if found.address is None else found.address | found.read_only << 62
        if self._mapped.get((root, page)) == now:
            return
        self._mapped[root, page] = now
        where: Event = {"vcpu": vcpu, "space": self._spaces[root], "va": hex(page)}
        if found.address is None:
            self.writer.add("unmap", **where)
        else:
            only: Event = {"ro": True} if found.read_only else {}
            self.writer.add("map", **where, gpa=hex(found.address), **only)

    def header(self) -> dict[str, Any]:
        """A PVH or HVM guest."""
        return {**super().header(), "guest": self.kind}
