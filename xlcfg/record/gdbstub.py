"""A client of QEMU's gdbstub: GDB's remote serial protocol over a socket.

What the other side says is not trusted: packets have a bound and a checksum, and an answer that
makes no sense raises StubError.
"""

from __future__ import annotations

import re
import socket
import struct
import time
from collections.abc import Callable, Sequence

from xlcfg.record.errors import RecordError

#: A packet longer than this is no answer.
MAX_PACKET = 1 << 20
_STOP_THREAD = re.compile(r"thread:p?([0-9a-fA-F]+)(?:\.([0-9a-fA-F]+))?;")
_ANNEX = re.compile(r'<xi:include[^>]*href="([^"]+)"')
_REGISTER = re.compile(r"<reg\s([^>]*?)/?>")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class StubError(RecordError):
    """The gdbstub refused or said something that makes no sense."""


class StubClosed(StubError):
    """The other side is gone: the machine has powered off, or died."""


class Stop:
    """Why the machine stopped: `thread` in the stub's own words, `cpu` from 0; None: it ended."""

    __slots__ = ("cpu", "thread")

    def __init__(self, thread: str, cpu: int) -> None:
        self.thread = thread
        self.cpu = cpu


class Stub:
    """One connection. Registers are read and written by the numbers of the stub's description."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._buffer = b""
        #: name -> number
        self.numbers: dict[str, int] = {}

    @classmethod
    def connect(cls, path: str, alive: Callable[[], bool], seconds: float = 30.0) -> Stub:
        """Connect to a socket in the file system that may not be there yet. StubError when it does
        not come, or whoever makes it is not `alive`.
        """
        end = time.monotonic() + seconds
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(path)
            except OSError:
                connection.close()
                if time.monotonic() > end or not alive():
                    raise StubError("QEMU opens no gdbstub") from None
                time.sleep(0.05)
            else:
                connection.settimeout(30.0)
                return cls(connection)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    # -- packets ----------------------------------------------------------------------------------

    def send(self, *packets: str) -> None:
        """Send packets in one go; each has an answer, which `receive` gives in the same order."""
        out = []
        for packet in packets:
            data = packet.encode("ascii")
            out.append(b"+$%s#%02x" % (data, sum(data) & 255))
        try:
            self._socket.sendall(b"".join(out))
        except OSError:
            raise StubClosed("the machine is gone") from None

    def receive(self) -> str:
        """The next packet. TimeoutError after the socket's time, StubClosed at the end."""
        while True:
            found = self._cut()
            if found is not None:
                return found
            if len(self._buffer) > MAX_PACKET:
                raise StubError("the gdbstub sends a packet without an end")
            try:
                piece = self._socket.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                piece = b""
            if not piece:
                raise StubClosed("the machine is gone")
            self._buffer += piece

    def _cut(self) -> str | None:
        start = self._buffer.find(b"$")
        if start < 0:
            self._buffer = b""  # acknowledgements
            return None
        end = self._buffer.find(b"#", start)
        if end < 0 or len(self._buffer) < end + 3:
            return None
        data = self._buffer[start + 1 : end]
        check = self._buffer[end + 1 : end + 3]
        self._buffer = self._buffer[end + 3 :]
        if check.lower() != b"%02x" % (sum(data) & 255):
            raise StubError("a packet of the gdbstub is damaged")
        return _plain(data).decode("latin-1")

    def ask(self, packet: str) -> str:
        """Send one packet and wait for its answer."""
        self.send(packet)
        return self.receive()

    def expect_ok(self, packet: str) -> None:
        """Send a packet that is answered with OK. StubError for any other answer."""
        answer = self.ask(packet)
        if answer != "OK":
            raise StubError(f"the gdbstub answers {packet[:20]!r} with {answer[:40]!r}")

    # -- registers --------------------------------------------------------------------------------

    def describe(self) -> None:
        """Learn the numbers of the registers by their names."""
        self.ask("qSupported:xmlRegisters=i386")
        target = self._feature("target.xml")
        number = 0
        for name in _ANNEX.findall(target) or ["target.xml"]:
            text = target if name == "target.xml" else self._feature(name)
            for found in _REGISTER.finditer(_COMMENT.sub("", text)):
                attributes = dict(_ATTRIBUTE.findall(found[1]))
                if attributes.get("regnum", "").isdecimal():
                    number = int(attributes["regnum"])
                if "name" in attributes:
                    self.numbers.setdefault(attributes["name"], number)
                number += 1
        if not self.numbers:
            raise StubError("the gdbstub describes no registers")

    def _feature(self, name: str) -> str:
        text = ""
        while len(text) < MAX_PACKET:
            answer = self.ask(f"qXfer:features:read:{name}:{len(text):x},2000")
            if answer[:1] not in ("l", "m") or answer == "m":
                break
            text += answer[1:]
            if answer[0] == "l":
                return text
        raise StubError(f"the gdbstub gives no description {name}")

    def number(self, *names: str) -> int:
        """The number of the first of these registers that exists. StubError when none does."""
        for name in names:
            if name in self.numbers:
                return self.numbers[name]
        raise StubError(f"this QEMU shows no register {' or '.join(names)}")

    def general(self, count: int) -> tuple[int, ...]:
        """The first `count` registers of 64 bits, as the packet `g` has them."""
        return self._unpack_general(self.ask("g"), count)

    def general_and(self, count: int, numbers: Sequence[int]) -> tuple[tuple[int, ...], list[int]]:
        """`general`, and single registers by their numbers, in one go."""
        self.send("g", *(f"p{n:x}" for n in numbers))
        general = self._unpack_general(self.receive(), count)
        return general, [self._value(self.receive()) for _ in numbers]

    def registers(self, numbers: Sequence[int]) -> list[int]:
        """Single registers by their numbers."""
        self.send(*(f"p{n:x}" for n in numbers))
        return [self._value(self.receive()) for _ in numbers]

    @staticmethod
    def _unpack_general(answer: str, count: int) -> tuple[int, ...]:
        try:
            return struct.unpack(f"<{count}Q", bytes.fromhex(answer[: 16 * count]))
        except (ValueError, struct.error):
            raise StubError(f"the gdbstub gives registers as {answer[:40]!r}") from None

    @staticmethod
    def _value(answer: str) -> int:
        try:
            data = bytes.fromhex(answer)
        except ValueError:
            data = b""
        if not 1 <= len(data) <= 64:
            raise StubError(f"the gdbstub gives a register as {answer[:40]!r}")
        return int.from_bytes(data, "little")

    # -- running ----------------------------------------------------------------------------------

    def add_breakpoint(self, address: int, size: int) -> None:
        """Stop when this instruction is about to be carried out."""
        self.expect_ok(f"Z1,{address:x},{size}")

    def remove_breakpoint(self, address: int, size: int) -> None:
        """Stop there no longer."""
        self.expect_ok(f"z1,{address:x},{size}")

    def go_on(self) -> None:
        """Let the machine run; `wait` says when it has stopped."""
        self.send("vCont;c")

    def write_and_go_on(self, registers: Sequence[tuple[int, int]]) -> None:
        """Write 64-bit registers by number and let the machine run, in one go."""
        mask = (1 << 64) - 1
        packets = [f"P{n:x}={(v & mask).to_bytes(8, 'little').hex()}" for n, v in registers]
        self.send(*packets, "vCont;c")
        for _ in packets:
            answer = self.receive()
            if answer != "OK":
                raise StubError(f"the gdbstub refuses to write a register: {answer[:40]!r}")

    def step(self, thread: str) -> None:
        """Carry out the one instruction under a breakpoint."""
        answer = self.ask(f"vCont;s:{thread}")
        if answer[:1] not in ("T", "S"):
            raise StubClosed("the machine ended while it was stepped")

    def step_and_go_on(self, thread: str) -> None:
        """Carry out the one instruction under a breakpoint, then let the machine run."""
        self.step(thread)
        self.go_on()

    def wait(self, seconds: float) -> Stop | None:
        """The next stop, None when there was none in this time. StubClosed when it ended."""
        self._socket.settimeout(seconds)
        try:
            answer = self.receive()
        except TimeoutError:
            return None
        finally:
            self._socket.settimeout(30.0)
        if answer[:1] in ("W", "X"):
            raise StubClosed("the machine ended")
        if answer[:1] != "T":
            raise StubError(f"the gdbstub says {answer[:40]!r} instead of a stop")
        found = _STOP_THREAD.search(answer)
        if found is None:
            return Stop("1", 0)
        return Stop(answer[found.start() + 7 : found.end() - 1], int(found[2] or found[1], 16) - 1)


def _plain(data: bytes) -> bytes:
    """A packet's data without its escapes and repetitions."""
    if b"}" not in data and b"*" not in data:
        return data
    out = bytearray()
    at = 0
    while at < len(data):
        byte = data[at]
        if byte == 0x7D and at + 1 < len(data):
            out.append(data[at + 1] ^ 0x20)
            at += 2
        elif byte == 0x2A and at + 1 < len(data) and out:
            out += bytes([out[-1]]) * max(0, data[at + 1] - 29)
            at += 2
        else:
            out.append(byte)
            at += 1
    return bytes(out)
