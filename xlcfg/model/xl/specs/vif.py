"""`vif`: network interfaces.  xl only prints a message about what it does not know."""

from __future__ import annotations

from functools import cache

from xlcfg.model.xl.ctext import ULONG_MAX, int32, overflows, strtoul, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

#: texts xl keeps as they are, with the field of libxl
_TEXTS = {
    "bridge": "bridge",
    "netdev": "gatewaydev",
    "gatewaydev": "gatewaydev",
    "ip": "ip",
    "script": "script",
    "backend": "backend_domname",
    "vifname": "ifname",
    "model": "model",
}
_COLO_SOCKETS = (
    "mirror compare_sec_in redirector0 redirector1 redirector2 compare_pri_in compare_notify "
    "sec_redirector0 sec_redirector1"
)
_COLO_OTHERS = (
    "filter_mirror_queue filter_mirror_outdev filter_redirector0_queue filter_redirector0_indev "
    "filter_redirector0_outdev filter_redirector1_queue filter_redirector1_indev "
    "filter_redirector1_outdev compare_pri_in compare_sec_in compare_out compare_notify_dev "
    "filter_sec_redirector0_queue filter_sec_redirector0_indev filter_sec_redirector0_outdev "
    "filter_sec_redirector1_queue filter_sec_redirector1_indev filter_sec_redirector1_outdev "
    "filter_sec_rewriter0_queue checkpoint_host checkpoint_port"
)


@cache
def _texts(minor: int) -> dict[str, str]:
    texts = dict(_TEXTS)
    if minor >= 7:
        texts["forwarddev"] = "coloft_forwarddev"
    if minor >= 9:
        for socket in _COLO_SOCKETS.split():
            for part in ("id", "ip", "port"):
                texts[f"colo_sock_{socket}_{part}"] = f"colo_sock_{socket}_{part}"
        for other in _COLO_OTHERS.split():
            texts["colo_" + other] = "colo_" + other
    if minor >= 19:
        texts["vlan"] = "vlan"
    return texts


def _usual(text: str) -> bytes | None:
    """The six bytes of a MAC address as it is usually written, and of the character behind it."""
    if text[2:17:3] != ":::::" or text[17:].isalnum():
        return None
    digits = text[:17].replace(":", "")
    if len(digits) != 12 or not digits.isalnum():
        return None
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def read_mac(reader: ConfigReader, text: str, at: int, mac: list[int]) -> bool:
    """Reads six hexadecimal groups at `at` into `mac`, any one character between them.

    False when xl refuses one; the groups before it stay. The comma that ends the parameter is a
    separator like any other: xl reads on behind it.
    """
    usual = _usual(text[at : at + 18])
    if usual is not None:
        mac[:] = usual
        return True
    for group in range(6):
        value, end = reader.strtoul(text, 16, at)
        # xl keeps the group in an unsigned int, so only the low 32 bits count
        if end == at or value & 0xFFFFFFFF > 255:
            return False
        mac[group] = value & 0xFF
        # xl reads past the end of a text that ends too early: no group there
        at = min(end + 1, len(text))
    return True


def read_rate(text: str) -> tuple[str, int, int]:
    """`(problem, bytes per interval, interval in us)`; the problem is empty when all is well."""
    rate, at, interval = text.partition("@")
    if not rate:
        return "syntax", 0, 0
    digits = len(rate) - len(rate.lstrip("0123456789"))
    unit = rate[digits:]
    if not digits or unit.lstrip("GMK") not in ("B/s", "b/s") or len(unit) > 4:
        return "syntax", 0, 0
    value, end = strtoul(rate, 0)
    if overflows(rate, 0) or not 0 < value <= 0xFFFFFFFF:
        return "range", 0, 0
    value *= {"G": 1000**3, "M": 1000**2, "K": 1000}.get(rate[end], 1)
    if rate[end] == "b" or rate[end + 1] == "b":
        value //= 8
    usecs = 50000
    if at:
        digits = len(interval) - len(interval.lstrip("0123456789"))
        if not digits or interval[digits:] not in ("", "s", "m", "ms", "u", "us"):
            return "interval-syntax", 0, 0
        usecs, end = strtoul(interval, 0)
        if overflows(interval, 0) or not 0 < usecs <= 0xFFFFFFFF:
            return "interval-range", 0, 0
        unit = interval[end : end + 1]
        usecs *= 1000_000 if unit in ("", "s") else 1000 if unit == "m" else 1
        if usecs > 0xFFFFFFFF:
            return "interval-range", 0, 0
    if value > ULONG_MAX // usecs:
        return "range", 0, 0
    return "", value * usecs // 1000_000, usecs


def read_number(reader: ConfigReader, key: str, atom: Atom, at: int, word: str) -> int | None:
    """xl's own number reader: decimal, what follows the digits does not matter."""
    value, end = strtoul(word, 10)
    if end == 0 or value == ULONG_MAX:
        reader.report_word("spec.not-a-number", key, atom, at, word)
        return None
    return value


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    minor = reader.minor
    if minor < 6:
        reader.values[key] = [_one_old(reader, key, atom) for atom in atoms]
        return
    texts = _texts(minor)
    accepted = sorted(texts)
    reader.values[key] = [_one(reader, key, atom, texts, accepted) for atom in atoms]


def _one_old(reader: ConfigReader, key: str, atom: Atom) -> dict[str, object]:
    """Up to 4.5: what is not known is skipped, and a word without `=` ends the string."""
    nic: dict[str, object] = {}
    accepted = sorted([*_TEXTS, "mac", "type", "rate"])
    for at, word in words(atom.text):
        name, equals, value = word.partition("=")
        place = at + len(name) + 1
        if not equals:
            reader.report_at("spec.stops", key, atom, at, len(atom.text), text=word)
            break
        if name in _TEXTS:
            nic[_TEXTS[name]] = value
        elif name == "type":
            nic["nictype"] = "vif_ioemu" if value == "ioemu" else "vif"
        elif name == "mac":
            nic["mac"] = value
        elif name == "rate":
            _rate(reader, key, atom, place, value, nic)
        else:
            reader.report_word("vif.unknown-parameter", key, atom, at, name, accepted=accepted)
    return nic


def _rate(
    reader: ConfigReader, key: str, atom: Atom, place: int, value: str, nic: dict[str, object]
) -> None:
    problem, amount, usecs = read_rate(value)
    if reader.range_error and not problem:
        # xl takes the ERANGE that an earlier number has left in errno for one of the rate
        reader.report_word("vif.rate-after-overflow", key, atom, place, value)
    elif problem:
        reader.report_word("vif.bad-rate", key, atom, place, value, problem=problem)
    else:
        nic["rate_bytes_per_interval"] = amount
        nic["rate_interval_usecs"] = usecs


def _one(
    reader: ConfigReader, key: str, atom: Atom, texts: dict[str, str], accepted: list[str]
) -> dict[str, object]:
    minor = reader.minor
    nic: dict[str, object] = {}
    mac = [0] * 6
    for at, word in words(atom.text):
        name, equals, value = word.partition("=")
        place = at + len(name) + 1
        if not equals and minor >= 17 and name in ("trusted", "untrusted"):
            nic["trusted"] = name == "trusted"
        elif not equals:
            reader.report_word("vif.unknown-parameter", key, atom, at, word, accepted=accepted)
        elif name == "type":
            if value in ("vif", "ioemu"):
                nic["nictype"] = "vif" if value == "vif" else "vif_ioemu"
            else:
                reader.report_word("vif.unknown-type", key, atom, place, value)
        elif name == "mac":
            if not read_mac(reader, atom.text, place, mac):
                reader.report_word("vif.bad-mac", key, atom, place, value)
            elif mac != _written(value):
                read = _shown(mac)
                reader.report_word("vif.other-mac", key, atom, place, value, read=read)
            elif not any(mac):
                reader.report_word("vif.no-mac", key, atom, place, value)
        elif name in texts:
            nic[texts[name]] = value
            if name == "netdev":
                reader.report_word("vif.netdev", key, atom, at, name)
        elif name == "rate":
            _rate(reader, key, atom, place, value, nic)
        elif name == "accel":
            reader.report_word("vif.accel", key, atom, at, word)
        elif (name == "devid" and minor >= 9) or (name == "mtu" and minor >= 15):
            number = read_number(reader, key, atom, place, value)
            if number is not None:
                nic[name] = reader.fits(key, atom, place, name, value, int32(number), 10)
        else:
            reader.report_word("vif.unknown-parameter", key, atom, at, name, accepted=accepted)
    if any(mac):
        nic["mac"] = _shown(mac)
    return nic


def _shown(mac: list[int]) -> str:
    return ":".join(f"{group:02x}" for group in mac)


def _written(value: str) -> list[int]:
    """The groups that anybody but xl would read, which looks neither for colons nor for an end."""
    try:
        return [int(group, 16) for group in value.replace("-", ":").split(":")]
    except ValueError:
        return []
