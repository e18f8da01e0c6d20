"""`pci`: devices to pass through.  Xen 4.15 replaced the parser."""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, scan, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.xl.reader import ConfigReader
    from xlcfg.syntax.tree import Atom

_FLAGS = ("permissive", "msitranslate", "seize", "power_mgmt")
_POLICIES = ("strict", "relaxed")
_OPTIONS = ("bdf", "vslot", *_FLAGS, "rdm_policy", "name")


def read(reader: ConfigReader, key: str) -> None:
    atoms = reader.strings(key)
    if atoms is None:
        return
    devices = []
    for atom in atoms:
        device: dict[str, object] = {}
        for flag in _FLAGS:
            default = reader.values.get("pci_" + flag)
            if default:
                device[flag] = True
        if reader.minor >= 15:
            _Spec(reader, key, atom, device).read()
        elif not _read_old(reader, key, atom, device):
            continue
        devices.append(device)
    reader.values[key] = devices
    if devices and reader.guest == "pv":
        reader.values["e820_host"] = True


class _Spec:
    """One string for the parser of 4.15 and later.

    `addressed` and `named` say whether an address and a name were given, `keyed` whether the
    address at hand is the value of `bdf=`.
    """

    def __init__(
        self, reader: ConfigReader, key: str, atom: Atom, device: dict[str, object]
    ) -> None:
        self.reader = reader
        self.key = key
        self.atom = atom
        self.device = device
        self.keyed = False
        self.addressed = False
        self.named = False

    def refuse(self, kind: str, at: int, word: str, **args: object) -> None:
        self.reader.report_word("pci." + kind, self.key, self.atom, at, word, **args)

    def address(self, text: str) -> tuple[str, int]:
        """`(problem, end)` of a `[DDDD:]BB:DD.F`; fills the device when it is one."""
        colons = 0
        for char in text:
            if char not in ":0123456789abcdefABCDEF":
                break
            colons += char == ":"
        if colons not in (1, 2):
            return "syntax", 0
        numbers = []
        at = 0
        for separator in ":" * colons + ".":
            value, end = scan(text, 16, at)
            if end < 0:
                return "syntax", at
            numbers.append(value & UINT_MAX)
            if text[end : end + 1] != separator:
                if separator == ".":
                    return self.functionless(numbers, end)
                return "syntax", end
            at = end + 1
        if colons == 1:
            numbers.insert(0, 0)
        domain, bus, dev = numbers
        if domain > 0xFFFF or bus > 0xFF or dev > 0x1F:
            return "range", at
        if text[at : at + 1] == "*":
            func, end, mask = 0, at + 1, UINT_MAX
        else:
            value, end = scan(text, 16, at)
            func, mask = value & UINT_MAX, 1
            if end < 0:
                return "syntax", at
            if func > 7:
                return "range", at
        place = {"domain": domain, "bus": bus, "dev": dev, "func": func, "vfunc_mask": mask}
        self.device.update(place)
        return "", end

    def functionless(self, numbers: list[int], end: int) -> tuple[str, int]:
        """What an address without a dot comes to; `numbers` are those before it.

        xl goes on at a place it never set. Behind `bdf=` that happens to be the beginning of the
        address, so that its first number is taken for the function, too.
        """
        domain, bus, dev = numbers if len(numbers) == 3 else (0, *numbers)
        if domain > 0xFFFF or bus > 0xFF or dev > 0x1F:
            return "range", 0
        if not self.keyed:
            return "no-function", end
        function = numbers[0]
        if function > 7:
            return "no-function", end
        self.device.update(domain=domain, bus=bus, dev=dev, func=function, vfunc_mask=1)
        return "stray-function", end

    def slot(self, text: str, at: int) -> int:
        """The guest slot at `at`; where it ends, -1 when xl refuses it."""
        value, end = scan(text, 16, at)
        if end < 0 or value & UINT_MAX > 0x1F:
            return -1
        self.device["vdevfn"] = (value & UINT_MAX) << 3
        return end

    def read(self) -> None:
        at = self.positional()
        if at < 0:
            return
        text = self.atom.text
        while at < len(text):
            equals = text.find("=", at)
            if equals < 0:
                if not self.addressed:
                    self.refuse("bad-address", at, text[at:].partition(",")[0])
                else:
                    self.refuse("no-value", at, text[at:])
                return
            comma = text.find(",", equals)
            stop = len(text) if comma < 0 else comma
            if not self.option(at, text[at:equals], text[equals + 1 : stop]):
                return
            at = stop + 1
        if self.addressed and self.named:
            self.refuse("address-and-name", 0, text)
        elif not self.addressed and not self.named:
            self.refuse("bad-address", 0, text)

    def positional(self) -> int:
        """The address and slot at the beginning; where the options start, -1 to stop."""
        text = self.atom.text
        problem, at = self.address(text)
        if problem == "no-function":
            # xl now looks at a stray place: it either refuses the string or dies
            self.refuse("no-function", 0, text)
            return -1
        if problem:
            return 0
        self.addressed = True
        if text[at : at + 1] == "@":
            slot = self.slot(text, at + 1)
            if slot < 0:
                self.refuse("bad-slot", at + 1, text[at + 1 :].partition(",")[0])
                return -1
            at = slot
        if text[at : at + 1] == ",":
            at += 1
        elif at < len(text):
            self.refuse("junk", at, text[at:].partition(",")[0])
            return -1
        return at

    def option(self, at: int, name: str, value: str) -> bool:
        """Reads `NAME=VALUE`, found at `at`; False to stop."""
        place = at + len(name) + 1
        if name == "bdf":
            return self.bdf(value, place)
        if name == "vslot":
            if self.slot(value, 0) < 0:
                self.refuse("bad-slot", place, value)
                return False
        elif name in _FLAGS:
            self.device[name] = self.reader.atoi(value) != 0
        elif name == "rdm_policy":
            if value.lower() not in (*_POLICIES, "invalid"):
                self.refuse("bad-policy", place, value, accepted=list(_POLICIES))
                return False
            self.device[name] = value.lower()
        elif name == "name":
            self.named = True
            self.device[name] = value
        else:
            if not self.addressed and ("," in name or ":" in name):
                self.refuse("bad-address", at, name.partition(",")[0])
            else:
                self.refuse("unknown-option", at, name, accepted=list(_OPTIONS))
            return False
        return True

    def bdf(self, value: str, at: int) -> bool:
        self.keyed = True
        problem, _ = self.address(value)
        if problem == "stray-function":
            self.refuse("stray-function", at, value, function=self.device["func"])
        elif problem:
            kind = "no-function" if problem == "no-function" else "bad-address"
            self.refuse(kind, at, value)
            return False
        self.addressed = True
        return True


def _hex(text: str, mask: int) -> int | None:
    value, end = strtoul(text, 16)
    # the mask has 32 bits: what is above them is lost, not refused
    value &= UINT_MAX
    if end == 0 or end != len(text) or value & ~mask:
        return None
    return value


def _read_old(reader: ConfigReader, key: str, atom: Atom, device: dict[str, object]) -> bool:
    """The parser up to 4.14; False when xl goes on without the device, as it did up to 4.6."""
    text = atom.text
    good = True

    def refuse(kind: str, at: int, word: str, **args: object) -> None:
        nonlocal good
        if reader.minor < 7 and kind != "ignored-option":
            good = False
            reader.report_word("pci.dropped", key, atom, at, word)
        else:
            reader.report_word("pci." + kind, key, atom, at, word, **args)

    _fill_old(text, device, refuse, reader)
    return good


def _fill_old(
    text: str, device: dict[str, object], refuse: Callable[..., None], reader: ConfigReader
) -> None:
    """Fills the device: a state machine over the characters in xl, the same in words here."""
    place = _old_place(text)
    if place is None:
        refuse("bad-address", 0, text.partition(",")[0])
        return
    domain, bus, dev, start = place
    at = start
    while at < len(text) and text[at] not in "@,":
        at += 1
    function = text[start:at]
    if function == "*" and reader.minor == 14:
        refuse("all-functions", 0, text[:at])
        return
    func = 0 if function == "*" else _hex(function, 7)
    if func is None:
        refuse("bad-address", 0, text[:at])
        return
    mask = UINT_MAX if function == "*" else 1
    device.update(domain=domain, bus=bus, dev=dev, func=func, vfunc_mask=mask)
    if text[at : at + 1] == "@":
        stop = text.find(",", at)
        stop = len(text) if stop < 0 else stop
        slot = _hex(text[at + 1 : stop], 0xFF)
        if slot is None:
            refuse("bad-slot", at + 1, text[at + 1 : stop])
            return
        device["vdevfn"] = slot << 3
        at = stop
    if at < len(text):
        _old_options(text, at + 1, device, refuse, reader)


def _old_place(text: str) -> tuple[int, int, int, int] | None:
    """Domain, bus and device, and where the function begins; None when xl refuses them.

    Domain and bus end at a colon, the device at a dot; a dot already after the bus means that what
    looked like the domain was the bus.
    """
    colon = text.find(":")
    if colon < 0:
        return None
    first = _hex(text[:colon], 0xFFFF)
    at = colon + 1
    while at < len(text) and text[at] not in ":.":
        at += 1
    separator = text[at : at + 1]
    second = _hex(text[colon + 1 : at], 0xFF)
    if first is None or second is None or not separator:
        return None
    if separator == ".":
        return None if first > 0xFF else (0, first, second, at + 1)
    dot = text.find(".", at + 1)
    dev = _hex(text[at + 1 : dot], 0xFF) if dot >= 0 else None
    return None if dev is None else (first, second, dev, dot + 1)


def _old_options(
    text: str,
    at: int,
    device: dict[str, object],
    refuse: Callable[..., None],
    reader: ConfigReader,
) -> None:
    """The `NAME=VALUE` behind the address, from `at` on."""
    while True:
        equals = text.find("=", at)
        if equals < 0:
            refuse("no-value", at, text[at:])
            return
        comma = text.find(",", equals)
        stop = len(text) if comma < 0 else comma
        name, value = text[at:equals], text[equals + 1 : stop]
        if name in _FLAGS:
            device[name] = reader.atoi(value) != 0
        elif name == "rdm_policy":
            if value not in _POLICIES:
                refuse("bad-policy", equals + 1, value, accepted=list(_POLICIES))
                return
            device[name] = value
        else:
            refuse("ignored-option", at, name, accepted=[*_FLAGS, "rdm_policy"])
        if comma < 0:
            return
        at = comma + 1
