"""Devices of domain XML as the strings that xl takes for them.

Each function gives the string, or None for a device that xl has no string for; what it does not
look at counts as lost.
"""

from __future__ import annotations

from xlcfg_libvirt import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg_libvirt.xml import Element


def disk(disk: Element) -> str | None:
    driver, source, target = disk.find("driver"), disk.find("source"), disk.find("target")
    if target is None or disk.get("device") in ("floppy", "lun") or disk.find("transient"):
        disk.seen = False
        return None
    target.seen_attributes.add("bus")
    kind = disk.get("type", "file")
    path = ""
    if source is not None:
        found = _network(source) if kind == "network" else ""
        if kind not in ("file", "block", "network") or found is None:
            disk.seen = False
            return None
        path = found or source.get({"block": "dev"}.get(kind, "file"))
    words = []
    name = driver.get("name") if driver is not None else ""
    format_ = driver.get("type") if driver is not None else ""
    empty = not path and disk.get("device") == "cdrom"
    format_ = "empty" if empty else names.DISK_FORMATS.get(format_, format_ or "raw")
    words.append(f"format={format_}")
    words.append(f"vdev={target.get('dev')}")
    read_only = disk.find("readonly") is not None
    shared = disk.find("shareable") is not None
    words.append("access=ro" if read_only else "access=!" if shared else "access=rw")
    if name in names.DISK_DRIVERS:
        qemu = name.startswith("tap") and format_ in names.QEMU_FORMATS
        words.append(f"backendtype={'qdisk' if qemu else names.DISK_DRIVERS[name]}")
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


def _network(source: Element) -> str | None:
    """The name that qemu has for a Ceph volume; None for what libvirt cannot give a Xen guest."""
    name = source.get("name")
    if source.get("protocol") != "rbd" or ":" in name or source.find("auth") is not None:
        return None
    hosts = []
    for host in source.all("host"):
        address = host.get("name")
        if ":" in address:
            address = "[" + address.replace(":", "\\:") + "]"
        hosts.append(address + (f"\\:{host.get('port')}" if host.get("port") else ""))
    path = f"rbd:{name}:auth_supported=none"
    return f"{path}:mon_host=" + "\\;".join(hosts) if hosts else path


def hostdevs(devices: Element) -> list[Element]:
    """Devices of the host for the guest as a whole: a network card may be one of them."""
    return [e for e in devices.children if e.tag == "hostdev" or _is_card(e)]


def _is_card(interface: Element) -> bool:
    return interface.tag == "interface" and interface.get("type") == "hostdev"


def vif(interface: Element) -> str | None:
    if interface.get("type", "bridge") not in ("bridge", "ethernet", "network"):
        # a card of the host becomes a PCI device
        interface.seen = False
        return None
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
    for ip in interface.all("ip"):
        ip.seen_attributes.add("family")
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


def pci(hostdev: Element) -> str | None:
    address = hostdev.find("source", "address")
    pci = address if hostdev.tag == "interface" else hostdev
    if pci is None or pci.get("type") != "pci" or address is None:
        # as of a network's pool, whose addresses only the host knows
        return None
    hostdev.seen_attributes.update(("mode", "managed"))
    address.seen_attributes.add("type")
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


def usbdev(hostdev: Element) -> str | None:
    address = hostdev.find("source", "address")
    if hostdev.get("type") != "usb":
        return None
    hostdev.seen_attributes.update(("mode", "managed"))
    if address is None:
        return None
    try:
        bus, device = (int(address.get(n)[:18], 0) for n in ("bus", "device"))
    except ValueError:
        return None
    return f"hostbus={bus},hostaddr={device}"


def usbctrl(controller: Element) -> str | None:
    version = {"qusb1": "1", "qusb2": "2", "": "2"}.get(controller.get("model"))
    if controller.get("type") != "usb":
        return None
    controller.seen_attributes.add("index")
    if version is None:
        controller.seen = False
        return None
    ports = controller.get("ports")
    return f"type=qusb,version={version}" + (f",ports={ports}" if ports else "")


def channel(channel: Element) -> str | None:
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


def is_serial(console: Element) -> bool:
    """Whether a console of an HVM guest is its first serial port, as it is by default."""
    target = console.find("target")
    return target is None or target.get("type", "serial") == "serial"


def serial(device: Element) -> str | None:
    """A serial port as qemu's command line wants it; None for a kind that xl has no words for."""
    kind = device.get("type")
    source = device.find("source")
    device.seen_attributes.add("tty")
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
    if kind == "udp":
        ends = {one.get("mode"): one for one in device.all("source")}
        there, here = ends.get("connect"), ends.get("bind")
        to = f"{there.get('host')}:{there.get('service')}" if there is not None else ":"
        back = f"{here.get('host')}:{here.get('service', '0')}" if here is not None else ":0"
        return f"udp:{to}@{back}"
    server = ",server,nowait" if source.get("mode") == "bind" else ""
    if kind == "unix":
        return f"unix:{source.get('path')}{server}"
    if kind == "tcp":
        protocol = device.find("protocol")
        scheme = "telnet" if protocol is not None and protocol.get("type") == "telnet" else "tcp"
        return f"{scheme}:{source.get('host')}:{source.get('service')}{server}"
    return None
