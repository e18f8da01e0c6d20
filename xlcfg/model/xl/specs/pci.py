"""`pci`: devices to pass through.  Xen 4.15 replaced the parser."""

from __future__ import annotations

from xlcfg.model.xl.ctext import UINT_MAX, atoi, scan, strtoul

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.model.xl.session import Session
    from xlcfg.syntax.tree import Atom

_FLAGS = ("permissive", "msitranslate", "seize", "power_mgmt")
_POLICIES = ("strict", "relaxed")
_OPTIONS = ("bdf", "vslot", *_FLAGS, "rdm_policy", "name")


def read(session: Session, key: str) -> None:
    atoms = session.strings(key)
    if atoms is None:
        return
    devices = []
    for atom in atoms:
        device: dict[str, object] = {}
        for flag in _FLAGS:
            default = session.values.get("pci_" + flag)
            if default:
                device[flag] = True
        if session.minor >= 15:
            _Spec(session, key, atom, device).read()
        elif not _read_old(session, key, atom, device):
            continue
        devices.append(device)
    session.values[key] = devices
    if devices and session.guest == "pv":
        session.values["e820_host"] = True


class _Spec:
    """One string for the parser of 4.15 and later."""

    def __init__(self, session: Session, key: str, atom: Atom, device: dict[str, object]) -> None:
        self.session = session
        self.key = key
        self.atom = atom
        self.device = device
        #: whether the address at hand is the value of `bdf=`
        self.keyed = False

    def refuse(self, kind: str, at: int, word: str, **args: object) -> None:
        self.session.say_word("pci." + kind, self.key, self.atom, at, word, **args)

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
        text = self.atom.text
        at = 0
        problem, end = self.address(text)
        addressed = not problem
        if problem == "no-function":
            # xl now looks at a stray place: it either refuses the string or dies
            self.refuse("no-function", 0, text)
            return
        if addressed:
            at = end
            if text[at : at + 1] == "@":
                slot = self.slot(text, at + 1)
                if slot < 0:
                    word = text[at + 1 :].partition(",")[0]
                    self.refuse("bad-slot", at + 1, word)
                    return
                at = slot
            if text[at : at + 1] == ",":
                at += 1
            elif at < len(text):
                self.refuse("junk", at, text[at:].partition(",")[0])
                return
        named = False
        while at < len(text):
            equals = text.find("=", at)
            if equals < 0:
                if not addressed:
                    self.refuse("bad-address", at, text[at:].partition(",")[0])
                else:
                    self.refuse("no-value", at, text[at:])
                return
            name = text[at:equals]
            comma = text.find(",", equals)
            stop = len(text) if comma < 0 else comma
            value = text[equals + 1 : stop]
            if name == "bdf":
                self.keyed = True
                problem, _ = self.address(value)
                if problem == "stray-function":
                    function = self.device["func"]
                    self.refuse("stray-function", equals + 1, value, function=function)
                elif problem:
                    kind = "no-function" if problem == "no-function" else "bad-address"
                    self.refuse(kind, equals + 1, value)
                    return
                addressed = True
            elif name == "vslot":
                if self.slot(value, 0) < 0:
                    self.refuse("bad-slot", equals + 1, value)
                    return
            elif name in _FLAGS:
                self.device[name] = atoi(value) != 0
            elif name == "rdm_policy":
                if value.lower() not in (*_POLICIES, "invalid"):
                    self.refuse("bad-policy", equals + 1, value, accepted=list(_POLICIES))
                    return
                self.device[name] = value.lower()
            elif name == "name":
                named = True
                self.device[name] = value
            else:
                if not addressed and ("," in name or ":" in name):
                    self.refuse("bad-address", at, name.partition(",")[0])
                else:
                    self.refuse("unknown-option", at, name, accepted=list(_OPTIONS))
                return
            at = stop + 1
        if addressed and named:
            self.refuse("address-and-name", 0, text)
        elif not addressed and not named:
            self.refuse("bad-address", 0, text)


def _hex(text: str, mask: int) -> int | None:
    value, end = strtoul(text, 16)
    if end == 0 or end != len(text) or value & ~mask:
        return None
    return value


def _read_old(session: Session, key: str, atom: Atom, device: dict[str, object]) -> bool:
    """The parser up to 4.14; False when xl goes on without the device, as it did up to 4.6."""
    text = atom.text
    good = True

    def refuse(kind: str, at: int, word: str, **args: object) -> None:
        nonlocal good
        if session.minor < 7 and kind != "ignored-option":
            good = False
            session.say_word("pci.dropped", key, atom, at, word)
        else:
            session.say_word("pci." + kind, key, atom, at, word, **args)

    _fill_old(text, device, refuse, session.minor)
    return good


def _fill_old(
    text: str, device: dict[str, object], refuse: Callable[..., None], minor: int
) -> None:
    """Fills the device: a state machine over the characters in xl, the same in words here."""

    address = text
    at = 0
    parts: list[int] = []
    # domain and bus end at a colon, the device at a dot; a dot already after the bus means that
    # what looked like the domain was the bus
    colon = text.find(":")
    if colon < 0:
        refuse("bad-address", 0, address.partition(",")[0])
        return
    first = _hex(text[:colon], 0xFFFF)
    at = colon + 1
    while at < len(text) and text[at] not in ":.":
        at += 1
    separator = text[at : at + 1]
    second = text[colon + 1 : at]
    if first is None or not separator:
        refuse("bad-address", 0, address.partition(",")[0])
        return
    if separator == ".":
        dev = _hex(second, 0xFF)
        if first > 0xFF or dev is None:
            refuse("bad-address", 0, address.partition(",")[0])
            return
        parts = [0, first, dev]
    else:
        bus = _hex(second, 0xFF)
        dot = text.find(".", at + 1)
        device_number = _hex(text[at + 1 : dot], 0xFF) if dot >= 0 else None
        if bus is None or device_number is None:
            refuse("bad-address", 0, address.partition(",")[0])
            return
        parts = [first, bus, device_number]
        at = dot
    start = at + 1
    at = start
    while at < len(text) and text[at] not in "@,":
        at += 1
    function = text[start:at]
    if function == "*" and minor == 14:
        refuse("all-functions", 0, text[:at])
        return
    func = 0 if function == "*" else _hex(function, 7)
    if func is None:
        refuse("bad-address", 0, text[:at])
        return
    mask = UINT_MAX if function == "*" else 1
    device.update(domain=parts[0], bus=parts[1], dev=parts[2], func=func, vfunc_mask=mask)
    if text[at : at + 1] == "@":
        stop = text.find(",", at)
        stop = len(text) if stop < 0 else stop
        slot = _hex(text[at + 1 : stop], 0xFF)
        if slot is None:
            refuse("bad-slot", at + 1, text[at + 1 : stop])
            return
        device["vdevfn"] = slot << 3
        at = stop
    if at == len(text):
        return
    at += 1
    while True:
        equals = text.find("=", at)
        if equals < 0:
            refuse("no-value", at, text[at:])
            return
        comma = text.find(",", equals)
        stop = len(text) if comma < 0 else comma
        name, value = text[at:equals], text[equals + 1 : stop]
        if name in _FLAGS:
            device[name] = atoi(value) != 0
        elif name == "rdm_policy":
            if value not in _POLICIES:
                refuse("bad-policy", equals + 1, value, accepted=list(_POLICIES))
                return
            device[name] = value
        else:
            accepted = [*_FLAGS, "rdm_policy"]
            refuse("ignored-option", at, name, accepted=accepted)
        if comma < 0:
            return
        at = comma + 1
