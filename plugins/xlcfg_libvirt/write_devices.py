"""The devices of a guest as elements of domain XML."""

from __future__ import annotations

import re

from xlcfg_libvirt import names
from xlcfg_libvirt.nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from xlcfg_libvirt.values import GuestValues

_SERIAL = re.compile(r"(tcp|telnet):([^:,]*):([^:,]*)(,server(?:,nowait)?)?\Z")


def devices(guest: GuestValues) -> None:
    """Writes every device that the guest has."""
    parent = Node("devices")
    if guest.type == "hvm" and guest.take("device_model_override"):
        parent.add("emulator", guest.values["device_model_override"])
        guest.left.discard("device_model_version")
    for key, make in (
        ("disk", _disk),
        ("usbctrl", _usbctrl),
        ("vif", _vif),
        ("pci", _pci),
        ("usbdev", _usbdev),
        ("channel", _channel),
    ):
        for item in guest.take(key) or []:
            if isinstance(item, dict):
                make(guest, parent, item)
    _limits(guest, parent)
    _serial(guest, parent)
    _screens(guest, parent)
    for model in str(guest.take("soundhw") or "").split(","):
        if model:
            parent.add("sound", model=model)
    _inputs(guest, parent)
    if parent.children:
        guest.root.children.append(parent)


def _inputs(guest: GuestValues, devices: Node) -> None:
    """What is at the USB of an HVM guest, apart from real devices."""
    if guest.type != "hvm":
        return
    one = guest.settings.string("usbdevice")
    items = guest.settings.items("usbdevice") or []
    for text in [one] if one is not None else [i.text for i in items if not i.is_list]:
        guest.left -= {"usb", "usbdevice"}
        if text in ("tablet", "mouse", "keyboard"):
            devices.add("input", type=text, bus="usb")
        else:
            guest.lose("usbdevice", f"`{text}` in `usbdevice`")


def _disk(guest: GuestValues, devices: Node, disk: dict[str, Any]) -> None:
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
        guest.lose("disk", f"backendtype={backend} in `disk`")
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
    guest.rest(
        "disk",
        disk,
        {
            "backend", "backend_domname", "discard_enable", "format", "is_cdrom", "pdev_path",
            "readwrite", "removable", "vdev",
        },
    )  # fmt: skip


def _vif(guest: GuestValues, devices: Node, vif: dict[str, Any]) -> None:
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
            guest.lose("vif", "the exact rate in `vif`", "libvirt counts KB/s")
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
    guest.rest(
        "vif",
        vif,
        {
            "backend_domname", "bridge", "ifname", "ip", "mac", "model", "nictype",
            "rate_bytes_per_interval", "rate_interval_usecs", "script",
        },
    )  # fmt: skip


def _pci(guest: GuestValues, devices: Node, pci: dict[str, Any]) -> None:
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
    guest.rest("pci", pci, {"domain", "bus", "dev", "func", "seize", "permissive", "vfunc_mask"})


def _usbdev(guest: GuestValues, devices: Node, device: dict[str, Any]) -> None:
    node = devices.add("hostdev", mode="subsystem", type="usb", managed="no")
    node.add("source").add(
        "address", bus=device.get("hostbus", 0), device=device.get("hostaddr", 0)
    )
    guest.rest("usbdev", device, {"hostbus", "hostaddr", "type"})


def _usbctrl(guest: GuestValues, devices: Node, controller: dict[str, Any]) -> None:
    if controller.get("type") not in ("qusb", "pv", None) or controller.get("version") not in (
        1,
        2,
    ):
        guest.lose("usbctrl", f"type={controller.get('type')} in `usbctrl`")
        return
    index = sum(child.tag == "controller" for child in devices.children)
    node = devices.add("controller", type="usb", index=index, model=f"qusb{controller['version']}")
    if controller.get("ports"):
        node.attributes["ports"] = str(controller["ports"])
    guest.rest("usbctrl", controller, {"type", "version", "ports"})


def _channel(guest: GuestValues, devices: Node, channel: dict[str, Any]) -> None:
    path = channel.get("path") or channel.get("connection.path")
    kind = channel.get("connection")
    node = devices.add("channel", type="unix" if kind == "socket" else "pty")
    if path:
        node.add("source", mode="bind", path=path)
    node.add("target", type="xen", name=channel.get("name", ""))
    guest.rest("channel", channel, {"connection", "connection.path", "path", "name"})


def _limits(guest: GuestValues, devices: Node) -> None:
    given = {
        attribute: guest.take(key)
        for attribute, key in names.XENBUS_LIMITS.items()
        if key in guest.left
    }
    if given:
        node = devices.add("controller", type="xenbus", index=0)
        node.attributes.update({n: str(v) for n, v in given.items() if v is not None})


def _serial(guest: GuestValues, devices: Node) -> None:
    if guest.type != "hvm":
        return
    one = guest.settings.string("serial")
    items = guest.settings.items("serial") or []
    for text in [one] if one is not None else [i.text for i in items if not i.is_list]:
        guest.left.discard("serial")
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
            guest.lose("serial", f"`{text}` in `serial`")


def _screens(guest: GuestValues, devices: Node) -> None:
    for vfb in guest.take("vfb") or []:
        # libxl's names are vnc.findunused and the like
        flat = {"vnc" + k[4:] if k.startswith("vnc.") else k: v for k, v in vfb.items()}
        if flat.pop("vncenable", flat.pop("vnc", True)) is not False:
            flat["vncunused"] = flat.pop("vncfindunused", flat.get("vncunused"))
            _vnc(guest, devices, flat)
        guest.rest(
            "vfb", flat, {"vncunused", "vncdisplay", "vnclisten", "vncpasswd", "keymap", "type"}
        )
    if guest.type != "hvm":
        return
    written = {"vnc", "vncunused", "vncdisplay", "vnclisten", "vncpasswd", "keymap"}
    dark = guest.take("nographic")
    others = guest.values.get("sdl") or guest.values.get("spice")
    # VNC is what libxl gives an HVM guest of which nothing else is said
    if guest.values.get("vnc", not others and not dark):
        _vnc(guest, devices, guest.values)
        guest.left -= written
    if guest.take("sdl"):
        devices.add("graphics", type="sdl")
    spice = guest.take("spice")
    if spice:
        _spice(guest, devices)
    if guest.values.get("vnc") is False:
        guest.left.discard("vnc")
    video = {"stdvga": "vga", "qxl": "qxl", "cirrus": "cirrus"}
    kind = guest.settings.string("vga")
    ram = guest.take("videoram")
    if guest.take("stdvga"):
        kind = kind or "stdvga"
    if kind in video:
        guest.left.discard("vga")
    seen = any(child.tag == "graphics" for child in devices.children)
    if kind is None and not dark and not seen:
        # libvirt would take the card away as well
        kind = "cirrus"
    elif kind == "none":
        guest.left.discard("vga")
        if seen:
            guest.lose("vga", '`vga="none"`', "libvirt gives every screen a card")
        return
    if ram or kind in video:
        model = devices.add("video").add("model", type=video.get(kind or "", "cirrus"))
        if ram:
            model.attributes["vram"] = str(ram)


def _vnc(guest: GuestValues, devices: Node, values: Mapping[str, Any]) -> None:
    node = devices.add("graphics", type="vnc")
    display = values.get("vncdisplay")
    auto = values.get("vncunused") not in (False, 0) and display is None
    port = -1 if auto else 5900 + int(display or 0)
    node.attributes["port"] = str(port)
    node.attributes["autoport"] = "yes" if auto else "no"
    if display is not None and values.get("vncunused") is True:
        guest.lose("vncunused", "`vncunused`", "libvirt takes the given display or any, not both")
    for key, attribute in (
        ("vnclisten", "listen"),
        ("vncpasswd", "passwd"),
        ("keymap", "keymap"),
    ):
        if values.get(key):
            node.attributes[attribute] = str(values[key])


def _spice(guest: GuestValues, devices: Node) -> None:
    node = devices.add("graphics", type="spice")
    port, tls = guest.take("spiceport"), guest.take("spicetls_port")
    for attribute, value in (("port", port), ("tlsPort", tls)):
        if value:
            node.attributes[attribute] = str(value)
    node.attributes["autoport"] = "no" if port or tls else "yes"
    host, password = guest.take("spicehost"), guest.take("spicepasswd")
    if host:
        node.attributes["listen"] = host
    if guest.take("spicedisable_ticketing") is not True and password:
        node.attributes["passwd"] = password
    mouse, agent = guest.take("spiceagent_mouse"), guest.take("spicevdagent")
    copy = guest.take("spice_clipboard_sharing")
    if mouse is not None:
        node.add("mouse", mode="client" if mouse else "server")
    if copy is not None:
        node.add("clipboard", copypaste="yes" if copy else "no")
    if agent and not mouse and not copy:
        guest.lose("spicevdagent", "`spicevdagent`", "libvirt asks for it with mouse or clipboard")
