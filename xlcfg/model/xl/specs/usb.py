"""`usbctrl` and `usbdev`: USB controllers and the host devices on them."""

from __future__ import annotations

from xlcfg.model.xl.ctext import atoi, strtoul, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_CONTROLLERS = ("auto", "pv", "devicemodel", "qusb")


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    names = ["type", "version", "ports"]
    if key == "usbdev":
        names = ["type", "hostbus", "hostaddr", "controller", "port"]
    accepted = list(_CONTROLLERS) if key == "usbctrl" else ["hostdev"]
    devices = []
    for atom in atoms:
        device: dict[str, object] = {}
        for at, word in words(atom.text):
            name, equals, value = word.partition("=")
            place = at + len(name) + 1
            if not equals or name not in names:
                reader.report_word("spec.unknown-key", key, atom, at, name, accepted=names)
            elif name == "type":
                if value.lower() in accepted:
                    device[name] = value.lower()
                else:
                    args = {"name": name, "accepted": accepted}
                    reader.report_word("spec.unknown-value", key, atom, place, value, **args)
            elif name in ("hostbus", "hostaddr"):
                number = strtoul(value, 0)[0] & 0xFF
                device[name] = reader.fits(key, atom, place, name, value, number, 0)
            else:
                number = reader.fits(key, atom, place, name, value, atoi(value), 10)
                device["ctrl" if name == "controller" else name] = number
        devices.append(device)
    reader.values[key] = devices
