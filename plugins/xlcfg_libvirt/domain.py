"""A domain element as a guest: what libvirt's Xen driver would ask of the toolstack, by xl's names.

Each setting lies where its element or attribute is.  What is not asked for here has no place among
xl's settings, and is listed as lost when the guest is written in xl's form.
"""

from __future__ import annotations

import re

from xlcfg_libvirt import devices as strings
from xlcfg_libvirt import names, screens
from xlcfg_libvirt.settings import GuestSettings
from xlcfg_libvirt.xml import Element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.conversion import ConversionLoss
    from xlcfg.core.source import Source
    from xlcfg.syntax.tree import Document
    from xlcfg_libvirt.settings import Place
    from xlcfg_libvirt.xml import Value

_SECONDS = re.compile(r"-?[0-9]{1,19}")


def document(domain: Element, source: Source) -> tuple[Document, list[ConversionLoss]]:
    """The settings of a domain, and what of it they do not say."""
    reader = _DomainReader(source)
    reader.domain(domain)
    return reader.document, reader.losses(domain)


def kib(element: Element) -> int | None:
    """A size in KiB, rounded up; None where libvirt refuses it."""
    text = element.text.text
    unit = names.UNITS.get(element.get("unit", "KiB").lower())
    if unit is None or not text.isascii() or not text.isdigit() or len(text) > 20:
        return None
    size = -(-int(text) * unit // 1024)
    return size if size * 1024 < 2**64 else None


class _DomainReader(GuestSettings):
    def domain(self, domain: Element) -> None:
        domain.seen_attributes.update(("type", "id"))
        os = domain.find("os")
        kind = os.find("type") if os is not None else None
        self.hvm = kind is not None and kind.text.text == "hvm"
        pvh = kind is not None and "xenpvh" in (kind.text.text, kind.get("machine"))
        self.pv = not self.hvm and not pvh
        self.text("name", domain.find("name"))
        if kind is not None:
            kind.seen_attributes.update(("arch", "machine"))
            type_ = "hvm" if self.hvm else "pvh" if pvh else "pv"
            self.put("type", type_, kind.text, kind)
        self.text("uuid", domain.find("uuid"))
        for tag, name in (("memory", "maxmem"), ("currentMemory", "memory")):
            self.size(name, domain.find(tag))
        if domain.find("currentMemory") is None:
            self.size("memory", domain.find("memory"))
        self.vcpus(domain)
        for tag in ("on_poweroff", "on_reboot", "on_crash"):
            self.text(tag, domain.find(tag))
        bootloader = domain.find("bootloader")
        self.text("bootloader", bootloader)
        if self.pv and bootloader is None and (os is None or os.find("kernel") is None):
            self.put("bootloader", "pygrub", kind or domain)
        arguments = domain.find("bootloader_args")
        if arguments is not None:
            words: list[tuple[object, Place]] = [
                (w, arguments.text) for w in arguments.text.text.split()
            ]
            self.put_list("bootloader_args", words, arguments)
        if os is not None:
            self.boot(os)
        self.features(domain, os)
        self.cpu(domain)
        self.clock(domain)
        self.policy(domain)
        self.label(domain)
        for commandline in domain.all("commandline", names.XEN_NAMESPACE):
            args = commandline.all("arg", names.XEN_NAMESPACE)
            self.put_list("device_model_args", [(a.get("value"), a) for a in args], commandline)
        devices = domain.find("devices")
        if devices is not None:
            self.devices(devices)

    def size(self, name: str, element: Element | None) -> None:
        if element is None:
            return
        size = kib(element)
        if size is not None:
            self.put(name, -(-size // 1024), element.text, element)

    def vcpus(self, domain: Element) -> None:
        shares = domain.find("cputune", "shares")
        if shares is not None and _number(shares.text.text) is not None:
            self.put("cpu_weight", _number(shares.text.text), shares.text, shares)
        elif shares is not None:
            shares.seen = False
        vcpu = domain.find("vcpu")
        if vcpu is None:
            return
        current = vcpu.value("current")
        if current is not None:
            self.put("maxvcpus", _counted(vcpu.text), vcpu.text, vcpu)
            self.put("vcpus", _counted(current), current)
        else:
            self.put("vcpus", _counted(vcpu.text), vcpu.text, vcpu)
        vcpu.seen_attributes.add("placement")
        tune = domain.find("cputune")
        pins = {} if tune is None else {p.get("vcpu"): p for p in tune.all("vcpupin")}
        cpuset = vcpu.value("cpuset")
        if pins and tune is not None:
            count = vcpu.text.text
            wanted = (
                [str(i) for i in range(int(count))] if count.isdigit() and len(count) < 5 else []
            )
            rest = cpuset.text if cpuset is not None else "all"
            items: list[tuple[object, Place]] = [
                (pins[n].get("cpuset"), pins[n]) if n in pins else (rest, vcpu) for n in wanted
            ]
            self.put_list("cpus", items, tune)
        elif cpuset is not None:
            self.put("cpus", cpuset.text, cpuset)

    def boot(self, os: Element) -> None:
        loader = os.find("loader")
        if loader is not None:
            loader.seen_attributes.update(("type", "readonly", "format", "secure"))
            path = loader.text.text
            if loader.get("type") == "pflash" or os.get("firmware") == "efi":
                self.put("bios", "ovmf", loader)
                if path not in ("", names.OVMF):
                    self.put("bios_path_override", path, loader.text, loader)
            elif not path.endswith("/hvmloader"):
                self.text("firmware_override", loader)
        elif os.get("firmware") == "efi":
            self.put("bios", "ovmf", os.attributes["firmware"])
        self.text("kernel", os.find("kernel"))
        self.text("ramdisk", os.find("initrd"))
        self.text("cmdline", os.find("cmdline"))
        table = os.find("acpi", "table")
        if table is not None:
            table.seen_attributes.add("type")
            self.text("acpi_firmware", table)
        order = os.all("boot")
        letters = "".join(names.BOOT_DEVICES.get(b.get("dev"), "") for b in order)
        if self.hvm:
            self.put("boot", letters or "c", order[0] if letters else os)

    def features(self, domain: Element, os: Element | None) -> None:
        features = domain.find("features")
        if self.hvm:
            at = features or os
            for name in ("pae", "acpi", "apic"):
                found = features.find(name) if features is not None else None
                if at is not None:
                    self.put(name, found is not None, found or at)
            viridian = features and (features.find("hyperv") or features.find("viridian"))
            if at is not None:
                self.put("viridian", int(viridian is not None), viridian or at)
            for one in viridian.children if viridian is not None else ():
                one.whole()
                if one.get("state", "on") != "on":
                    self.lose(f'state="{one.get("state")}" of <{one.tag}>', names.ALL_VIRIDIAN, one)
        if features is None:
            return
        hap = features.find("hap")
        if hap is not None:
            self.put("hap", hap.get("state", "on") == "on", hap)
        xen = features.find("xen")
        if xen is None:
            return
        host = xen.find("e820_host")
        if host is not None and self.pv:
            self.put("e820_host", host.get("state") == "on", host)
        passthrough = xen.find("passthrough")
        if passthrough is not None:
            state = "enabled" if passthrough.get("state") == "on" else "disabled"
            self.put("passthrough", passthrough.get("mode", state), passthrough)

    def cpu(self, domain: Element) -> None:
        cpu = domain.find("cpu")
        if cpu is None:
            return
        cpu.seen_attributes.add("check")
        mode = cpu.value("mode")
        if mode is not None and mode.text != "host-passthrough":
            self.lose(f'mode="{mode.text}" of <cpu>', names.PASSTHROUGH_ONLY, mode)
        if mode is not None and mode.text == "host-passthrough" and self.hvm:
            nested = True
            words = ["host"]
            for feature in cpu.all("feature"):
                name = names.CPU_FEATURES.get(feature.get("name"), feature.get("name"))
                value = names.CPU_POLICIES.get(feature.get("policy"), "")
                if name in ("vmx", "svm"):
                    nested = nested and value != "0"
                elif value:
                    words.append(f"{name}={value}")
            self.put("nestedhvm", nested, mode, cpu)
            if len(words) > 1:
                self.put("cpuid", ",".join(words), cpu)
        numa = cpu.find("numa")
        if numa is not None:
            self.numa(numa)

    def numa(self, numa: Element) -> None:
        cells = numa.all("cell")
        nodes: list[tuple[object, Place]] = []
        distances = {
            (str(i), s.get("id")): s.get("value")
            for i, cell in enumerate(cells)
            for found in cell.all("distances")
            for s in found.all("sibling")
        }
        # a tree of a thousand cells would make a million distances
        for i, cell in enumerate(cells[: names.MOST_CELLS]):
            cell.seen_attributes.add("id")
            size = _cell_kib(cell)
            row = [
                # libvirt makes the way back as long as the way there, and 20 when nobody says
                distances.get((str(i), str(j)))
                or distances.get((str(j), str(i)))
                or ("10" if i == j else "20")
                for j in range(min(len(cells), names.MOST_CELLS))
            ]
            nodes.append(
                (
                    [
                        f"pnode={i}",
                        f"size={(size or 0) // 1024}",
                        f"vcpus={cell.get('cpus')}",
                        f"vdistances={','.join(row)}",
                    ],
                    cell,
                )
            )
        self.put_list("vnuma", nodes, numa)

    def clock(self, domain: Element) -> None:
        clock = domain.find("clock")
        if clock is None:
            return
        clock.seen_attributes.add("adjustment")
        offset = clock.value("offset")
        local = "localtime" in (clock.get("basis"), clock.get("offset"))
        if offset is not None:
            adjustment = clock.value("adjustment")
            if offset.text not in ("utc", "localtime", "variable"):
                self.lose(f'offset="{offset.text}" of <clock>', names.REFUSED, offset)
            if adjustment is not None and _SECONDS.fullmatch(adjustment.text):
                self.put("rtc_timeoffset", int(adjustment.text), adjustment)
            self.put("localtime", local, clock.attributes.get("basis", offset))
        for timer in clock.all("timer"):
            name, present = timer.get("name"), timer.get("present", "yes")
            if name == "hpet":
                self.put("hpet", present == "yes", timer)
            elif name == "tsc" and timer.get("mode", "auto") in names.TSC_MODES:
                self.put("tsc_mode", names.TSC_MODES[timer.get("mode", "auto")], timer)
            else:
                timer.seen = False

    def policy(self, domain: Element) -> None:
        metadata = domain.find("metadata")
        if metadata is None:
            return
        for runstate in metadata.all("runstate", names.POLICY_NAMESPACE):
            value = runstate.value("translation")
            if value is not None:
                self.put("runstate_translation", value.text, value, runstate)

    def label(self, domain: Element) -> None:
        """The label that Flask knows the guest by: the first one, when it is said at all."""
        for i, label in enumerate(domain.all("seclabel")):
            text = label.find("label")
            if i or label.get("type") != "static" or text is None:
                label.seen = False
                continue
            label.seen_attributes.update(("type", "model", "relabel"))
            self.text("seclabel", text)

    def devices(self, devices: Element) -> None:
        emulator = devices.find("emulator")
        if emulator is not None and self.hvm:
            self.text("device_model_override", emulator)
        lists: tuple[tuple[str, str, Callable[[Element], object]], ...] = (
            ("disk", "disk", strings.disk),
            ("interface", "vif", strings.vif),
            ("hostdev", "pci", strings.pci),
            ("hostdev", "usbdev", strings.usbdev),
            ("controller", "usbctrl", strings.usbctrl),
            ("channel", "channel", strings.channel),
        )
        hosts = strings.hostdevs(devices)
        for tag, name, make in lists:
            found = hosts if tag == "hostdev" else devices.all(tag)
            made = [(make(element), element) for element in found]
            for value, element in made if tag == "hostdev" else ():
                element.seen = element.seen or value is not None
            items: list[tuple[object, Place]] = [(v, at) for v, at in made if v is not None]
            self.put_list(name, items, devices)
        self.without_key(devices)
        screens.graphics(self, devices)
        screens.video(self, devices)
        if self.hvm:
            self.emulated(devices)

    def without_key(self, devices: Element) -> None:
        """Devices that are none for xl, or limits rather than devices."""
        # not by all(): what a list has refused is to stay unseen
        for controller in (e for e in devices.children if e.tag == "controller"):
            if controller.get("type") == "xenbus":
                for attribute, name in names.XENBUS_LIMITS.items():
                    limit = controller.value(attribute)
                    if limit is not None:
                        self.put(name, limit.text, limit)
                controller.whole()
            elif controller.get("type") != "usb":
                controller.whole()
        for balloon in devices.all("memballoon"):
            if balloon.get("model", "xen") != "xen":
                self.lose(f'model="{balloon.get("model")}" of <memballoon>', names.REFUSED, balloon)
        consoles = devices.all("console")
        for console in consoles:
            console.whole()
            first = console is consoles[0]
            if not self.hvm and not (first and console.get("type", "pty") == "pty"):
                self.lose("<console>", names.ONE_CONSOLE, console)

    def emulated(self, devices: Element) -> None:
        """What only a device model has: sound, serial ports, input."""
        for sound in devices.all("sound")[:1]:
            # "hda" is xl's word for the codec with the controller of this name
            model = sound.get("model").replace("ich6", "hda")
            self.put("soundhw", model, sound)
        for sound in devices.all("sound")[1:]:
            sound.seen = False
        found = devices.all("serial")
        if not found:
            # the console of such a guest is its first serial port
            found = [c for c in devices.all("console")[:1] if strings.is_serial(c)]
        serials = [(strings.serial(s), s) for s in found]
        ports: list[tuple[object, Place]] = [(v, at) for v, at in serials if v is not None]
        for value, at in serials:
            at.seen = value is not None
            for target in at.all("target"):
                target.whole()
        if len(ports) == 1:
            self.put("serial", *ports[0])
        elif ports:
            self.put_list("serial", ports, devices)
        elif not found:
            self.put("serial", "none", devices)
        self.inputs(devices)

    def inputs(self, devices: Element) -> None:
        """Mice, tablets and keyboards at the USB; those of PS/2 are always there."""
        usb: list[tuple[object, Place]] = []
        for input_ in devices.all("input"):
            kind, bus = input_.get("type"), input_.get("bus", "ps2")
            input_.whole()
            if bus == "usb" and kind in ("tablet", "mouse", "keyboard"):
                usb.append((kind, input_))
            elif bus not in ("ps2", "xen") or kind not in ("mouse", "keyboard"):
                self.lose(f"<input> ({kind}, {bus})", names.NO_PLACE, input_)
        if usb:
            self.put("usb", 1, usb[0][1])
        if len(usb) == 1:
            self.put("usbdevice", *usb[0])
        else:
            self.put_list("usbdevice", usb, devices)


def _counted(text: Value) -> object:
    """A number where it is written as xl's configs have them, else the text as it stands."""
    number = _number(text.text)
    return number if str(number) == text.text else text.text


def _number(text: str) -> int | None:
    """A whole number of at most nine digits."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _cell_kib(cell: Element) -> int | None:
    """The memory of a NUMA cell, which is an attribute rather than text."""
    memory = cell.value("memory")
    if memory is None:
        return None
    probe = Element("memory", "", cell.start, cell.name_end, cell.end)
    probe.text = memory
    unit = cell.value("unit")
    if unit is not None:
        probe.attributes["unit"] = unit
    return kib(probe)
