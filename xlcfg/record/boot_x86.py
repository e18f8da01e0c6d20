"""Boots Xen on QEMU's `q35` machine, with a guest as dom0 or with a dom0 that starts one."""

from __future__ import annotations

from xlcfg.record.machine import QemuMachine, Request, common, escaped, work_folder

#: AMD's virtualisation, which TCG emulates, for PVH and HVM guests; without what Xen would not
#: boot with on an emulated CPU.
_CPU = "EPYC,-smap,-monitor,-rdtscp,+svm,+npt"

#: MiB of a dom0 that starts a guest.
_HOST_MEMORY = 768


def boot_x86_64(request: Request) -> QemuMachine:
    """Start the machine. Raises RecordError."""
    folder = work_folder(request.memory)
    if request.host is not None:
        kernel, initrd = request.host
        modules = f"{kernel} console=hvc0 rdinit=/init panic=1 quiet,{initrd}"
    else:
        modules = f"{request.kernel} {escaped(linux_line(request))}"
        if request.initrd is not None:
            modules += f",{request.initrd}"
    # Linux since 6.9 brings up no more vCPUs of a dom0 than the firmware names CPUs; Xen uses one
    # alone, so that vCPUs have to take turns
    cpus = str(request.vcpus if request.host is None else 1)
    if request.icount is not None:
        cpus = f"1,maxcpus={cpus}"  # QEMU keeps no log of more
    command = [
        *request.qemu,
        "-machine", "q35,memory-backend=ram",
        "-accel", "tcg",
        "-cpu", _CPU,
        "-smp", cpus,
        "-vga", "none",
        "-nic", "none",
        *common(request, folder),
        *(["-device", "amd-iommu"] if request.type == "pvh" and request.host is None else []),
        "-kernel", str(request.xen),
        "-append", xen_line(request),
        "-initrd", modules,
    ]  # fmt: skip
    return QemuMachine(command, folder, 0, request.memory << 20)


def xen_line(request: Request) -> str:
    """The hypervisor's boot line."""
    own = request.host is None
    memory = f"{request.guest_memory if own else _HOST_MEMORY}M"
    words = [
        "com1=115200,8n1 console=com1 loglvl=all guest_loglvl=all cpuidle=0",
        f"dom0_mem={memory},max:{memory}",
        f"maxcpus=1 dom0_max_vcpus={request.vcpus if own else 1}",
        "dom0=pvh" if request.type == "pvh" and own else "",
        request.xen_append,
    ]
    return " ".join(word for word in words if word)


def linux_line(request: Request) -> str:
    """The guest's boot line."""
    words = ["console=hvc0 earlyprintk=xen panic=1"]
    if request.labels.get("initrd") == "load":
        words.append("rdinit=/init")
    return " ".join([*words, request.append]).strip()
