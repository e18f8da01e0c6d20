"""A guest as domain XML for libvirt's Xen driver, and what of it domain XML has no place for.

It starts from what xl would use (`guest.reading.values`), so that every spelling of a disk comes
out the same, and takes one key after the other; keys nobody took are lost.
"""

from __future__ import annotations

import re

from xlcfg.core.conversion import Conversion
from xlcfg_libvirt import names
from xlcfg_libvirt.nodes import Node
from xlcfg_libvirt.values import GuestValues
from xlcfg_libvirt.write_devices import devices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from xlcfg.model.guest import Guest

_MACHINES = {"hvm": ("xenfv", "hvm"), "pv": ("xenpv", "linux"), "pvh": ("xenpvh", "xenpvh")}
_ARCHES = {
    "x86_64": "x86_64",
    "x86_32": "i686",
    "arm64": "aarch64",
    "arm32": "armv7l",
    "riscv64": "riscv64",
}


def write(guest: Guest) -> Conversion:
    """The domain, and what is lost."""
    writer = _DomainWriter(guest)
    writer.domain()
    text = "\n".join(writer.root.lines()) + "\n"
    return Conversion(text.encode().decode("latin-1"), writer.losses())


class _DomainWriter(GuestValues):
    def domain(self) -> None:
        root = self.root
        for name in ("name", "uuid"):
            if self.take(name):
                root.add(name, self.values[name])
        self.policy()
        memory, maximum = self.take("memory"), self.take("maxmem")
        size = maximum or memory
        if size:
            root.add("memory", str(size), unit="KiB")
        if memory and maximum:
            root.add("currentMemory", str(memory), unit="KiB")
        self.vcpus()
        for name in ("bootloader",):
            if self.take(name):
                root.add(name, self.values[name])
        arguments = self.take("bootloader_args")
        if arguments:
            root.add("bootloader_args", _joined(arguments))
        self.os()
        self.features()
        self.cpu()
        self.clock()
        for name in ("on_poweroff", "on_reboot", "on_crash"):
            action = self.take(name)
            if action in (names.CRASH_ACTIONS if name == "on_crash" else names.EVENT_ACTIONS):
                root.add(name, action)
            elif action:
                self.left.add(name)
        label = self.take("seclabel")
        if label:
            self.root.add("seclabel", type="static", model="flask").add("label", label)
        devices(self)
        arguments = self.settings.items("device_model_args")
        if arguments and not any(a.is_list for a in arguments):
            self.take("device_model_args")
            root.attributes["xmlns:xen"] = names.XEN_NAMESPACE
            line = root.add("xen:commandline")
            for argument in arguments:
                if not argument.is_list:
                    line.add("xen:arg", value=argument.text)

    def policy(self) -> None:
        from xlcfg.core.policy import GUEST_KEY

        asked = self.settings.string(GUEST_KEY)
        if asked is not None:
            self.left.discard(GUEST_KEY)
            self.root.add("metadata").add(
                "runstate", xmlns=names.POLICY_NAMESPACE, translation=asked
            )

    def vcpus(self) -> None:
        vcpus, most = self.take("vcpus"), self.take("maxvcpus")
        count = most or vcpus or 1
        vcpu = self.root.add("vcpu", str(count))
        if vcpus and vcpus != count:
            vcpu.attributes["current"] = str(vcpus)
        weight = self.take("cpu_weight")
        if weight:
            self.tune().add("shares", str(weight))
        every = self.settings.string("cpus")
        if every is not None:
            if re.fullmatch(r"[0-9^,-]+", every):
                self.left.discard("cpus")
                vcpu.attributes["cpuset"] = every
            return
        pins = self.settings.items("cpus") or []
        words = [pin.text for pin in pins if not pin.is_list]
        if pins and len(words) == len(pins) and all(re.fullmatch(r"[0-9^,-]+", w) for w in words):
            self.left.discard("cpus")
            tune = self.tune()
            for i, word in enumerate(words[: int(count)]):
                tune.add("vcpupin", vcpu=i, cpuset=word)

    def tune(self) -> Node:
        """The element for how the vCPUs are scheduled."""
        found = [child for child in self.root.children if child.tag == "cputune"]
        return found[0] if found else self.root.add("cputune")

    def os(self) -> None:
        os = self.root.add("os")
        self.left -= {"type", "builder"}
        machine, kind = _MACHINES[self.type]
        os.add("type", kind, arch=_ARCHES[self.guest.target.arch], machine=machine)
        bios, firmware = self.take("bios"), self.values.get("firmware")
        path, override = self.take("bios_path_override"), self.take("firmware_override")
        if bios == "ovmf" or firmware in ("uefi", "ovmf"):
            self.left.discard("firmware")
            os.add("loader", path or names.OVMF, readonly="yes", type="pflash")
        elif override and override.endswith("/hvmloader"):
            self.lose("firmware_override", f"`{override}`", "libvirt takes the toolstack's own")
        elif override:
            os.add("loader", override, type="rom")
        elif bios:
            self.lose("bios", f'bios="{bios}"', "libvirt leaves the choice to the toolstack")
        for key, tag in (("kernel", "kernel"), ("ramdisk", "initrd")):
            if self.take(key):
                os.add(tag, self.values[key])
        line = self.kernel_line()
        if line:
            os.add("cmdline", line)
        if self.take("acpi_firmware"):
            os.add("acpi").add("table", self.values["acpi_firmware"], type="rawset")
        letters = {letter: device for device, letter in names.BOOT_DEVICES.items()}
        boot = self.take("boot") if self.type == "hvm" else None
        for letter in boot or "":
            if letter in letters:
                os.add("boot", dev=letters[letter])
            else:
                self.lose("boot", f"`{letter}` in `boot`")

    def features(self) -> None:
        features = Node("features")
        if self.type == "hvm":
            for name in ("acpi", "apic", "pae"):
                if self.take(name) is not False:
                    features.add(name)
        hap = self.take("hap")
        if hap is not None:
            features.add("hap", state="on" if hap else "off")
        if self.take("viridian"):
            features.add("hyperv").add("relaxed", state="on")
            if self.settings.items("viridian"):
                self.lose("viridian", "the groups in `viridian`", "libvirt turns on all or none")
        host, passthrough = self.take("e820_host"), self.take("passthrough")
        if host is not None or passthrough in ("enabled", "disabled", "sync_pt", "share_pt"):
            xen = features.add("xen")
            if host is not None:
                xen.add("e820_host", state="on" if host else "off")
            if passthrough in ("enabled", "disabled"):
                xen.add("passthrough", state="on" if passthrough == "enabled" else "off")
            elif passthrough:
                xen.add("passthrough", state="on", mode=passthrough)
        elif passthrough is not None:
            self.left.add("passthrough")
        if features.children:
            self.root.children.append(features)

    def cpu(self) -> None:
        cpu = Node("cpu")
        nested = self.take("nestedhvm")
        flags = self.settings.string("cpuid")
        if self.type == "hvm" and (nested is not None or flags):
            cpu.attributes["mode"] = "host-passthrough"
        if nested is False:
            for name in ("vmx", "svm"):
                cpu.add("feature", policy="disable", name=name)
        if flags is not None and self.type == "hvm":
            self.cpuid(cpu, flags)
        nodes = self.take("vnuma") or []
        if nodes:
            numa = cpu.add("numa")
            for i, node in enumerate(nodes):
                cell = numa.add(
                    "cell",
                    id=i,
                    cpus=node.get("vcpus", ""),
                    memory=node.get("memkb", 0),
                    unit="KiB",
                )
                if node.get("pnode", i) != i:
                    self.lose("vnuma", f"pnode={node['pnode']} of node {i} in `vnuma`")
                if node.get("vdistances"):
                    distances = cell.add("distances")
                    for j, value in enumerate(node["vdistances"]):
                        distances.add("sibling", id=j, value=value)
        if cpu.attributes or cpu.children:
            self.root.children.append(cpu)

    def cpuid(self, cpu: Node, flags: str) -> None:
        theirs = {xl: libvirt for libvirt, xl in names.CPU_FEATURES.items()}
        policies = {"1": "force", "0": "disable", "x": "optional", "k": "optional", "s": "optional"}
        words = flags.split(",")
        self.left.discard("cpuid")
        if words[0] != "host":
            self.lose("cpuid", "`cpuid`", "only the form that begins with host, has names")
            return
        for word in words[1:]:
            name, _, value = word.partition("=")
            if value not in policies or not name:
                self.lose("cpuid", f"`{word}` in `cpuid`")
                continue
            if value in "ks":
                self.lose("cpuid", f"`{word}` in `cpuid`", "libvirt makes an x of it")
            cpu.add("feature", policy=policies[value], name=theirs.get(name, name))

    def clock(self) -> None:
        local, offset = self.take("localtime"), self.take("rtc_timeoffset")
        if self.type == "hvm":
            basis = "localtime" if local else "utc"
            clock = Node("clock", offset="variable", adjustment=offset or 0, basis=basis)
        else:
            clock = Node("clock", offset="localtime" if local else "utc")
            if offset:
                self.lose("rtc_timeoffset", "`rtc_timeoffset`", "libvirt sets it for HVM only")
        modes = {xl: libvirt for libvirt, xl in names.TSC_MODES.items()}
        hpet = self.take("hpet")
        if hpet is not None:
            clock.add("timer", name="hpet", present="yes" if hpet else "no")
        mode = self.settings.string("tsc_mode")
        if mode in modes:
            self.left.discard("tsc_mode")
            clock.add("timer", name="tsc", present="yes", mode=modes[mode])
        if clock.children or local is not None or offset is not None:
            self.root.children.append(clock)


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    return " ".join(getattr(v, "text", str(v)) for v in value)
