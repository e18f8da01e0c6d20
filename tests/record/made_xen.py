"""A made machine with a Xen in it, as far as observers look: vCPUs, runstates, page tables."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, ClassVar

from record_help import PAGE, MadeMemory, QuietStub, image_with_symbols, many_symbols
from xlcfg.record.arm64 import Arm64
from xlcfg.record.gdbstub import Stop
from xlcfg.record.observer import IDLE_DOMAIN
from xlcfg.record.symbols import read_symbols
from xlcfg.record.writing import Writer
from xlcfg.record.x86_64 import Hvm, Pv

RUNNING, RUNNABLE, BLOCKED, OFFLINE = range(4)
DOMAIN_AT, RUNSTATE_AT, CR3_AT, HANDLE_AT, BLOCK_AT = 16, 216, 600, 640, 704

HEADER = {"vcpus": 2, "policy": "update", "hypervisor": "made", "trace": "xlcfg-boot-trace"}


class Vcpu:
    """A made struct vcpu at a virtual address of Xen."""

    def __init__(self, xen: MadeXen, domain: int, number: int) -> None:
        self.xen = xen
        self.number = number
        self.va, self.pa = xen.xen_page()
        memory = xen.memory
        memory.write(self.pa, struct.pack("<I", number))
        memory.write_word(self.pa + DOMAIN_AT, xen.domains[domain])
        self.entry = 0
        self.area: int | None = None

    def runstate(self, state: int, time: int) -> None:
        self.entry = time
        data = struct.pack("<IIQ", state, 0, time)
        self.xen.memory.write(self.pa + RUNSTATE_AT, data)

    def write_area(self, place: int) -> None:
        """What Xen does in an update that arrives."""
        data = self.xen.memory.read(self.pa + RUNSTATE_AT, 16)
        assert data is not None
        self.xen.memory.write(place, data)


class MadeXen:
    """What arm64 and x86_64 have in common."""

    OBSERVER: type = Arm64
    FUNCTIONS: ClassVar[dict[str, int]] = {}
    REGISTERS: ClassVar[dict[str, int]] = {}

    def __init__(self, folder: Path, hands_off: bool = False, **more: Any) -> None:
        self.memory = MadeMemory()
        self.root = self.memory.page()
        self.stub = QuietStub(self.REGISTERS)
        self.next_va = self.XEN
        self.path = folder / "t.jsonl"
        listed = many_symbols(self.FUNCTIONS["_start"], self.FUNCTIONS)
        self.symbols = read_symbols(self.image(listed))
        self.writer = Writer(self.path)
        self.domains: dict[int, int] = {}
        for domain in (IDLE_DOMAIN, 0, 1):
            va, pa = self.xen_page()
            self.memory.write(pa, struct.pack("<H", domain))
            self.domains[domain] = va
        self.prepare()
        given = (self.stub, self.memory, self.symbols, self.writer, 2)
        self.observer = self.OBSERVER(*given, **more, **self.extra())
        self.observer.hands_off = hands_off
        self.observer.begin()
        self.idle = Vcpu(self, IDLE_DOMAIN, 0)
        self.vcpus = [Vcpu(self, 0, 0), Vcpu(self, 0, 1)]
        self.time = 10_000

    XEN = 0

    def image(self, listed: list[tuple[int, str]]) -> bytes:
        return image_with_symbols(listed)

    def prepare(self) -> None:
        """What a guest has."""

    def extra(self) -> dict[str, Any]:
        return {}

    def xen_page(self) -> tuple[int, int]:
        raise NotImplementedError

    def stop_at(self, function: str, *arguments: int) -> None:
        raise NotImplementedError

    def switch(self, out: Vcpu, into: Vcpu, state: int = RUNNABLE) -> None:
        """Xen schedules: runstates first, then context_switch(out, into)."""
        self.time += 1000
        out.runstate(state, self.time)
        into.runstate(RUNNING, self.time)
        self.stop_at("context_switch", out.va, into.va)

    def stopped(self) -> None:
        self.observer.stopped(Stop("p01.01", 0))

    def finish(self) -> list[dict[str, Any]]:
        """The events of the trace."""
        import json

        self.observer.finish()
        self.writer.finish({**HEADER, "version": 1, **self.observer.header()}, [])
        return [json.loads(line) for line in self.path.read_text().splitlines()][1:]


class MadeArm(MadeXen):
    """Xen on arm64, with a guest whose addresses Xen maps one to one."""

    XEN = 0xA000_1000_0000
    OBSERVER = Arm64
    FUNCTIONS: ClassVar[dict[str, int]] = {
        "_start": 0xA000_0020_0000,
        "context_switch": 0xA000_0020_1000,
        "do_vcpu_op": 0xA000_0020_2000,
        "do_vm_assist": 0xA000_0020_3000,
    }
    REGISTERS: ClassVar[dict[str, int]] = {
        "TTBR0_EL1": 40, "TTBR1_EL1": 41, "TCR_EL1": 42, "SCTLR": 43,
        "VTTBR_EL2": 44, "VTCR_EL2": 45, "TTBR0_EL2": 46,
    }  # fmt: skip

    def image(self, listed: list[tuple[int, str]]) -> bytes:
        lead = bytearray(0x1100)
        # stp; then mov x20, x0: the recorder stands on the second
        lead[0x1000:0x1008] = struct.pack("<II", 0xA9BB_7BFD, 0xAA00_03F4)
        self.code = bytes(lead)
        return image_with_symbols(listed, lead=self.code)

    def extra(self) -> dict[str, Any]:
        return {"image": self.code}

    def xen_page(self) -> tuple[int, int]:
        self.next_va += PAGE
        pa = self.memory.page()
        self.memory.map_arm(self.root, self.next_va, pa)
        return self.next_va, pa

    def prepare(self) -> None:
        memory = self.memory
        self.stage2 = memory.page()
        self.top = self.guest_page()
        self.stub.values = {
            40: 0, 41: self.top, 42: 2 << 30 | 16 << 16 | 16, 43: 1,
            44: self.stage2, 45: 1 << 6 | 25, 46: self.root,
        }  # fmt: skip

    def back(self, pa: int) -> None:
        """Let stage 2 back a frame, by itself."""
        self.memory.map(self.stage2, pa, pa, (30, 21, 12), 3, 3 | 0xC0)

    def guest_page(self) -> int:
        pa = self.memory.page()
        self.back(pa)
        return pa

    def map_guest(self, va: int, pa: int, read_only: bool = False) -> None:
        before = set(self.memory.pages)
        self.memory.map_arm(self.top, va & ((1 << 48) - 1), pa, read_only)
        for page in set(self.memory.pages) - before:
            self.back(page)

    def stop_at(self, function: str, *arguments: int) -> None:
        x = [0] * 33
        x[: len(arguments)] = arguments
        x[30] = 0xA000_0020_5000
        x[32] = self.FUNCTIONS[function] + (4 if function == "context_switch" else 0)
        self.stub.general_values = tuple(x)
        self.stopped()

    def return_from(self, value: int) -> None:
        x = [0] * 33
        x[0], x[32] = value, 0xA000_0020_5000
        self.stub.general_values = tuple(x)
        self.stopped()


class MadeNarrowArm(MadeArm):
    """A guest of 32 bits, whose kernel is above 3 GiB by the upper root."""

    def extra(self) -> dict[str, Any]:
        return {**super().extra(), "arch": "arm32"}

    def prepare(self) -> None:
        super().prepare()
        # extended addresses; a quarter for the upper root
        self.stub.values[42] = 1 << 31 | 2 << 16

    def map_guest(self, va: int, pa: int, read_only: bool = False) -> None:
        before = set(self.memory.pages)
        within = va & 0x3FFF_FFFF
        self.memory.map(self.top, within, pa, (21, 12), 3, 3 | 0x400 | read_only << 7)
        for page in set(self.memory.pages) - before:
            self.back(page)


_DIRECT = 0xFFFF_8300_0000_0000
_ORIGIN = 0xFFFF_82D0_4000_0000


class MadePv(MadeXen):
    """Xen on x86_64, with a PV guest: kernel and user tables."""

    OBSERVER = Pv
    FUNCTIONS: ClassVar[dict[str, int]] = {
        "_start": _ORIGIN + 0x20_0000,
        "context_switch": _ORIGIN + 0x20_1000,
        "common_vcpu_op": _ORIGIN + 0x20_2000,
        "do_vm_assist": _ORIGIN + 0x20_3000,
        "compat_vcpu_op": _ORIGIN + 0x20_3800,
        "guest_walk_tables_3_levels": _ORIGIN + 0x20_3A00,
        "update_runstate_area": _ORIGIN + 0x20_4000,
        "toggle_guest_mode": _ORIGIN + 0x20_5000,
        "last": _ORIGIN + 0x20_7000,
    }
    REGISTERS: ClassVar[dict[str, int]] = {"cr3": 30, "rip": 16}

    def image(self, listed: list[tuple[int, str]]) -> bytes:
        pointer = (_ORIGIN + 0x20_1000).to_bytes(8, "little")
        return image_with_symbols(listed, size=4, lead=pointer * 16, origin=_ORIGIN)

    def xen_page(self) -> tuple[int, int]:
        pa = self.memory.page()
        return _DIRECT + pa, pa

    def prepare(self) -> None:
        memory = self.memory
        self.kernel, self.user = memory.page(), memory.page()
        self.stack = memory.page()
        code = {0x20_1000: b"\xf3\x0f\x1e\xfa", 0x20_2000: b"\x41\x55", 0x20_3000: b"\x90\x90"}
        for page in range(0x20_0000, 0x20_8000, PAGE):
            pa = memory.page()
            memory.write(pa, code.get(page, b"\xcc\xcc"))
            for root in (self.kernel, self.user):
                memory.map_x86(root, _ORIGIN + page, pa)
            if page == 0x20_5000:
                self.toggle = pa
            if page == 0x20_1000:
                self.switching = pa
        # a call in the toggle, which makes up for what was missed, and one in the switch
        for pa, page, at in ((self.toggle, 0x20_5000, 0x20), (self.switching, 0x20_1000, 0x10)):
            distance = 0x20_4000 - (page + at + 5)
            memory.write(pa + at, b"\xe8" + struct.pack("<i", distance))
        self.m2p = memory.page()
        for frame in range(512):
            memory.write_word(self.m2p + 8 * frame, frame ^ 0x100)
        memory.map_x86(self.kernel, 0xFFFF_8000_0000_0000, self.m2p)
        self.cr3 = self.kernel

    @property
    def cr3(self) -> int:
        return self.stub.values[30]

    @cr3.setter
    def cr3(self, value: int) -> None:
        self.stub.values[30] = value

    def switch(self, out: Vcpu, into: Vcpu, state: int = RUNNABLE) -> None:
        self.memory.write_word(out.pa + CR3_AT, self.cr3)
        super().switch(out, into, state)

    def interrupted(self, vcpu: Vcpu, rip: int) -> None:
        """The registers at the top of Xen's stack, and then the current vCPU."""
        self.memory.write_word(self.stack + PAGE - 96, rip)
        self.memory.write_word(self.stack + PAGE - 16, vcpu.va)

    def registers(self, rip: int, rdi: int = 0, rsi: int = 0, rdx: int = 0, rax: int = 0) -> None:
        x = [0] * 17
        x[0], x[3], x[4], x[5], x[16] = rax, rdx, rsi, rdi, rip
        x[7] = self.top_of_stack - 1024
        self.stub.general_values = tuple(x)

    @property
    def top_of_stack(self) -> int:
        return 0xFFFF_8300_8000_8000

    def stop_at(self, function: str, *arguments: int) -> None:
        # the stack is a page at the top of eight
        self.alias_stack()
        self.registers(self.FUNCTIONS[function], *arguments)
        self.memory.write_word(self.top_of_stack - _DIRECT - 1024, _ORIGIN + 0x20_6100)
        self.stopped()

    def alias_stack(self) -> None:
        self.memory.pages[self.top_of_stack - PAGE - _DIRECT] = self.memory.pages[self.stack]

    def return_from(self, value: int) -> None:
        self.registers(_ORIGIN + 0x20_6100, rax=value)
        self.stopped()

    def retry(self, wrote: bool) -> None:
        self.registers(_ORIGIN + 0x20_5025, rax=int(wrote) | 0xAB00)
        self.stopped()


class MadeHvm(MadePv):
    """Xen on x86_64, with a PVH guest: its state in a VMCB, two stages of tables."""

    OBSERVER = Hvm

    def prepare(self) -> None:
        super().prepare()
        memory = self.memory
        self.nested, self.block = memory.page(), memory.page()
        self.tables = self.guest_page()
        self.paging(True)

    def paging(self, on: bool) -> None:
        write = self.memory.write_word
        write(self.block + 0xB0, self.nested)
        write(self.block + 0x4D0, 0x1500 if on else 0x1000)
        write(self.block + 0x548, 0x20)
        write(self.block + 0x550, self.tables)
        write(self.block + 0x558, 0x8000_0011 if on else 0x11)

    def guest_page(self) -> int:
        pa = self.memory.page()
        self.memory.map_x86(self.nested, pa, pa)
        return pa

    def map_guest(self, va: int, pa: int) -> None:
        before = set(self.memory.pages)
        self.memory.map_x86(self.tables, va, pa)
        for page in set(self.memory.pages) - before:
            self.memory.map_x86(self.nested, page, page)

    def give_block(self, vcpu: Vcpu) -> None:
        self.memory.write_word(vcpu.pa + BLOCK_AT, _DIRECT + self.block)


class MadeNarrowHvm(MadeHvm):
    """A PVH guest of 32 bits with PAE."""

    def extra(self) -> dict[str, Any]:
        return {"arch": "x86_32"}

    def paging(self, on: bool) -> None:
        super().paging(on)
        self.memory.write_word(self.block + 0x4D0, 0x1000)

    def map_guest(self, va: int, pa: int) -> None:
        before = set(self.memory.pages)
        self.memory.map(self.tables, va, pa, (30, 21, 12), 1, 3)
        # what leads to tables has to allow writes, but in the first level
        for entry in range(4):
            table = (self.memory.word(self.tables + 8 * entry) or 0) & ~0xFFF
            for number in range(512 if table else 0):
                word = self.memory.word(table + 8 * number) or 0
                self.memory.write_word(table + 8 * number, word | 2 * (word & 1))
        for page in set(self.memory.pages) - before:
            self.memory.map_x86(self.nested, page, page)
