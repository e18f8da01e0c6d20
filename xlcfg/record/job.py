"""`xlcfg record` from what was asked for to the file: finds images, boots, watches, writes."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from xlcfg.record.boot_arm import boot_arm64
from xlcfg.record.boot_x86 import boot_x86_64, linux_line
from xlcfg.record.errors import RecordError
from xlcfg.record.forms import check_kernel, kernel_for, kernel_inside, read_image
from xlcfg.record.grub import grub_disk, grub_kernel
from xlcfg.record.host import GUEST_BEGINS, GUEST_ENDS, guest_config, host_initrd
from xlcfg.record.images import Image, Images
from xlcfg.record.initrd import file, initrd
from xlcfg.record.machine import MACHINES, Machine, Request, work_folder
from xlcfg.record.observer import Observer
from xlcfg.record.packages import Say, alone
from xlcfg.record.recording import Blind, Limits, Outcome, Progress, Session, Until, write
from xlcfg.record.symbols import Symbols, read_symbols
from xlcfg.record.writing import Writer

Boot = Callable[[Request], Machine]

#: QEMU, by architecture.
BOOTS: dict[str, Boot] = {"arm64": boot_arm64, "x86_64": boot_x86_64}
#: Rounds of the load in user mode. PV guests change page tables at every call of the kernel, which
#: is slow when it is emulated.
ROUNDS = {"arm64": 100, "x86_64": 40}
_MEMORY = {"arm64": (1024, 256), "x86_64": (1024, 512)}
_WHOLE_CONSOLE = 16 << 20


@dataclass
class Order:
    """What is asked for, as on the command line."""

    output: str
    kernel: str
    xen: str
    arch: str
    initrd: str | None = None
    append: str = ""
    xen_append: str = ""
    guest: str = "dom0"
    type: str | None = None
    firmware: str | None = None
    vcpus: int = 2
    icount: int | None = None
    qemu: str | None = None
    mirror: str | None = None
    cache: str | None = None
    columns: bool = False
    console: str | None = None
    until: Until = field(default_factory=Until)
    limits: Limits = field(default_factory=Limits)


@dataclass
class Recorded:
    """What came of it."""

    outcome: Outcome
    observer: Observer
    hypervisor: str
    events: int
    online: int


def record(
    order: Order,
    say: Say,
    progress: Progress | None = None,
    machines: Mapping[str, Boot] | None = None,
    machine: str = "qemu",
) -> Recorded:
    """Record a boot. Raises RecordError before there is anything to write, OSError from writing."""
    kind = _kind(order)
    order = replace(order, type=kind, firmware=_firmware(order, kind))
    if order.console is not None:
        _check_console(order.console)
    with closing(Writer(order.output)) as writer:
        return _record(order, writer, say, progress, machines, machine)


def _record(
    order: Order,
    writer: Writer,
    say: Say,
    progress: Progress | None,
    machines: Mapping[str, Boot] | None,
    machine: str,
) -> Recorded:
    images = Images(say, Path(order.cache) if order.cache else None, order.mirror)
    host = MACHINES[order.arch]
    start: Boot = BOOTS[host]
    if machine != "qemu":
        if machines is None or machine not in machines:
            known = ", ".join(sorted({"qemu", *(machines or {})}))
            raise RecordError(f"--machine: there is no {machine!r}; choose from {known}")
        start = machines[machine]
    with alone(images.cache, say):
        xen = images.xen(order.xen, host)
        code = read_image(xen.path)
        symbols = _symbols(code, host, order.xen)
        kernel = images.kernel(order.kernel, order.arch)
        check_kernel(read_image(kernel.path), order.arch, order.kernel)
        qemu = images.qemu(host, order.qemu) if machine == "qemu" else None
    folder = work_folder(0)
    try:
        with alone(images.cache, say):
            request = _request(order, images, xen, kernel, folder)
        if qemu is not None:
            request.qemu = qemu.command
            request.labels["machine"] = qemu.label
        else:
            request.labels["machine"] = machine
        first = None
        if qemu is not None and request.icount is not None:
            say(f"booting under {request.labels['machine']}, to watch it afterwards")
            first = carry_out(order, request, start, folder, progress)
        say(f"booting under {request.labels['machine']}")
        with switched_on(start, request) as running:
            return _watch(order, request, running, symbols, code, writer, progress, first)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _symbols(code: bytes, machine: str, name: str) -> Symbols:
    """The functions of a hypervisor. RecordError when it is none, or for another machine."""
    found = kernel_for(code)
    if found is not None and MACHINES[found] != machine:
        raise RecordError(f"--xen: {name} is for {MACHINES[found]}, not for {machine}")
    try:
        return read_symbols(code)
    except RecordError as error:
        raise RecordError(f"--xen: {name}: {error}") from None


def carry_out(
    order: Order, request: Request, start: Boot, folder: Path, progress: Progress | None
) -> Outcome:
    """Boot with nobody looking on, while QEMU writes a log; the request is then to replay it.

    While a debugger has stopped the machine, or it has nothing to do, QEMU would let real time pass
    for it. So that no boot is another one, the debugger is kept for the replay.
    """
    log = folder / "boot.log"
    request.log = "record", log
    with switched_on(start, request) as running:
        session = Session(running, Blind(), _until(order, request), order.limits, progress)
        first = session.run()
        if session.interrupted:
            raise RecordError("interrupted before anything was watched: --icount boots first")
        power_off = getattr(running, "power_off", None)
        if power_off is not None:
            power_off()
    request.log = "replay", log
    return first


@contextmanager
def switched_on(start: Boot, request: Request) -> Iterator[Machine]:
    """A machine that leaves nothing behind."""
    running = start(request)
    try:
        yield running
    finally:
        running.close()
        forget = getattr(running, "forget", None)
        if forget is not None:
            forget()


def _check_console(name: str) -> None:
    """Raises RecordError when the console's text could not be written afterwards."""
    there = os.path.exists(name)
    try:
        with open(name, "ab"):
            pass
    except OSError as error:
        raise RecordError(f"--console: {name}: {(error.strerror or str(error)).lower()}") from None
    if not there:
        os.unlink(name)


def _kind(order: Order) -> str:
    """The guest's type, or why it cannot be recorded."""
    if order.icount is not None and order.arch == "arm32" and order.vcpus > 1:
        # each has a CPU of its own
        raise RecordError("--icount: QEMU repeats machines of one CPU alone; take --vcpus 1")
    if order.icount is not None and order.arch == "x86_32":
        # it boots with the help of the recorder alone, see `Hvm.walked`
        raise RecordError("--icount: 32-bit guests on x86 have to be recorded without it")
    if MACHINES[order.arch] == "arm64":
        if order.type not in (None, "pvh"):
            raise RecordError("--type: guests of Xen on Arm are pvh")
        return "pvh"
    kind = order.type or ("pvh" if order.arch == "x86_32" else "pv")
    if kind == "pv" and order.arch == "x86_32":
        raise RecordError("--type pv: guests of 32 bits are recorded as pvh and hvm")
    if kind == "hvm" and order.guest == "dom0":
        raise RecordError("--type hvm: a dom0 is pv or pvh; --guest domu takes this type")
    return kind


def _request(order: Order, images: Images, xen: Image, kernel: Image, folder: Path) -> Request:
    labels = {"kernel": kernel.label, "xen": xen.label}
    if order.initrd is None:
        busybox = images.busybox(order.arch)
        path = folder / "initrd.gz"
        rounds = ROUNDS[MACHINES[order.arch]]
        path.write_bytes(initrd(busybox.path.read_bytes(), order.vcpus, rounds))
        labels["initrd"] = "load"
    else:
        path = Path(order.initrd)
        if not path.is_file():
            raise RecordError(f"--initrd: there is no file {order.initrd}")
        labels["initrd"] = order.initrd
    memory, guest_memory = _MEMORY[MACHINES[order.arch]]
    plain = kernel.path
    # GRUB as a PV guest has no part that unpacks a kernel; in others it takes a bzImage alone
    if MACHINES[order.arch] == "x86_64" and (not order.firmware or order.type == "pv"):
        plain = kernel_inside(plain, images.cache)
    request = Request(
        order.arch,
        plain,
        xen.path,
        path,
        append=order.append,
        xen_append=order.xen_append,
        guest=order.guest,
        type=order.type or "",
        firmware=order.firmware or "",
        vcpus=order.vcpus,
        memory=memory,
        guest_memory=guest_memory,
        icount=order.icount,
        labels=labels,
    )
    if request.machine == "x86_64" and order.guest != "dom0":
        _add_host(request, images, xen, folder)
    return request


def _firmware(order: Order, kind: str) -> str:
    """What runs before the kernel, "" for nothing. Raises RecordError."""
    if kind == "hvm":
        # the device model gives a kernel to a guest byte by byte, which takes many minutes
        return "grub"
    if order.firmware is not None and (MACHINES[order.arch], order.guest) != ("x86_64", "domu"):
        raise RecordError("--firmware: it is for domUs on x86_64")
    return order.firmware or ""


def _add_host(request: Request, images: Images, xen: Image, folder: Path) -> None:
    """A dom0 that starts the guest, which has its images in its initial RAM disk."""
    host = images.host(xen, request.type)
    request.memory, request.guest_memory = 1536, 256
    kernel = request.kernel.read_bytes()
    ramdisk = None if request.initrd is None else request.initrd.read_bytes()
    line = linux_line(request)
    guest: dict[str, bytes] = {}
    if request.type == "hvm":
        guest["disk"] = grub_disk(images.grub("hvm"), folder, kernel, ramdisk, line)
    else:
        if request.firmware == "grub":
            maker = images.grub(request.type)
            kernel = grub_kernel(maker, request.type, folder, kernel, ramdisk, line)
            if request.type == "pv":
                request.guest_memory = 512  # the kernel is there three times
            ramdisk, line = None, ""
        guest["kernel"] = kernel
        if ramdisk is not None:
            guest["ramdisk"] = ramdisk
    config = guest_config(
        request.type, guest, line, request.guest_memory, request.vcpus, request.arch == "x86_32"
    )
    busybox = images.busybox("x86_64").path.read_bytes()
    path = folder / "host.cpio"
    entries = [file(f"guest/{name}", data) for name, data in guest.items()]
    path.write_bytes(
        host_initrd(host.toolstack, busybox, host.modules, entries, config, host.device_model)
    )
    request.host = kernel_inside(host.kernel.path, images.cache), path


def observer_for(
    request: Request, machine: Machine, symbols: Symbols, code: bytes, writer: Writer
) -> Observer:
    """The observer that knows this architecture and kind of guest."""
    domain: int | None = 0
    if request.guest != "dom0":
        # the first that xl makes is number 1; without a dom0 it is the first there is
        domain = 1 if request.host is not None else None
    given = (machine.stub, machine.memory, symbols, writer, request.vcpus, domain)
    if request.machine == "arm64":
        from xlcfg.record.arm64 import Arm64

        return Arm64(*given, image=code, arch=request.arch)
    from xlcfg.record.x86_64 import Hvm, Pv

    if request.type == "pv":
        return Pv(*given, arch=request.arch)
    return Hvm(*given, arch=request.arch, kind=request.type)


def _until(order: Order, request: Request) -> Until:
    """When it ends: Xen runs on without a domU."""
    if request.guest != "dom0" and order.until == Until():
        return Until(console=_GONE if request.host is None else re.compile(GUEST_ENDS))
    return order.until


def _watch(
    order: Order,
    request: Request,
    machine: Machine,
    symbols: Symbols,
    code: bytes,
    writer: Writer,
    progress: Progress | None,
    first: Outcome | None,
) -> Recorded:
    observer = observer_for(request, machine, symbols, code, writer)
    observer.hands_off = first is not None
    until = _until(order, request)
    outcome = Session(machine, observer, until, order.limits, progress, first).run()
    console = machine.console(_WHOLE_CONSOLE)
    found = re.search(r"Xen version (\S+)", console)
    hypervisor = f"xen {found[1] if found else '?'} {request.machine}"
    if request.labels["xen"].startswith("xen-hypervisor-"):
        hypervisor += " (Debian)"
    notes = _notes(order, request, console)
    write(writer, observer, outcome, hypervisor, _ram(request, console), notes, order.columns)
    if order.console is not None:
        Path(order.console).write_text(console, encoding="utf-8")
    return Recorded(
        outcome, observer, hypervisor, writer.counts.total(), max(1, len(observer.ever_online))
    )


def _notes(order: Order, request: Request, console: str) -> list[str]:
    """What was booted, in words, with nothing of this machine's file system."""
    linux = re.search(r"Linux version (\S+)", console)
    label = request.labels["kernel"]
    kernel = label if " " in label else os.path.basename(label)
    booted = f"{kernel}, Linux {linux[1]}" if linux else kernel
    if request.labels["initrd"] == "load":
        load = "a load in user mode"
    else:
        load = os.path.basename(request.labels["initrd"])
    if request.firmware:
        booted += f", started by {request.firmware}"
    return [
        (
            f"{request.guest} {booted} with {load}, on {_last_words(request.labels['xen'])}, "
            f"under {_last_words(request.labels['machine'])} (TCG)"
        ),
        f"kernel line: {order.append}; Xen line: {order.xen_append}",
    ]


def _last_words(label: str) -> str:
    """A label without the folders of a path in it."""
    return " ".join(os.path.basename(word.strip("()")) for word in label.split())


_GONE = re.compile(r"reboot: (Power down|System halted|Restarting)")
_ARM_BANKS = r"(?:Allocating 1:1 mappings totalling|Allocating mappings totalling).*?\n"
_BANK = re.compile(r"BANK\[\d+\] (0x[0-9a-f]+)-(0x[0-9a-f]+)")
_E820 = re.compile(
    r"(?:Xen|BIOS-e820|BIOS-provided): \[mem (0x[0-9a-f]{1,16})-(0x[0-9a-f]{1,16})\] usable"
)


def _ram(request: Request, console: str) -> list[dict[str, Any]]:
    """The guest's memory as Xen or Linux says it; what was asked for where neither does."""
    ram: list[dict[str, Any]] = []
    if request.machine == "arm64":
        block = re.search(_ARM_BANKS + r"((?:\(XEN\) (?:d\d+ )?BANK.*\n)+)", console)
        for first, last in _BANK.findall(block[1] if block else ""):
            pages = (int(last, 16) - int(first, 16)) >> 12
            ram.append({"gpa": hex(int(first, 16)), "pages": pages})
    else:
        # what dom0 says of its own memory comes before
        for first, last in _E820.findall(console.rpartition(GUEST_BEGINS)[2]):
            start, end = (int(first, 16) + 4095) >> 12, (int(last, 16) + 1) >> 12
            one = {"gpa": hex(start << 12), "pages": end - start}
            if end > start and one not in ram:
                ram.append(one)
    return ram or [{"gpa": "0x0", "pages": request.guest_memory << 8}]
