"""Boots Xen on QEMU's `virt` machine, with a dom0 or with a domU that the device tree makes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from xlcfg.record.errors import RecordError
from xlcfg.record.fdt import Node, add_to, cells, text, wide
from xlcfg.record.machine import QemuMachine, Request, common, escaped, work_folder

_RAM = 0x4000_0000
_KERNEL, _INITRD = 0x5000_0000, 0x5800_0000
# seeds in the device tree would make each boot another one
_MACHINE = "virt,virtualization=on,gic-version=3,memory-backend=ram,dtb-randomness=off"


def boot_arm64(request: Request) -> QemuMachine:
    """Start the machine. Raises RecordError."""
    folder = work_folder(request.memory)
    command = [
        *request.qemu,
        "-machine", _MACHINE,
        "-cpu", "cortex-a57",
        "-smp", str(cpus(request)),
        "-net", "none",
        *common(request, folder),
        "-kernel", str(request.xen),
        "-append", xen_line(request),
    ]  # fmt: skip
    try:
        command += _dom0(request) if request.guest == "dom0" else _domu(request, folder, command)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return QemuMachine(command, folder, _RAM, request.memory << 20)


def cpus(request: Request) -> int:
    """How many CPUs the machine has: one, so that vCPUs take turns. Those of 32-bit guests each
    need one of their own, because QEMU keeps a part of their state (the saved program status) with
    the CPU, where Xen cannot exchange it.
    """
    return request.vcpus if request.arch == "arm32" else 1


def xen_line(request: Request) -> str:
    """The hypervisor's boot line."""
    words = ["loglvl=all guest_loglvl=all console=dtuart noreboot=0", request.xen_append]
    if cpus(request) > 1:
        words.insert(0, "sched=null")
    if request.guest == "dom0":
        words.insert(0, f"dom0_mem={request.guest_memory}M dom0_max_vcpus={request.vcpus}")
    return " ".join(word for word in words if word)


def linux_line(request: Request) -> str:
    """The guest's boot line."""
    words = ["console=hvc0 earlycon=xenboot panic=1"]
    if request.guest != "dom0":
        words = ["console=ttyAMA0 earlycon=pl011,0x22000000 panic=1"]
    if request.labels.get("initrd") == "load":
        words.append("rdinit=/init")
    return " ".join([*words, request.append]).strip()


def _dom0(request: Request) -> list[str]:
    line = escaped(linux_line(request))
    words = ["-device", f"guest-loader,addr={_KERNEL:#x},kernel={request.kernel},bootargs={line}"]
    if request.initrd is not None:
        words += ["-device", f"guest-loader,addr={_INITRD:#x},initrd={request.initrd}"]
    return words


def _domu(request: Request, folder: Path, command: list[str]) -> list[str]:
    """A tree that has the domain, and what loads its images to where the tree says they are."""
    plain, tree = folder / "plain.dtb", folder / "domu.dtb"
    at = command.index(_MACHINE)
    asking = [*command[:at], f"{_MACHINE},dumpdtb={plain}", *command[at + 1 :]]
    done = subprocess.run(asking, capture_output=True, text=True, check=False, timeout=60)
    if not plain.is_file():
        raise RecordError(f"QEMU gives no device tree: {done.stderr.strip()}")
    tree.write_bytes(add_to(plain.read_bytes(), "/chosen", domain(request)))
    words = ["-dtb", str(tree)]
    for image, where in ((request.kernel, _KERNEL), (request.initrd, _INITRD)):
        if image is not None:
            words += ["-device", f"loader,file={escaped(str(image))},addr={where:#x},force-raw=on"]
    return words


def domain(request: Request) -> Node:
    """What goes into /chosen: Xen's boot line, and the domain."""
    modules = [_module("kernel", request.kernel, _KERNEL, linux_line(request))]
    if request.initrd is not None:
        modules.append(_module("ramdisk", request.initrd, _INITRD))
    properties = {
        "compatible": text("xen,domain"),
        "#address-cells": cells(2),
        "#size-cells": cells(2),
        "memory": wide(request.guest_memory << 10),
        "cpus": cells(request.vcpus),
        "vpl011": b"",
        # without, and in Xen before 4.18, a guest is not told that it runs on Xen
        "xen,enhanced": text("no-xenstore"),
    }
    return Node(
        "chosen",
        {"xen,xen-bootargs": text(xen_line(request))},
        [Node("domU1", properties, modules)],
    )


def _module(kind: str, image: Path, where: int, line: str = "") -> Node:
    properties = {
        "compatible": text(f"multiboot,{kind}", "multiboot,module"),
        "reg": wide(where, image.stat().st_size),
    }
    if line:
        properties["bootargs"] = text(line)
    return Node(f"module@{where:x}", properties)
