"""A guest as domain XML for libvirt's Xen driver, and what of it domain XML does not say.

It starts from what xl would use (`guest.reading.values`), so that every spelling of a disk comes
out the same, and takes one key after the other; keys nobody took are lost.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from xlcfg.core.conversion import Conversion, ConversionLoss
from xlcfg_libvirt import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg.model.guest import Guest

NO_ELEMENT = "domain XML has no element for it that xlcfg knows of"
#: what XML 1.0 has no way to write
_UNWRITABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MACHINES = {"hvm": ("xenfv", "hvm"), "pv": ("xenpv", "linux"), "pvh": ("xenpvh", "xenpvh")}
_ARCHES = {"x86_64": "x86_64", "x86_32": "i686", "arm64": "aarch64", "arm32": "armv7l"}
_SERIAL = re.compile(r"(tcp|telnet):([^:,]*):([^:,]*)(,server(?:,nowait)?)?\Z")


class Node:
    """An element to be written."""

    def __init__(self, tag: str, text: str = "", **attributes: object) -> None:
        self.tag = tag
        self.text = text
        self.attributes = {name: str(value) for name, value in attributes.items()}
        self.children: list[Node] = []

    def add(self, tag: str, text: str = "", **attributes: object) -> Node:
        """Append a child; the child."""
        child = Node(tag, text, **attributes)
        self.children.append(child)
        return child

    def lines(self, indent: str = "") -> list[str]:
        """The element's lines."""
        head = self.tag + "".join(f" {n}={_quoted(v)}" for n, v in self.attributes.items())
        if not self.children:
            if not self.text:
                return [f"{indent}<{head}/>"]
            return [f"{indent}<{head}>{escape(_unicode(self.text))}</{self.tag}>"]
        inner = [line for child in self.children for line in child.lines(indent + "  ")]
        return [f"{indent}<{head}>", *inner, f"{indent}</{self.tag}>"]


def _unicode(text: str) -> str:
    """Bytes-as-Latin-1 text as characters; what is no UTF-8, or not for XML, becomes U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", text.encode("latin-1").decode("utf-8", "replace"))


def _quoted(text: str) -> str:
    entities = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
    return quoteattr(_unicode(text), entities)


def write(guest: Guest) -> Conversion:
    """The domain, and what is lost."""
    writer = _Writer(guest)
    writer.domain()
    text = "\n".join(writer.root.lines()) + "\n"
    return Conversion(text.encode().decode("latin-1"), [*writer.losses(), *guest.unsaid])


class _Writer:
    def __init__(self, guest: Guest) -> None:
        self.guest = guest
        self.values: dict[str, Any] = dict(guest.reading.values)
        self.left = set(guest.settings.by_name)
        self.lost: list[ConversionLoss] = []
        self.root = Node("domain", type="xen")
        self.type = guest.reading.guest_type or guest.type or "pv"

    def take(self, name: str) -> Any:
        """What xl would use for a key; the key is said now."""
        self.left.discard(name)
        return self.values.get(name)

    def lose(self, name: str, what: str, why: str = NO_ELEMENT) -> None:
        setting = self.guest.settings.get(name)
        if setting is not None:
            self.lost.append(ConversionLoss(what, why, setting.start, setting.end))

    def losses(self) -> list[ConversionLoss]:
        for name in self.left:
            known = name in self.values
            self.lose(name, f"`{name}`", NO_ELEMENT if known else "xl does not use it either")
        return self.lost

    def rest(self, name: str, item: Mapping[str, Any], said: set[str]) -> None:
        """Note the fields of a device that were not said."""
        for field, value in item.items():
            if field not in said and value not in (None, "", 0, False):
                self.lose(name, f"{field}={value} in `{name}`")

    # ---- the domain --------------------------------------------------------------------------

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
        self.devices()
        arguments = self.guest.settings.items("device_model_args")
        if arguments and not any(a.is_list for a in arguments):
            self.take("device_model_args")
            root.attributes["xmlns:xen"] = names.XEN_NAMESPACE
            line = root.add("xen:commandline")
            for argument in arguments:
                if not argument.is_list:
                    line.add("xen:arg", value=argument.text)

    def policy(self) -> None:
        from xlcfg.policy import GUEST_KEY

        asked = self.guest.settings.string(GUEST_KEY)
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
        every = self.guest.settings.string("cpus")
        if every is not None:
            if re.fullmatch(r"[0-9^,-]+", every):
                self.left.discard("cpus")
                vcpu.attributes["cpuset"] = every
            return
        pins = self.guest.settings.items("cpus") or []
        words = [pin.text for pin in pins if not pin.is_list]
        if pins and len(words) == len(pins) and all(re.fullmatch(r"[0-9^,-]+", w) for w in words):
            self.left.discard("cpus")
            tune = self.root.add("cputune")
            for i, word in enumerate(words[: int(count)]):
                tune.add("vcpupin", vcpu=i, cpuset=word)

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
        words = [self.take(key) for key in ("cmdline", "root", "extra")]
        if words[1]:
            words[1] = f"root={words[1]}"
        line = words[0] or " ".join(w for w in words[1:] if w)
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
            if self.guest.settings.items("viridian"):
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
        flags = self.guest.settings.string("cpuid")
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
        mode = self.guest.settings.string("tsc_mode")
        if mode in modes:
            self.left.discard("tsc_mode")
            clock.add("timer", name="tsc", present="yes", mode=modes[mode])
        if clock.children or local is not None or offset is not None:
            self.root.children.append(clock)

    # ---- devices -----------------------------------------------------------------------------

    def devices(self) -> None:
        devices = Node("devices")
        if self.type == "hvm" and self.take("device_model_override"):
            devices.add("emulator", self.values["device_model_override"])
            self.left.discard("device_model_version")
        for key, make in (
            ("disk", self.disk),
            ("usbctrl", self.usbctrl),
            ("vif", self.vif),
            ("pci", self.pci),
            ("usbdev", self.usbdev),
            ("channel", self.channel),
        ):
            for item in self.take(key) or []:
                if isinstance(item, dict):
                    make(devices, item)
        self.limits(devices)
        self.serial(devices)
        self.screens(devices)
        for model in str(self.take("soundhw") or "").split(","):
            if model:
                devices.add("sound", model=model)
        device = self.guest.settings.string("usbdevice")
        if device in ("tablet", "mouse") and self.type == "hvm":
            self.left -= {"usb", "usbdevice"}
            devices.add("input", type=device, bus="usb")
        if devices.children:
            self.root.children.append(devices)

    def disk(self, devices: Node, disk: dict[str, Any]) -> None:
        backend = disk.get("backend") or ""
        block = backend == "phy" or (
            not backend and str(disk.get("pdev_path") or "").startswith("/dev/")
        )
        node = devices.add(
            "disk",
            type="block" if block else "file",
            device="cdrom" if disk.get("is_cdrom") else "disk",
        )
        drivers = {"phy": "phy", "qdisk": "qemu", "tap": "tap"}
        driver = node.add("driver")
        if backend in drivers:
            driver.attributes["name"] = drivers[backend]
        elif backend:
            self.lose("disk", f"backendtype={backend} in `disk`")
        driver.attributes["type"] = disk.get("format") or "raw"
        if disk.get("discard_enable") is False:
            driver.attributes["discard"] = "ignore"
        path = disk.get("pdev_path")
        if path:
            node.add("source", **{"dev" if block else "file": path})
        node.add("target", dev=disk.get("vdev", ""))
        if not disk.get("readwrite", 1):
            node.add("readonly")
        if disk.get("backend_domname"):
            node.add("backenddomain", name=disk["backend_domname"])
        self.rest(
            "disk",
            disk,
            {
                "backend", "backend_domname", "discard_enable", "format", "is_cdrom", "pdev_path",
                "readwrite", "removable", "vdev",
            },
        )  # fmt: skip

    def vif(self, devices: Node, vif: dict[str, Any]) -> None:
        node = devices.add("interface", type="bridge" if vif.get("bridge") else "ethernet")
        if vif.get("mac"):
            node.add("mac", address=vif["mac"])
        if vif.get("bridge"):
            node.add("source", bridge=vif["bridge"])
        rate = vif.get("rate_bytes_per_interval")
        if rate:
            interval = vif.get("rate_interval_usecs") or 50000
            average = rate * 1000 // interval
            node.add("bandwidth").add("outbound", average=average)
            if average * interval != rate * 1000 or interval != 50000:
                self.lose("vif", "the exact rate in `vif`", "libvirt counts KB/s")
        if vif.get("script"):
            node.add("script", path=vif["script"])
        for address in str(vif.get("ip") or "").split():
            node.add("ip", address=address)
        if vif.get("ifname"):
            node.add("target", dev=vif["ifname"])
        if vif.get("model"):
            node.add("model", type=vif["model"])
        elif vif.get("nictype") == "vif":
            node.add("model", type="netfront")
        if vif.get("backend_domname"):
            node.add("backenddomain", name=vif["backend_domname"])
        self.rest(
            "vif",
            vif,
            {
                "backend_domname", "bridge", "ifname", "ip", "mac", "model", "nictype",
                "rate_bytes_per_interval", "rate_interval_usecs", "script",
            },
        )  # fmt: skip

    def pci(self, devices: Node, pci: dict[str, Any]) -> None:
        managed = "yes" if pci.get("seize") else "no"
        node = devices.add("hostdev", mode="subsystem", type="pci", managed=managed)
        source = node.add("source")
        if pci.get("permissive"):
            source.attributes["writeFiltering"] = "no"
        source.add(
            "address",
            domain=f"0x{pci.get('domain') or 0:04x}",
            bus=f"0x{pci.get('bus') or 0:02x}",
            slot=f"0x{pci.get('dev') or 0:02x}",
            function=f"0x{pci.get('func') or 0:x}",
        )
        self.rest("pci", pci, {"domain", "bus", "dev", "func", "seize", "permissive", "vfunc_mask"})

    def usbdev(self, devices: Node, device: dict[str, Any]) -> None:
        node = devices.add("hostdev", mode="subsystem", type="usb", managed="no")
        node.add("source").add(
            "address", bus=device.get("hostbus", 0), device=device.get("hostaddr", 0)
        )
        self.rest("usbdev", device, {"hostbus", "hostaddr", "type"})

    def usbctrl(self, devices: Node, controller: dict[str, Any]) -> None:
        if controller.get("type") not in ("qusb", "pv", None) or controller.get("version") not in (
            1,
            2,
        ):
            self.lose("usbctrl", f"type={controller.get('type')} in `usbctrl`")
            return
        index = sum(child.tag == "controller" for child in devices.children)
        node = devices.add(
            "controller", type="usb", index=index, model=f"qusb{controller['version']}"
        )
        if controller.get("ports"):
            node.attributes["ports"] = str(controller["ports"])
        self.rest("usbctrl", controller, {"type", "version", "ports"})

    def channel(self, devices: Node, channel: dict[str, Any]) -> None:
        path = channel.get("path") or channel.get("connection.path")
        kind = channel.get("connection")
        node = devices.add("channel", type="unix" if kind == "socket" else "pty")
        if path:
            node.add("source", mode="bind", path=path)
        node.add("target", type="xen", name=channel.get("name", ""))
        self.rest("channel", channel, {"connection", "connection.path", "path", "name"})

    def limits(self, devices: Node) -> None:
        given = {
            attribute: self.take(key)
            for attribute, key in names.XENBUS_LIMITS.items()
            if key in self.left
        }
        if given:
            node = devices.add("controller", type="xenbus", index=0)
            node.attributes.update({n: str(v) for n, v in given.items() if v is not None})

    def serial(self, devices: Node) -> None:
        if self.type != "hvm":
            return
        one = self.guest.settings.string("serial")
        items = self.guest.settings.items("serial") or []
        for text in [one] if one is not None else [i.text for i in items if not i.is_list]:
            self.left.discard("serial")
            if text == "none":
                continue
            kind, colon, rest = text.partition(":")
            net = _SERIAL.match(text)
            if text in ("pty", "null", "stdio", "vc"):
                devices.add("serial", type=text)
            elif net:
                node = devices.add("serial", type="tcp")
                mode = "bind" if net[4] else "connect"
                node.add("source", mode=mode, host=net[2], service=net[3])
                node.add("protocol", type="telnet" if net[1] == "telnet" else "raw")
            elif text.startswith("/dev/"):
                devices.add("serial", type="dev").add("source", path=text)
            elif kind in ("file", "pipe") and colon:
                devices.add("serial", type=kind).add("source", path=rest)
            elif kind == "unix" and colon:
                path, comma, _ = rest.partition(",server")
                mode = "bind" if comma else "connect"
                devices.add("serial", type="unix").add("source", mode=mode, path=path)
            else:
                self.lose("serial", f"`{text}` in `serial`")

    def screens(self, devices: Node) -> None:
        for vfb in self.take("vfb") or []:
            # libxl's names are vnc.findunused and the like
            flat = {"vnc" + k[4:] if k.startswith("vnc.") else k: v for k, v in vfb.items()}
            if flat.pop("vncenable", flat.pop("vnc", True)) is not False:
                flat["vncunused"] = flat.pop("vncfindunused", flat.get("vncunused"))
                self.vnc(devices, flat)
            self.rest(
                "vfb", flat, {"vncunused", "vncdisplay", "vnclisten", "vncpasswd", "keymap", "type"}
            )
        if self.type != "hvm":
            return
        said = {"vnc", "vncunused", "vncdisplay", "vnclisten", "vncpasswd", "keymap"}
        if self.values.get("vnc"):
            self.vnc(devices, self.values)
            self.left -= said
        if self.take("sdl"):
            devices.add("graphics", type="sdl")
        spice = self.take("spice")
        if spice:
            self.spice(devices)
        if self.values.get("vnc") is False:
            self.left.discard("vnc")
        video = {"stdvga": "vga", "qxl": "qxl", "cirrus": "cirrus", "none": "none"}
        kind = self.guest.settings.string("vga")
        ram = self.take("videoram")
        if self.take("stdvga"):
            kind = kind or "stdvga"
        if kind in video:
            self.left.discard("vga")
        if ram or kind in video:
            model = devices.add("video").add("model", type=video.get(kind or "", "cirrus"))
            if ram:
                model.attributes["vram"] = str(ram)

    def vnc(self, devices: Node, values: Mapping[str, Any]) -> None:
        node = devices.add("graphics", type="vnc")
        display = values.get("vncdisplay")
        auto = values.get("vncunused") not in (False, 0) and display is None
        port = -1 if auto else 5900 + int(display or 0)
        node.attributes["port"] = str(port)
        node.attributes["autoport"] = "yes" if auto else "no"
        if display is not None and values.get("vncunused") is True:
            self.lose(
                "vncunused", "`vncunused`", "libvirt takes the given display or any, not both"
            )
        for key, attribute in (
            ("vnclisten", "listen"),
            ("vncpasswd", "passwd"),
            ("keymap", "keymap"),
        ):
            if values.get(key):
                node.attributes[attribute] = str(values[key])

    def spice(self, devices: Node) -> None:
        node = devices.add("graphics", type="spice")
        port, tls = self.take("spiceport"), self.take("spicetls_port")
        for attribute, value in (("port", port), ("tlsPort", tls)):
            if value:
                node.attributes[attribute] = str(value)
        node.attributes["autoport"] = "no" if port or tls else "yes"
        host, password = self.take("spicehost"), self.take("spicepasswd")
        if host:
            node.attributes["listen"] = host
        if self.take("spicedisable_ticketing") is not True and password:
            node.attributes["passwd"] = password
        mouse, agent = self.take("spiceagent_mouse"), self.take("spicevdagent")
        copy = self.take("spice_clipboard_sharing")
        if mouse is not None:
            node.add("mouse", mode="client" if mouse else "server")
        if copy is not None:
            node.add("clipboard", copypaste="yes" if copy else "no")
        if agent and not mouse and not copy:
            self.lose(
                "spicevdagent", "`spicevdagent`", "libvirt asks for it with mouse or clipboard"
            )


def _joined(value: Any) -> str:
    if isinstance(value, str):
        return value
    return " ".join(getattr(v, "text", str(v)) for v in value)
