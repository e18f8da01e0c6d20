"""What tests of recording share: made images of Xen, made memory, and stubs that answer as told."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

from xlcfg.record.gdbstub import Stub

PAGE = 4096


# -- a table of symbols ---------------------------------------------------------------------------


def tokens() -> list[bytes]:
    """256 tokens: printable characters for themselves, pairs for the rest."""
    return [bytes([n]) if 33 <= n < 127 else b"_%x" % n for n in range(256)]


def image_with_symbols(
    symbols: list[tuple[int, str]], size: int = 8, lead: bytes = bytes(512), origin: int = 0
) -> bytes:
    """The bytes of an image that holds the table of these (address, "letter and name")."""
    texts = tokens()
    names, markers = b"", []
    for number, (_, name) in enumerate(symbols):
        if number % 256 == 0:
            markers.append(len(names))
        names += bytes([len(name)]) + name.encode()
    form = "Q" if size == 8 else "I"
    addresses = struct.pack(f"<{len(symbols)}{form}", *(a - origin for a, _ in symbols))
    starts, table = [], b""
    for text in texts:
        starts.append(len(table))
        table += text + b"\0"
    out = lead + addresses + struct.pack("<I", len(symbols))
    for part in (names, struct.pack(f"<{len(markers)}I", *markers), table):
        out += part + bytes(-(len(out) + len(part)) % 4)
    return out + struct.pack("<256H", *starts) + bytes(64)


def many_symbols(first: int, named: dict[str, int]) -> list[tuple[int, str]]:
    """1,200 symbols from `first` with some that have names of real ones."""
    known = {address: f"T{name}" for name, address in named.items()}
    for number in range(1200):
        known.setdefault(first + 0x40 * number, f"tfiller_{number}")
    return sorted(known.items())


# -- kernels --------------------------------------------------------------------------------------


def made_kernel(arch: str = "x86_64") -> bytes:
    """What looks like a kernel, and boots nowhere."""
    data = bytearray(4096)
    if arch == "arm64":
        data[0x38:0x3C] = b"ARM\x64"
    elif arch == "arm32":
        data[0x24:0x30] = struct.pack("<3I", 0x016F_2818, 0, len(data))
    else:
        data[0x202:0x206] = b"HdrS"
        data[0x236] = arch == "x86_64"
    return bytes(data)


def bzimage(packed: bytes, arch: str = "x86_64") -> bytes:
    """An image with one sector of setup code."""
    head = bytearray(made_kernel(arch)[:1024])
    head[0x1F1] = 1
    struct.pack_into("<II", head, 0x248, 16, len(packed))
    return bytes(head) + bytes(16) + packed


def elf(machine: int, wide: bool, length: int = 16) -> bytes:
    """An ELF file of one segment, which ends where the file does."""
    head = bytearray(0x78 if wide else 0x54)
    head[:6] = b"\x7fELF" + bytes([2 if wide else 1, 1])
    struct.pack_into("<H", head, 18, machine)
    struct.pack_into("<Q" if wide else "<I", head, 32 if wide else 28, 0x40 if wide else 0x34)
    struct.pack_into("<HH", head, 54 if wide else 42, 56 if wide else 32, 1)
    if wide:
        struct.pack_into("<IIQQQQ", head, 0x40, 1, 5, len(head), 0, 0, length)
    else:
        struct.pack_into("<5I", head, 0x34, 1, len(head), 0, 0, length)
    return bytes(head) + bytes(length)


# -- memory ---------------------------------------------------------------------------------------


class MadeMemory:
    """Physical memory, page by page as it is written."""

    def __init__(self) -> None:
        self.pages: dict[int, bytearray] = {}
        self.next = 0x10_0000

    def page(self) -> int:
        """The address of a new page of zeros."""
        self.next += PAGE
        self.pages[self.next] = bytearray(PAGE)
        return self.next

    def write(self, address: int, data: bytes) -> None:
        page = self.pages.setdefault(address & ~(PAGE - 1), bytearray(PAGE))
        at = address & (PAGE - 1)
        assert at + len(data) <= PAGE
        page[at : at + len(data)] = data

    def write_word(self, address: int, value: int) -> bool:
        if address & ~(PAGE - 1) not in self.pages:
            return False
        self.write(address, struct.pack("<Q", value & ((1 << 64) - 1)))
        return True

    def read(self, address: int, size: int) -> bytes | None:
        page = self.pages.get(address & ~(PAGE - 1))
        at = address & (PAGE - 1)
        if page is None or at + size > PAGE:
            return None
        return bytes(page[at : at + size])

    def word(self, address: int) -> int | None:
        data = self.read(address, 8)
        return None if data is None else int.from_bytes(data, "little")

    def map(
        self,
        root: int,
        va: int,
        pa: int,
        shifts: tuple[int, ...],
        table: int,
        leaf: int,
        backing: Callable[[int], int] = lambda address: address,
    ) -> None:
        """Map a page by tables of the given shifts, with these bits in entries."""
        at = root
        for shift in shifts[:-1]:
            place = backing(at) + 8 * (va >> shift & 511)
            entry = self.word(place)
            if not entry:
                entry = self.page() | table
                self.write_word(place, entry)
            at = entry & 0xFFFF_FFFF_F000
        self.write_word(backing(at) + 8 * (va >> shifts[-1] & 511), pa | leaf)

    def map_arm(self, root: int, va: int, pa: int, read_only: bool = False) -> None:
        self.map(root, va, pa, (39, 30, 21, 12), 3, 3 | 0x400 | read_only << 7)

    def map_x86(self, root: int, va: int, pa: int, read_only: bool = False) -> None:
        self.map(root, va, pa, (39, 30, 21, 12), 7, 1 if read_only else 3)


# -- gdbstubs -------------------------------------------------------------------------------------


def packet(text: str | bytes) -> bytes:
    data = text.encode("latin-1") if isinstance(text, str) else text
    return b"$%s#%02x" % (data, sum(data) & 255)


class Server:
    """A gdbstub in a thread: asks `answer` about each packet; bytes are sent as they are."""

    def __init__(self, answer: Callable[[str], str | bytes | None]) -> None:
        ours, theirs = socket.socketpair()
        self.stub = Stub(ours)
        ours.settimeout(5.0)
        self.seen: list[str] = []
        self._socket = theirs
        self._answer = answer
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        buffer = b""
        while True:
            try:
                piece = self._socket.recv(65536)
            except OSError:
                return
            if not piece:
                return
            buffer += piece
            while b"#" in buffer and len(buffer) >= buffer.index(b"#") + 3:
                end = buffer.index(b"#")
                text = buffer[buffer.index(b"$") + 1 : end].decode("latin-1")
                buffer = buffer[end + 3 :]
                self.seen.append(text)
                answer = self._answer(text)
                if answer is None:
                    self._socket.close()
                    return
                if answer != "":
                    out = answer if isinstance(answer, bytes) else packet(answer)
                    try:
                        self._socket.sendall(out)
                    except OSError:  # whom it lies to has hung up
                        return

    def close(self) -> None:
        self.stub.close()
        self._socket.close()
        self._thread.join(5)


class QuietStub:
    """A stub for observers: registers are set by the test, and what is done to it is kept."""

    def __init__(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self.values: dict[int, int] = {}
        self.general_values: tuple[int, ...] = ()
        self.breakpoints: set[int] = set()
        self.steps = self.skips = 0
        #: what the general registers are after a step
        self.after_step: tuple[int, ...] | None = None

    def number(self, *names: str) -> int:
        return next(self.numbers[name] for name in names if name in self.numbers)

    def general(self, count: int) -> tuple[int, ...]:
        return self.general_values[:count]

    def general_and(self, count: int, numbers: list[int]) -> tuple[tuple[int, ...], list[int]]:
        return self.general_values[:count], [self.values.get(n, 0) for n in numbers]

    def registers(self, numbers: list[int]) -> list[int]:
        return [self.values.get(n, 0) for n in numbers]

    def add_breakpoint(self, address: int, size: int) -> None:
        self.breakpoints.add(address)

    def remove_breakpoint(self, address: int, size: int) -> None:
        self.breakpoints.discard(address)

    def go_on(self) -> None:
        pass

    def step(self, thread: str) -> None:
        self.steps += 1
        if self.after_step is not None:
            self.general_values = self.after_step

    def step_and_go_on(self, thread: str) -> None:
        self.steps += 1

    def write_and_go_on(self, registers: list[tuple[int, int]]) -> None:
        self.skips += 1
