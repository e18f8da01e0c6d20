"""A domain element as a guest: what libvirt's Xen driver would ask of the toolstack, by xl's names.

Each setting lies where its element or attribute is.  What is not asked for here has no place among
xl's settings, and is listed as lost when the guest is written in xl's form.
"""

from __future__ import annotations

import re

from xlcfg.syntax.tree import Atom, Document, ListValue, Setting
from xlcfg_libvirt import names
from xlcfg_libvirt.xml import Element, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.core.conversion import ConversionLoss
    from xlcfg.core.source import Source

Place = Element | Value

_SECONDS = re.compile(r"-?[0-9]{1,19}")


def document(domain: Element, source: Source) -> tuple[Document, list[ConversionLoss]]:
    """The settings of a domain, and what of it they do not say."""
    reader = _Reader(source)
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


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.document = Document()
        self.lost: list[ConversionLoss] = []
        self.hvm = self.pv = False

    # ---- making settings ---------------------------------------------------------------------

    def put(self, name: str, value: object, at: Place, key: Element | None = None) -> None:
        """A setting: its value lies at `at`, its name at the element `key` (or at `at` itself)."""
        self.document.settings.append(self.setting(name, self.atom(value, at), at, key))

    def put_list(self, name: str, items: list[tuple[object, Place]], key: Element) -> None:
        """A list, each item with its place, in the order of the file; nothing for no item."""
        if items:
            first = min((at for _, at in items), key=lambda at: at.start)
            end = max(at.end for _, at in items)
            line = self.source.line_of(first.start)
            atoms = [self.value(value, at) for value, at in items]
            value = ListValue(atoms, first.start, end, line, line)
            self.document.settings.append(self.setting(name, value, first, key))

    def setting(
        self, name: str, value: Atom | ListValue, at: Place, key: Element | None
    ) -> Setting:
        named = key if key is not None else at
        name_end = named.name_end if isinstance(named, Element) else named.end
        start = named.start
        end = max(value.end, name_end)
        return Setting(name, "=", value, start, name_end, end, self.source.line_of(start))

    def value(self, value: object, at: Place) -> Atom | ListValue:
        if isinstance(value, list):
            line = self.source.line_of(at.start)
            return ListValue([self.atom(v, at) for v in value], at.start, at.end, line, line)
        return self.atom(value, at)

    def atom(self, value: object, at: Place) -> Atom:
        quoted = isinstance(value, str)
        text = str(int(value)) if isinstance(value, bool) else str(value)
        return Atom(text, at.start, at.end, self.source.line_of(at.start), quoted)

    def text(self, name: str, element: Element | None) -> None:
        """A setting whose value is the text of an element."""
        if element is not None:
            self.put(name, element.text.text, element.text, element)

    def lose(self, what: str, why: str, at: Place) -> None:
        from xlcfg.core.conversion import ConversionLoss

        self.lost.append(ConversionLoss(what, why, at.start, at.end))

    def losses(self, domain: Element) -> list[ConversionLoss]:
        """What was said to be lost, and every element and attribute nobody asked for."""
        todo = [domain]
        while todo:
            element = todo.pop()
            for name, value in element.attributes.items():
                if (
                    name not in element.seen_attributes
                    and (element.tag, name) not in names.IMPLIED_ATTRIBUTES
                ):
                    self.lose(f'{name}="{value.text}" of <{element.tag}>', names.NO_PLACE, value)
            for child in element.children:
                if child.seen:
                    todo.append(child)
                elif child.tag not in names.IMPLIED:
                    self.lose(f"<{child.tag}>", names.NO_PLACE, child)
        return self.lost

    # ---- the domain --------------------------------------------------------------------------

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
        self.text("bootloader", domain.find("bootloader"))
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
        vcpu = domain.find("vcpu")
        if vcpu is None:
            return
        current = vcpu.value("current")
        if current is not None:
            self.put("maxvcpus", vcpu.text.text, vcpu.text, vcpu)
            self.put("vcpus", current.text, current)
        else:
            self.put("vcpus", vcpu.text.text, vcpu.text, vcpu)
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
        if letters and self.hvm:
            self.put("boot", letters, order[0])

    def features(self, domain: Element, os: Element | None) -> None:
        features = domain.find("features")
        if self.hvm:
            at = features or os
            for name in ("pae", "acpi", "apic"):
                found = features.find(name) if features is not None else None
                if at is not None:
                    self.put(name, found is not None, found or at)
        if features is None:
            return
        hap = features.find("hap")
        if hap is not None:
            self.put("hap", hap.get("state", "on") == "on", hap)
        viridian = features.find("hyperv") or features.find("viridian")
        if viridian is not None and self.hvm:
            self.put("viridian", 1, viridian)
            viridian.whole()
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
        if numa is None:
            return
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
            if adjustment is not None and _SECONDS.fullmatch(adjustment.text) and self.hvm:
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

    # ---- devices -----------------------------------------------------------------------------

    def devices(self, devices: Element) -> None:
        emulator = devices.find("emulator")
        if emulator is not None and self.hvm:
            self.text("device_model_override", emulator)
        lists: tuple[tuple[str, str, Callable[[Element], object]], ...] = (
            ("disk", "disk", self.disk),
            ("interface", "vif", self.vif),
            ("hostdev", "pci", self.pci),
            ("hostdev", "usbdev", self.usbdev),
            ("controller", "usbctrl", self.usbctrl),
            ("channel", "channel", self.channel),
        )
        for tag, name, make in lists:
            made = [(make(element), element) for element in devices.all(tag)]
            items: list[tuple[object, Place]] = [(v, at) for v, at in made if v is not None]
            self.put_list(name, items, devices)
        for hostdev in devices.all("hostdev"):
            if hostdev.get("type") not in ("pci", "usb"):
                hostdev.seen = False
        for controller in devices.all("controller"):
            if controller.get("type") == "xenbus":
                for attribute, name in names.XENBUS_LIMITS.items():
                    limit = controller.value(attribute)
                    if limit is not None:
                        self.put(name, limit.text, limit)
                controller.whole()
            elif controller.get("type") != "usb":
                controller.whole()
        self.graphics(devices)
        self.video(devices)
        if not self.hvm:
            return
        models = devices.all("sound")
        if models:
            self.put("soundhw", ",".join(s.get("model") for s in models), models[0])
        serials = [(_character(s), s) for s in devices.all("serial")]
        ports: list[tuple[object, Place]] = [(v, at) for v, at in serials if v is not None]
        for value, at in serials:
            at.seen = value is not None
            for target in at.all("target"):
                target.whole()
        if len(ports) == 1:
            self.put("serial", *ports[0])
        else:
            self.put_list("serial", ports, devices)
        for input_ in devices.all("input"):
            input_.whole()
            if input_.get("bus") == "usb" and input_.get("type") in ("tablet", "mouse"):
                self.put("usb", 1, input_)
                self.put("usbdevice", input_.get("type"), input_)

    def disk(self, disk: Element) -> str | None:
        driver, source, target = disk.find("driver"), disk.find("source"), disk.find("target")
        if target is None or disk.get("device") == "floppy":
            disk.seen = False
            return None
        target.seen_attributes.add("bus")
        kind = disk.get("type", "file")
        path = ""
        if source is not None:
            if kind not in ("file", "block"):
                disk.seen = False
                return None
            path = source.get("dev") if kind == "block" else source.get("file")
        words = []
        name = driver.get("name") if driver is not None else ""
        format_ = driver.get("type") if driver is not None else ""
        words.append(f"format={names.DISK_FORMATS.get(format_, format_ or 'raw')}")
        words.append(f"vdev={target.get('dev')}")
        read_only = disk.find("readonly") is not None
        shared = disk.find("shareable") is not None
        words.append("access=ro" if read_only else "access=!" if shared else "access=rw")
        if name in names.DISK_DRIVERS:
            words.append(f"backendtype={names.DISK_DRIVERS[name]}")
        backend = disk.find("backenddomain")
        if backend is not None:
            words.append(f"backend={backend.get('name')}")
        if driver is not None and driver.get("discard") == "ignore":
            words.append("no-discard")
        if disk.get("device") == "cdrom":
            words.append("devtype=cdrom")
        if path:
            # last, as it takes the rest of the string
            words.append(f"target={path}")
        return ",".join(words)

    def vif(self, interface: Element) -> str:
        words = []
        mac = interface.find("mac")
        if mac is not None:
            words.append(f"mac={mac.get('address')}")
        source = interface.find("source")
        kind = interface.get("type")
        bridge = ""
        if source is not None:
            bridge = source.get("bridge")
            if not bridge:
                source.seen = False
        virtualport = interface.find("virtualport")
        vlan = interface.find("vlan")
        script = interface.find("script")
        path = script.get("path") if script is not None else ""
        if virtualport is not None and virtualport.get("type") == "openvswitch":
            path = path or "vif-openvswitch"
            if vlan is not None:
                tags = [tag.get("id") for tag in vlan.all("tag")]
                if vlan.get("trunk") == "yes":
                    bridge += "".join(f":{tag}" for tag in tags)
                else:
                    bridge += f".{tags[0]}" if tags else ""
        if bridge and kind == "bridge":
            words.append(f"bridge={bridge}")
        addresses = [ip.get("address") for ip in interface.all("ip")]
        if addresses:
            words.append(f"ip={' '.join(addresses)}")
        if path:
            words.append(f"script={path}")
        model = interface.find("model")
        if model is not None:
            name = model.get("type")
            words.append("type=vif" if name == "netfront" else f"model={name}")
        for tag, attribute, key in (
            ("target", "dev", "vifname"),
            ("backenddomain", "name", "backend"),
        ):
            found = interface.find(tag)
            if found is not None and found.get(attribute):
                words.append(f"{key}={found.get(attribute)}")
        rate = interface.find("bandwidth", "outbound")
        if rate is not None and rate.get("average"):
            words.append(f"rate={rate.get('average')}KB/s")
        return ",".join(words)

    def pci(self, hostdev: Element) -> str | None:
        address = hostdev.find("source", "address")
        if hostdev.get("type") != "pci" or address is None:
            return None
        hostdev.seen_attributes.update(("mode", "managed"))
        parts = [address.get(n, "0") for n in ("domain", "bus", "slot", "function")]
        try:
            domain, bus, slot, function = (int(p[:18], 0) for p in parts)
        except ValueError:
            return None
        words = [f"{domain:04x}:{bus:02x}:{slot:02x}.{function:x}"]
        driver = hostdev.find("driver")
        if driver is not None:
            driver.seen_attributes.add("name")
        if hostdev.get("managed") == "yes":
            words.append("seize=1")
        source = hostdev.find("source")
        if source is not None and source.get("writeFiltering") == "no":
            words.append("permissive=1")
        return ",".join(words)

    def usbdev(self, hostdev: Element) -> str | None:
        address = hostdev.find("source", "address")
        if hostdev.get("type") != "usb":
            return None
        hostdev.seen_attributes.update(("mode", "managed"))
        if address is None:
            hostdev.seen = False
            return None
        try:
            bus, device = (int(address.get(n)[:18], 0) for n in ("bus", "device"))
        except ValueError:
            return None
        return f"hostbus={bus},hostaddr={device}"

    def usbctrl(self, controller: Element) -> str | None:
        version = {"qusb1": "1", "qusb2": "2"}.get(controller.get("model"))
        if controller.get("type") != "usb":
            return None
        controller.seen_attributes.add("index")
        if version is None:
            controller.whole()
            return None
        ports = controller.get("ports")
        return f"type=qusb,version={version}" + (f",ports={ports}" if ports else "")

    def channel(self, channel: Element) -> str | None:
        target, source = channel.find("target"), channel.find("source")
        if target is None or target.get("type") != "xen":
            channel.seen = False
            return None
        if channel.get("type") == "pty":
            return f"connection=pty,name={target.get('name')}"
        if channel.get("type") != "unix" or source is None:
            channel.seen = False
            return None
        source.seen_attributes.add("mode")
        return f"connection=socket,path={source.get('path')},name={target.get('name')}"

    def graphics(self, devices: Element) -> None:
        vfbs: list[tuple[object, Place]] = []
        for graphics in devices.all("graphics"):
            for listen in graphics.all("listen"):
                listen.seen_attributes.add("type")
            kind = graphics.get("type")
            graphics.seen_attributes.update(("autoport", "port", "listen"))
            words = self.screen(graphics, kind)
            if words is None:
                graphics.seen = False
            elif not self.hvm:
                vfbs.append(
                    (",".join([f"type={kind}", *(f"{k}={v}" for k, v, _ in words)]), graphics)
                )
            else:
                for name in ("vnc", "sdl"):
                    if not any(s.name == name for s in self.document.settings):
                        self.put(name, kind == name, graphics)
                if kind == "spice":
                    self.put("spice", 1, graphics)
                for key, value, at in words:
                    self.put(key, int(value) if key in names.NUMBERS else value, at)
        self.put_list("vfb", vfbs, devices)

    def screen(self, graphics: Element, kind: str) -> list[tuple[str, str, Place]] | None:
        """What xl's keys say of one screen; None for a kind that Xen has not."""
        words: list[tuple[str, str, Place]] = []

        def add(key: str, value: str, at: Place | None = None) -> None:
            words.append((key, value, at or graphics))

        listen = graphics.find("listen")
        address = graphics.value("listen")
        if listen is not None and listen.value("address") is not None:
            address = listen.value("address")
        port = graphics.value("port")
        auto = graphics.get("autoport") == "yes" or port is None or port.text == "-1"
        password = graphics.value("passwd")
        if kind == "vnc":
            add("vncunused", "1" if auto else "0", graphics.attributes.get("autoport"))
            if not auto and port is not None and port.text.isdigit() and len(port.text) < 7:
                add("vncdisplay", str(int(port.text) - 5900), port)
            if address is not None:
                add("vnclisten", address.text, address)
            if password is not None:
                add("vncpasswd", password.text, password)
            keymap = graphics.value("keymap")
            if keymap is not None:
                add("keymap", keymap.text, keymap)
            return words
        if kind == "sdl":
            for attribute, key in (("display", "display"), ("xauth", "xauthority")):
                found = graphics.value(attribute)
                if found is not None:
                    add(key, found.text, found)
            return words
        if kind != "spice" or not self.hvm:
            return None
        if address is not None:
            add("spicehost", address.text, address)
        for attribute, key in (("port", "spiceport"), ("tlsPort", "spicetls_port")):
            found = graphics.value(attribute)
            if found is not None and found.text.isdigit() and len(found.text) < 7:
                add(key, found.text, found)
        add("spicedisable_ticketing", "0" if password is not None else "1", password)
        if password is not None:
            add("spicepasswd", password.text, password)
        mouse = graphics.find("mouse")
        if mouse is not None:
            client = mouse.get("mode") == "client"
            add("spiceagent_mouse", "1" if client else "0", mouse)
        clipboard = graphics.find("clipboard")
        copy = clipboard is not None and clipboard.get("copypaste") == "yes"
        if (mouse is not None and mouse.get("mode") == "client") or copy:
            add("spicevdagent", "1", mouse or clipboard)
        if clipboard is not None:
            add("spice_clipboard_sharing", "1" if copy else "0", clipboard)
        return words

    def video(self, devices: Element) -> None:
        video = devices.find("video")
        model = video.find("model") if video is not None else None
        if model is None or not self.hvm:
            return
        model.seen_attributes.update(("heads", "primary", "vram", "ram", "vgamem"))
        kind = model.get("type")
        default, name = names.VIDEO.get(kind, (0, ""))
        if not default:
            if kind not in ("none", "xen"):
                model.seen = False
            elif kind == "none":
                self.put("vga", "none", model)
            return
        if kind != "cirrus":
            self.put("vga", name, model)
        vram = model.value("vram")
        if vram is None or not vram.text.isdigit() or len(vram.text) > 11:
            return
        if int(vram.text) != default:
            self.put("videoram", -(-int(vram.text) // 1024), vram)


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


def _character(device: Element) -> str | None:
    """A serial port as qemu's command line wants it; None for a kind that cannot be said."""
    kind = device.get("type")
    source = device.find("source")
    if kind in ("pty", "null", "stdio", "vc"):
        for one in device.all("source"):
            one.whole()
        return kind
    if source is None:
        return None
    if kind in ("file", "pipe"):
        return f"{kind}:{source.get('path')}"
    if kind == "dev":
        return source.get("path")
    server = ",server,nowait" if source.get("mode") == "bind" else ""
    if kind == "unix":
        return f"unix:{source.get('path')}{server}"
    if kind == "tcp":
        protocol = device.find("protocol")
        scheme = "telnet" if protocol is not None and protocol.get("type") == "telnet" else "tcp"
        return f"{scheme}:{source.get('host')}:{source.get('service')}{server}"
    return None
