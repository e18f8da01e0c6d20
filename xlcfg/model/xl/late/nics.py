"""Network interfaces: what libxl, QEMU and the hotplug script make of them."""

from __future__ import annotations

import re

from xlcfg.model.xl.late import emulated, report_in, script_of, text_of
from xlcfg.model.xl.specs import in_dom0

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

#: network devices that a PC of QEMU can have, of any version
_MODELS = (
    "e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82550 i82551 i82557a i82557b i82557c "
    "i82558a i82558b i82559a i82559b i82559c i82559er i82562 i82801 igb ne2k_isa ne2k_pci pcnet "
    "rtl8139 tulip usb-net virtio-net virtio-net-pci virtio-net-pci-non-transitional "
    "virtio-net-pci-transitional vmxnet3 xen-net-device"
)
#: names that people write for them
_MEANT = {
    "virtio": "virtio-net",
    "virtio-pci": "virtio-net",
    "e100": "i82559er",
    "ne2k": "ne2k_pci",
}
#: what gives a guest an emulated USB bus
_USB = ("usb", "usbdevice", "usbversion", "usbctrl", "usbdev", "device_model_args")
#: scripts of Xen that give the interface its name
_SCRIPTS = ("vif-bridge", "vif-route", "vif-nat", "vif-openvswitch")
_LONGEST = 15
#: models that QEMU has a boot ROM of 256 KiB for, and how many such find room
_WITH_ROM = ("e1000", "e1000e", "eepro100", "i82550", "i82551", "i82557b", "i82559er", "ne2k_pci",
             "pcnet", "rtl8139", "virtio-net", "virtio-net-pci", "vmxnet3")  # fmt: skip
_MOST_ROMS = 4
#: what libxl puts behind the name of an emulated interface
_TAP = "-emu"
_OPENVSWITCH = r"([^.:\s/]+)(\.\d+)?(:\d+)*"


def run(reader: ConfigReader) -> None:
    nics = reader.values.get("vif")
    if not isinstance(nics, list) or "vif" in reader.broken:
        return
    qemu = emulated(reader)
    devids: dict[object, int] = {}
    for at, nic in enumerate(nics):
        devid = nic.get("devid")
        if isinstance(devid, int) and devids.setdefault(devid, at) != at:
            report_in(reader, "vif.same-devid", "vif", at, f"devid={devid}", devid=devid)
        kind = nic.get("nictype")
        if kind == "vif_ioemu" and reader.guest != "hvm":
            report_in(reader, "vif.emulated", "vif", at, "type=ioemu", guest=reader.guest)
        model = nic.get("model")
        if isinstance(model, str):
            _model(reader, at, model, kind, qemu)
        if qemu and kind is None and not in_dom0(nic):
            domain = str(nic["backend_domname"])
            report_in(
                reader, "vif.emulated-elsewhere", "vif", at, f"backend={domain}", domain=domain
            )
        _names(reader, at, nic, qemu)
        mac = nic.get("mac")
        if isinstance(mac, str) and is_multicast(mac):
            found = re.search(r"(?<![^,])\s*mac=([^,]*)", text_of(reader, "vif", at))
            report_in(reader, "vif.multicast", "vif", at, found[1] if found else "", mac=mac)
    _split(reader, nics)
    _names_twice(reader, nics)
    if qemu:
        _roms(reader, nics)


def _model(reader: ConfigReader, at: int, model: str, kind: object, qemu: bool) -> None:
    word = f"model={model}"
    if reader.guest != "hvm" or kind == "vif":
        why = "type=vif" if kind == "vif" else f"a guest of type `{reader.guest}`"
        report_in(reader, "vif.model-unused", "vif", at, word, why=why)
    elif qemu and model not in _MODELS.split():
        meant = _MEANT.get(model.lower()) or (
            model.lower() if model.lower() in _MODELS.split() else ""
        )
        cure = f"write `model={meant}`" if meant else "write `e1000` or `rtl8139`"
        report_in(reader, "vif.unknown-model", "vif", at, word, model=model, cure=cure)
    elif qemu and model == "usb-net" and not any(map(reader.has, _USB)):
        report_in(reader, "vif.no-usb", "vif", at, word)


def _names(reader: ConfigReader, at: int, nic: dict[str, object], qemu: bool) -> None:
    """Names that no interface of Linux can have."""
    script = script_of(nic)
    name = nic.get("ifname")
    if isinstance(name, str) and script in _SCRIPTS:
        why = "Linux has one of that name already" if name == "lo" else impossible(name)
        if not why and qemu and nic.get("nictype") != "vif" and len(name + _TAP) > _LONGEST:
            why = f"with `{_TAP}` behind it, as the emulated one is called, it is too long"
        if why:
            report_in(reader, "vif.impossible-name", "vif", at, name, why=why)
    bridge = nic.get("bridge")
    if not isinstance(bridge, str) or not bridge or script not in ("vif-bridge", "vif-openvswitch"):
        return
    named = re.fullmatch(_OPENVSWITCH, bridge) if "." in bridge or ":" in bridge else None
    why = impossible(named[1] if named else bridge)
    if why:
        cure = "write a name of at most 15 characters"
        if re.search(r"[\s;|]\s*(mac|script|ip|type|model|vifname|rate|backend|vlan)=", bridge):
            cure = "write a comma before the next parameter"
        report_in(reader, "vif.impossible-bridge", "vif", at, bridge, why=why, cure=cure)


def _names_twice(reader: ConfigReader, nics: list[dict[str, object]]) -> None:
    """One name for two interfaces of one domain: the script cannot give it the second time."""
    seen: dict[object, int] = {}
    for at, nic in enumerate(nics):
        name = nic.get("ifname")
        script = script_of(nic)
        key = (name, nic.get("backend_domname"))
        if isinstance(name, str) and name and script in _SCRIPTS:
            if seen.setdefault(key, at) != at:
                report_in(reader, "vif.same-name", "vif", at, name, name=name)


def _roms(reader: ConfigReader, nics: list[dict[str, object]]) -> None:
    """Boot ROMs of emulated interfaces: they need memory, and libxl sets little aside."""
    shown = [
        at
        for at, nic in enumerate(nics)
        if nic.get("nictype") != "vif" and nic.get("model", "rtl8139") in _WITH_ROM
    ]
    if len(shown) > _MOST_ROMS:
        report_in(
            reader, "vif.roms", "vif", shown[_MOST_ROMS], "", count=len(shown), most=_MOST_ROMS
        )


def is_multicast(mac: str) -> bool:
    """Whether an address is of a group of machines."""
    group, colon, _ = mac.partition(":")
    digits = "0123456789abcdefABCDEF"
    return (
        bool(group and colon)
        and len(group) < 3
        and group[-1] in "13579bdfBDF"
        and (len(group) == 1 or group[0] in digits)
    )


def impossible(name: str) -> str:
    """Why Linux has no interface of that name, "" when it can."""
    if len(name) > _LONGEST:
        return f"it has {len(name)} characters, Linux takes {_LONGEST}"
    if any(c in " \t\n\v\f\r" for c in name):
        return "it has a blank in it"
    if "/" in name or ":" in name or name in (".", ".."):
        return "it has a character that names of interfaces cannot have"
    return ""


def _split(reader: ConfigReader, nics: list[dict[str, object]]) -> None:
    """Two neighbours that have a bridge and a MAC address between them: one interface.

    So are one that ends in a comma, and one with other parameters and no address of its own.
    """
    for at in range(len(nics) - 1):
        one, two = nics[at], nics[at + 1]
        first, second = set(one), set(two)
        if first & second or not first or not second or len(first | second) > 4:
            continue
        halves = ("bridge" in first and "mac" in second) or ("mac" in first and "bridge" in second)
        comma = text_of(reader, "vif", at).rstrip().endswith(",") and "mac" not in second
        if (halves and min(len(first), len(second)) == 1) or comma:
            report_in(reader, "vif.split", "vif", at + 1, "")
