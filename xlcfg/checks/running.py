"""Holds guests' files against the domains that run, as `xl list -l` prints them."""

from __future__ import annotations

from xlcfg.core.diagnostics import INFO, WARNING, Diagnostic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from xlcfg.checks.report import Report
    from xlcfg.model.guest import Guest
    from xlcfg.model.running import Domain
    from xlcfg.syntax.tree import Value

#: Where else releases have had a field: some have moved from one type of guest to all.
_MOVED = (
    ("b_info.", "b_info.type.hvm."),
    ("b_info.", "b_info.type.pv."),
    ("b_info.type.hvm.", "b_info."),
    ("c_info.", "b_info."),
)

#: What a domain has of these, it has from its file: what the file does not say is told, too.
_TEXTS = ("kernel", "ramdisk", "bootloader", "device_tree")

#: What xl itself puts where a file says nothing.
_ACTIONS = {
    "on_poweroff": "destroy", "on_reboot": "restart", "on_watchdog": "destroy",
    "on_crash": "destroy", "on_soft_reset": "soft_reset",
}  # fmt: skip

#: Devices that libxl makes for nobody who did not ask, how they are called, what tells them apart.
_DEVICES = (
    ("disk", "disk", ("vdev",)),
    ("vif", "network interface", ("mac",)),
    ("pci", "PCI device", ("domain", "bus", "dev", "func")),
    ("usbdev", "USB device", ("type.hostdev",)),
    ("vtpm", "vTPM", ("uuid",)),
    ("p9", "9p file system", ("tag",)),
)

#: Fields of disks and interfaces that a file sets and libxl keeps.
_FIELDS = {
    "disk": {
        "pdev_path": "the target", "format": "the format", "readwrite": "write access",
        "is_cdrom": "a CD-ROM drive", "script": "the script", "backend_domname": "the backend",
    },
    "vif": {
        "bridge": "the bridge", "model": "the model", "script": "the script", "ip": "the address",
        "ifname": "the name", "gatewaydev": "the gateway", "backend_domname": "the backend",
        "rate_bytes_per_interval": "the rate", "mtu": "the MTU", "nictype": "the type",
    },
}  # fmt: skip

#: Fields that every disk of a file has a word for, and whose JSON leaves 0 out.
_FLAGS = ("readwrite", "is_cdrom")

_KIB = frozenset(("memory", "maxmem", "shadow_memory", "videoram", "stubdomain_memory"))


def add_differences(reports: list[Report], domains: list[Domain], whole: bool) -> None:
    """Add to each report on a guest of xl how the domain of its name differs.

    `whole`: all files of a host are there, so that a domain without one is told, at the first.
    """
    left = list(domains)
    told = None
    for report in reports:
        guest = report.guest
        if guest is None or report.unreadable or guest.toolstack != "xl":
            continue
        told = told or report
        if guest.document.refused or guest.reading.refused:
            continue
        domain = _domain_of(guest, domains)
        if domain is None:
            name = guest.settings.get("name")
            where = (None, None) if name is None else (name.value.start, name.value.end)
            message = f"no domain `{guest.name}` runs"
            report.diagnostics.append(
                Diagnostic("XH102", INFO, message, start=where[0], end=where[1])
            )
        else:
            left = [one for one in left if one is not domain]
            report.diagnostics.extend(differences(guest, domain))
        report.sort()
    if whole and told is not None:
        for domain in left:
            message = f"domain {domain.domid}, `{domain.name}`, runs and has no file here"
            told.diagnostics.append(Diagnostic("XH103", INFO, message))
        told.sort()


def _domain_of(guest: Guest, domains: list[Domain]) -> Domain | None:
    """The domain of that name; else that of the guest's UUID, which has been renamed."""
    uuid = str(guest.reading.values.get("uuid") or "").lower()
    found = [one for one in domains if one.name == guest.name]
    if not found and uuid:
        found = [one for one in domains if one.uuid == uuid]
    return found[-1] if found else None


def differences(guest: Guest, domain: Domain) -> Iterator[Diagnostic]:
    """What the domain has otherwise than its file says, each at the setting's place."""
    from xlcfg.model.xl.as_json import expected

    reading = guest.reading
    mine = expected(reading)
    theirs = domain.config
    if domain.name != guest.name:
        yield _told(guest, ("name",), f"this domain runs under the name `{domain.name}`")
    yield from _type(guest, theirs)
    yield from _vcpus(guest, theirs)
    yield from _values(guest, mine, theirs)
    for key, path in (("cpus", "vcpu_hard_affinity"), ("cpus_soft", "vcpu_soft_affinity")):
        yield from _affinity(guest, key, path, mine, theirs)
    yield from _actions(guest, theirs)
    for key in _TEXTS:
        found = _look(theirs, f"b_info.{key}")
        if found and reading.values.get(key) is None and "firmware" not in reading.values:
            yield _told(
                guest, ("name",), f"the domain runs with {key} {_shown(found)}, the file sets none"
            )
    for key, what, by in _DEVICES:
        yield from _devices(guest, key, what, by, mine, theirs)


def _told(guest: Guest, keys: tuple[str, ...], message: str, item: int = -1) -> Diagnostic:
    """A difference at the first of the settings that is there; `item` is one of a list's."""
    setting = next((s for s in map(guest.settings.get, keys) if s is not None), None)
    setting = setting or guest.settings.get("name")
    start, end = (None, None) if setting is None else (setting.value.start, setting.value.end)
    if setting is not None and setting.value.is_list and item >= 0:
        items = setting.value.items
        if item < len(items):
            start, end = items[item].start, items[item].end
    return Diagnostic(
        "XH101",
        WARNING,
        message,
        start=start,
        end=end,
        help="the file counts at the next start; correct whichever of the two is wrong",
    )


def _type(guest: Guest, theirs: dict[str, Any]) -> Iterator[Diagnostic]:
    found = theirs["c_info"].get("type")
    if found and guest.reading.guest_type and found != guest.reading.guest_type:
        mine = guest.reading.guest_type
        yield _told(guest, ("type", "builder"), f"the domain runs as {found}, the file says {mine}")


def _actions(guest: Guest, theirs: dict[str, Any]) -> Iterator[Diagnostic]:
    """What is done at the end, which xl decides where the file does not; "destroy" goes unsaid."""
    for key, default in _ACTIONS.items():
        found = theirs.get(key)
        written = guest.reading.values.get(key)
        words = str(written or default)
        wanted = words.replace("rename-restart", "restart_rename").replace("-", "_")
        if found is not None and found != wanted:
            says = "says" if written is not None else "leaves it at"
            yield _told(
                guest,
                (key,),
                f"the domain runs with {key} {_shown(found)}, the file {says} `{words}`",
            )


def _vcpus(guest: Guest, theirs: dict[str, Any]) -> Iterator[Diagnostic]:
    values = guest.reading.values
    if values.get("vnuma"):
        return  # which count for themselves
    vcpus: Any = values.get("vcpus") or 1
    most: Any = values.get("maxvcpus") or vcpus
    online = _look(theirs, "b_info.avail_vcpus")
    total = _look(theirs, "b_info.max_vcpus")
    runs = len(online) if isinstance(online, list) else None
    if runs is not None and runs != vcpus:
        yield _told(guest, ("vcpus", "maxvcpus"), _counts("vCPUs", runs, vcpus))
    if isinstance(total, int) and total != max(most, vcpus):
        if runs in (None, vcpus) or "maxvcpus" in values:
            yield _told(
                guest, ("maxvcpus", "vcpus"), _counts("vCPUs at most", total, max(most, vcpus))
            )


def _counts(what: str, runs: object, mine: object) -> str:
    return f"the domain runs with {runs} {what}, the file says {mine}"


def _values(guest: Guest, mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Diagnostic]:
    """Single values, of which the file's own count."""
    from xlcfg.model.xl.as_json import DEFAULTS, DISPLAY, HVM, PATHS, get

    apart = ("name", "type", *_ACTIONS)
    paths = {key: path for key, path in PATHS.items() if key not in apart}
    paths["maxmem"] = "b_info.max_memkb"
    paths["device_model_version"] = "b_info.device_model_version"
    if guest.reading.guest_type == "hvm":
        paths |= {key: HVM + field for key, field in DISPLAY.items()}
        paths |= {key: HVM + key for key in ("serial", "usbdevice")}
    for key, path in paths.items():
        ours = get(mine, path)
        if ours is None and key in DEFAULTS and key != "altp2m":  # whose field has had two types
            ours = guest.reading.values.get(key)
        if isinstance(ours, (list, dict)):
            continue
        if key == "maxmem" and guest.reading.values.get("maxmem") is None:
            continue
        found = _look(theirs, path)
        if ours is None or (found is None and path not in _ALWAYS):
            yield from _against_default(guest, key, ours, found)
        elif not _same(ours, found):
            names = ("cmdline", "extra", "root") if key == "kernel_line" else (key,)
            unit = key if key in _KIB else ""
            shown = next((one for one in names if guest.settings.get(one) is not None), key)
            yield _told(
                guest,
                names,
                f"the domain runs with {shown} {_shown(found, unit)}, "
                f"the file says {_shown(ours, unit)}",
            )


def _against_default(guest: Guest, key: str, ours: object, found: Any) -> Iterator[Diagnostic]:
    """One of the two does not say a thing: that counts where libxl's default is known to differ."""
    from xlcfg.model.xl.as_json import DEFAULTS

    default = _default(key)
    if default is None or isinstance(found, (list, dict)) or (ours is None and found is None):
        return
    if ours is None and not _same(default, found):
        says = "sets none" if default == "" else f"leaves it at `{default}`"
        yield _told(guest, (key,), f"the domain runs with {key} {_shown(found)}, the file {says}")
    elif found is None and ours != DEFAULTS.get(key) and not _same(default, ours):
        yield _told(guest, (key,), f"the domain runs without {key}, the file says {_shown(ours)}")


def _default(key: str) -> object:
    """What libxl does where neither says anything: a number, "" for nothing; None: it depends."""
    from xlcfg.catalogue import guest_option

    option = guest_option(key)
    if option is None or key in _TEXTS or key in _OF_ITS_OWN:
        return None
    default = option.detail.get("default")
    if default is None:
        kinds = ("path", "string", "string-or-list")
        return "" if option.detail.get("kind") in kinds else None
    if key in _DEFAULT_WORDS:
        return str(default)
    return int(default) if default in ("0", "1") else None


#: Keys whose fields are filled from elsewhere as well.
_OF_ITS_OWN = ("uuid", "pool", "altp2m", "altp2mhvm")

#: Keys of which the catalogue has libxl's default word for word.
_DEFAULT_WORDS = frozenset((
    "boot", "hdtype", "keymap", "sve", "tee", "timer_mode", "tsc_mode", "vendor_device",
    "vnclisten",
))  # fmt: skip

#: Fields that the JSON of every release has, where they are set.
_ALWAYS = frozenset((
    "b_info.kernel", "b_info.ramdisk", "b_info.cmdline", "b_info.bootloader", "b_info.target_memkb",
    "b_info.max_memkb", "c_info.uuid",
))  # fmt: skip


def _affinity(
    guest: Guest, key: str, path: str, mine: dict[str, Any], theirs: dict[str, Any]
) -> Iterator[Diagnostic]:
    setting = guest.settings.get(key)
    if guest.target.host is None and (setting is None or _depends_on_host(setting.value)):
        return
    ours = mine.get("b_info", {}).get(path)
    found = _look(theirs, f"b_info.{path}")
    if ours and isinstance(found, list) and found and ours != found:
        yield _told(guest, (key,), f"the vCPUs of the domain run on other CPUs than {key} says")


def _depends_on_host(value: Value) -> bool:
    """Whether CPUs are named by what only the host has: its nodes, all of its CPUs."""
    texts = [one.text for one in value.items if not one.is_list] if value.is_list else [value.text]
    return any("node" in text or "all" in text for text in texts)


def _devices(
    guest: Guest,
    key: str,
    what: str,
    by: tuple[str, ...],
    mine: dict[str, Any],
    theirs: dict[str, Any],
) -> Iterator[Diagnostic]:
    """Devices that the domain lacks, those that the file lacks, and those that differ."""
    from xlcfg.model.xl.as_json import LISTS

    ours = mine.get(LISTS[key]) or []
    found = theirs.get(LISTS[key])
    left = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    for number, device in enumerate(ours):
        match = _match(device, left, by, number, key)
        if match is None:
            yield _told(guest, (key,), f"the domain has no {what} {_called(device, by)}", number)
            continue
        left = [one for one in left if one is not match]
        for field, name in _FIELDS.get(key, {}).items():
            none = 0 if field in _FLAGS else None
            wanted, has = device.get(field, none), match.get(field, none)
            if wanted is not None and has is not None and not _same(wanted, has):
                text = f"{name} of {what} {_called(match, by)} is {_shown(has)}"
                yield _told(guest, (key,), f"{text}, the file says {_shown(wanted)}", number)
    for device in left:
        yield _told(guest, (key,), f"the domain also has a {what} {_called(device, by)}")


def _match(
    device: dict[str, Any],
    left: list[dict[str, Any]],
    by: tuple[str, ...],
    number: int,
    key: str,
) -> dict[str, Any] | None:
    """The one of the domain's devices that is this one of the file's."""
    identity = [device.get(name) for name in by]
    if any(part not in (None, 0, "") for part in identity):
        for one in left:
            if all(_same(device.get(name), one.get(name)) for name in by):
                return one
        return None
    if key == "vif":
        # an interface without an address has got one
        return next((one for one in left if one.get("devid", 0) == number), None) or (
            left[0] if left else None
        )
    return left[0] if left else None


def _called(device: dict[str, Any], by: tuple[str, ...]) -> str:
    """How people call a device."""
    if by[0] == "domain":
        parts = [device.get(name) or 0 for name in by]
        if all(isinstance(part, int) for part in parts):
            return "{:04x}:{:02x}:{:02x}.{:x}".format(*parts)
    found = device.get(by[0])
    if isinstance(found, dict):
        return ".".join(str(part) for part in found.values())
    return f"`{found}`" if found else f"number {device.get('devid', 0)}"


def _look(tree: dict[str, Any], path: str) -> Any:
    """A field of a domain, wherever this release of xl has it."""
    from xlcfg.model.xl.as_json import get

    found = get(tree, path)
    if found is None:
        for here, there in _MOVED:
            if path.startswith(here):
                found = get(tree, there + path.removeprefix(here))
                if found is not None:
                    break
    return found


def _same(mine: object, theirs: object) -> bool:
    """Whether two values are one, as libxl's JSON writes it: "True" and 1, "False" and nothing."""
    return _plain(mine) == _plain(theirs)


def _plain(value: object) -> object:
    if isinstance(value, str):
        lower = value.lower()
        if lower in ("true", "false"):
            return int(lower == "true")
        return lower if _is_address(lower) else value or 0
    if value is None or isinstance(value, bool):
        return int(bool(value))
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one not in (None, 0, "")}
    return value


def _is_address(text: str) -> bool:
    """Whether capitals make no difference: the address of an interface, a UUID."""
    return len(text) in (17, 36) and not set(text) - set("0123456789abcdef:-")


def _shown(value: object, unit: str = "") -> str:
    if value is None or value in ("", 0):
        return "0" if value == 0 and unit else "unset"
    if unit and isinstance(value, int):
        return f"{value // 1024} MiB" if value % 1024 == 0 else f"{value} KiB"
    text = str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
