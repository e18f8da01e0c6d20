"""Machines to record from: what is asked of one, and QEMU.

A machine boots a guest under a debugger's eyes. What recording needs of it is little: a gdbstub,
its memory, and what its console says. A plugin may bring another (`xlcfg_machines`).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from xlcfg.record.errors import RecordError
from xlcfg.record.gdbstub import Stub
from xlcfg.record.memory import Memory, SharedRam

#: A console that says more is not looked at any longer, and ends the recording.
MAX_CONSOLE = 64 << 20
_PR_SET_PDEATHSIG = 1
#: MiB besides a machine's memory: its console, and images.
_MARGIN = 256
#: Seconds that QEMU may take to end by itself.
_POWER_OFF = 30.0


#: A guest's architecture -> that of Xen and the machine.
MACHINES = {"arm32": "arm64", "arm64": "arm64", "x86_32": "x86_64", "x86_64": "x86_64"}


@dataclass
class Request:
    """What is to be booted. `arch` is the guest's architecture, `machine` that of Xen. Paths are of
    images as they are loaded; sizes are in MiB.
    """

    arch: str
    kernel: Path
    xen: Path
    initrd: Path | None
    append: str = ""
    xen_append: str = ""
    guest: str = "dom0"
    type: str = "pv"
    #: what runs before the kernel: "grub" or ""
    firmware: str = ""
    vcpus: int = 2
    memory: int = 1024
    guest_memory: int = 256
    #: kernel and initial RAM disk of the dom0 that starts the guest, if it is no dom0 itself
    host: tuple[Path, Path] | None = None
    #: QEMU's shift of -icount, None: real time
    icount: int | None = None
    #: with icount: ("record" or "replay", QEMU's log of the boot)
    log: tuple[str, Path] | None = None
    qemu: Sequence[str] = ()
    #: what was asked for, in words, for the trace's notes
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def machine(self) -> str:
        """The architecture of Xen and the machine."""
        return MACHINES[self.arch]


class Machine(Protocol):
    """A machine that has been switched on and waits for the first instruction."""

    @property
    def stub(self) -> Stub:
        """The connection to its debugger."""

    @property
    def memory(self) -> Memory:
        """Its physical memory."""

    def console(self, last: int) -> str:
        """The last characters of the console."""

    def running(self) -> bool:
        """Whether the machine is there still."""

    def close(self) -> None:
        """Switch it off, and leave nothing behind. May be called twice."""


class QemuMachine:
    """QEMU with TCG, its RAM in a shared file, its gdbstub on a socket."""

    def __init__(self, command: Sequence[str], folder: Path, ram_base: int, ram_size: int) -> None:
        """Start it; the command has the places of `ram`, `gdb` and `console` in `folder`."""
        self.folder = folder
        self._ram: SharedRam | None = None
        self._stub: Stub | None = None
        log = (folder / "qemu.log").open("wb")
        libc = ctypes.CDLL(None)
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is ours to handle; a QEMU whose recorder died must not run on
                start_new_session=True,
                preexec_fn=lambda: libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
            )
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise RecordError(f"QEMU cannot be started: {error.strerror}") from None
        finally:
            log.close()
        try:
            self.stub = self._stub = Stub.connect(str(folder / "gdb"), self.running)
            # the socket is there before the memory; who answers has both
            self.stub.describe()
            self.memory = self._ram = SharedRam(str(folder / "ram"), ram_base, ram_size)
        except RecordError as error:
            said = (folder / "qemu.log").read_text(errors="replace").strip().splitlines()
            self.forget()
            raise RecordError(f"{error}; QEMU says: {said[-1]}" if said else str(error)) from None
        except BaseException:
            self.forget()
            raise

    def console(self, last: int) -> str:
        """The last characters of the console."""
        try:
            with (self.folder / "console").open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - last))
                return file.read().decode("utf-8", "replace").replace("\r", "")
        except OSError:
            return ""

    def console_size(self) -> int:
        """How much the console has said, in bytes."""
        try:
            return (self.folder / "console").stat().st_size
        except OSError:
            return 0

    def running(self) -> bool:
        """Whether QEMU runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End QEMU; the console can be read until the folder goes with `forget`."""
        if self._stub is not None:
            self._stub.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._ram is not None:
            self._ram.close()
            self._ram = None
        (self.folder / "ram").unlink(missing_ok=True)

    def power_off(self) -> None:
        """Have QEMU end by itself, so that its log of the boot is whole."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_POWER_OFF)
        self.close()

    def forget(self) -> None:
        """End QEMU and remove its files."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def work_folder(size: int) -> Path:
    """A folder for a machine's files with room for so many MiB, in memory where the system has such
    a place. RecordError when there is none.
    """
    # QEMU would be killed at the first page that finds no room; containers often give 64 MiB
    need = (size + _MARGIN) << 20
    bases = [base for base in ("/dev/shm", tempfile.gettempdir()) if os.access(base, os.W_OK)]
    for base in bases:
        if shutil.disk_usage(base).free >= need:
            return Path(tempfile.mkdtemp(prefix="xlcfg-record-", dir=base))
    where = " or ".join(bases) or tempfile.gettempdir()
    raise RecordError(f"there are no {need >> 20:,} MiB free in {where} for the machine's memory")


def common(request: Request, folder: Path) -> list[str]:
    """The words of QEMU's command line that every machine has."""
    words = [
        "-object",
        f"memory-backend-file,id=ram,size={request.memory}M,share=on,mem-path={folder / 'ram'}",
        "-m", str(request.memory),
        "-display", "none",
        "-monitor", "none",
        "-serial", f"file:{folder / 'console'}",
        "-no-reboot",
        "-S",
        "-chardev", f"socket,id=gdb,path={folder / 'gdb'},server=on,wait=off",
        "-gdb", "chardev:gdb",
    ]  # fmt: skip
    if request.icount is not None:
        # idle time is skipped: it would pass as it does here, and differ from boot to boot
        icount = f"shift={request.icount},sleep=off"
        if request.log is not None:
            what, log = request.log
            icount += f",rr={what},rrfile={escaped(str(log))}"
        words += ["-icount", icount, "-rtc", "clock=vm,base=2026-01-01T00:00:00", "-seed", "1"]
    return words


def escaped(text: str) -> str:
    """A value inside of one of QEMU's comma-separated options."""
    return text.replace(",", ",,")
