"""What refuses a guest after xl has created its domain.

libxl attaches devices, starts the device model and the hotplug scripts, and asks the hypervisor for
what the config wants; each can still say no, and xl destroys the domain again. `run` follows what
fails on any host. What depends on the machine is left alone, or told with a described host.

Every step is a module, imported when a config has a setting that it looks at and whose value is
not one of the usual ones.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

#: key and the step that looks at it
_STEPS = {
    "acpi": "emulation",
    "altp2m": "hypervisor",
    "altp2mhvm": "hypervisor",
    "disk": "disks",
    "bootloader": "start",
    "channel": "start",
    "vif": "nics",
    "boot": "display",
    "keymap": "display",
    "spice": "display",
    "vfb": "display",
    "vncdisplay": "display",
    "vnclisten": "display",
    "device_model_args": "emulation",
    "device_model_args_hvm": "emulation",
    "device_model_user": "emulation",
    "firmware": "emulation",
    "gfx_passthru": "emulation",
    "serial": "emulation",
    "soundhw": "emulation",
    "usbctrl": "emulation",
    "usbdevice": "emulation",
    "usbversion": "emulation",
    "gic_version": "hypervisor",
    "iomem": "frames",
    "ioports": "hypervisor",
    "irqs": "hypervisor",
    "max_event_channels": "hypervisor",
    "max_grant_frames": "hypervisor",
    "max_grant_version": "hypervisor",
    "max_maptrack_frames": "hypervisor",
    "nestedhvm": "hypervisor",
    "shadow_memory": "hypervisor",
    "tsc_mode": "hypervisor",
    "vga": "hypervisor",
    "videoram": "hypervisor",
    "viridian": "hypervisor",
    "vmtrace_buf_kb": "hypervisor",
    "cap": "start",
    "cmdline": "start",
    "cpu_weight": "start",
    "extra": "start",
    "root": "start",
    "vnuma": "start",
}
#: values of which nothing is to be said, whatever else the config has
_USUAL = {
    "acpi": (True,),
    "boot": ("c", "d", "n", "cd", "dc", "cn", "nc", "dcn", "cdn", "ndc", "ncd", "dnc", "cnd"),
    "serial": ("pty", ["pty"]),
    "usbdevice": ("tablet", ["tablet"]),
    "vnclisten": ("0.0.0.0", "127.0.0.1", "localhost"),
    "vga": ("cirrus", "none"),
}
#: what a plain disk has: target, format, vdev, and how it may be used
_PLAIN_FIELDS = 6
_PLAIN_NAMES = ("xvda", "xvdb", "xvdc", "xvdd")
_PLAIN_BRIDGES = ("xenbr0", "xenbr1", "br0", "br1", "virbr0")
_FEW_VCPUS = 8
_MUCH_MEMORY = 300 << 10  # KiB
_LONG_NAME = 200
#: xl could not tell what sort of guest this is: what to emulate is unknown
_UNKNOWN_GUEST = ("boot.nothing", "type.unknown", "type.contradiction")


def run(reader: ConfigReader) -> None:
    """Notes what fails once the domain exists, and what of the config is lost then."""
    if reader.guest is None or any(o.kind in _UNKNOWN_GUEST for o in reader.outcomes):
        return
    values = reader.values
    wanted = {
        step
        for key, step in _STEPS.items()
        if key in values and values[key] not in _USUAL.get(key, ())
    }
    if _plain_disks(values.get("disk")):
        wanted.discard("disks")
    if _plain_nics(values.get("vif")):
        wanted.discard("nics")
    for key in ("vcpus", "max_vcpus"):
        if isinstance(number := values.get(key), int) and number > _FEW_VCPUS:
            wanted.add("hypervisor")
    memory = values.get("memory")
    if isinstance(memory, int) and memory < _MUCH_MEMORY:
        wanted.add("hypervisor")
    name = values.get("name")
    if isinstance(name, str) and (
        len(name) > _LONG_NAME or "/" in name or name == "Domain-0" or reader.host is not None
    ):
        wanted.add("start")
    if reader.host is not None:
        wanted.add("machine")
    for step in sorted(wanted):
        __import__(f"{__name__}.{step}", fromlist=["run"]).run(reader)


def _plain_disks(disks: object) -> bool:
    """Whether these are raw disks under the usual names, of which nothing is to be said."""
    if not isinstance(disks, list):
        return False
    names: list[object] = []
    targets: list[object] = []
    for disk in disks:
        name, target = disk.get("vdev"), disk.get("pdev_path")
        if (
            len(disk) != _PLAIN_FIELDS
            or name not in _PLAIN_NAMES
            or name in names
            or target in targets
            or disk.get("format") != "raw"
            or not disk["readwrite"]
            or not str(target).startswith("/")
            or "." in str(target)
        ):
            return False
        names.append(name)
        targets.append(target)
    return True


def _plain_nics(nics: object) -> bool:
    """Whether every interface has a MAC address of its own and a bridge, and nothing else."""
    return isinstance(nics, list) and all(
        len(nic) == 2 and "mac" in nic and nic.get("bridge") in _PLAIN_BRIDGES
        and nic["mac"].startswith("00:")
        for nic in nics
    )  # fmt: skip


def emulated(reader: ConfigReader) -> bool:
    """Whether QEMU runs in dom0 for an HVM guest: what it says of its arguments holds."""
    values = reader.values
    return (
        reader.guest == "hvm"
        and values.get("device_model_version", "qemu-xen") == "qemu-xen"
        and values.get("device_model_stubdomain_override") is not True
        and "device_model_version" not in reader.broken
    )


def script_of(nic: dict[str, object]) -> str:
    """The name of the hotplug script of a network interface, without its folder."""
    return str(nic.get("script", "vif-bridge")).rpartition("/")[2]


def report_in(
    reader: ConfigReader, kind: str, key: str, at: int, word: str, **args: object
) -> None:
    """An outcome about `word` in item `at` of a list of strings, or about the item without it."""
    items = reader.settings.items(key) or []
    atom = items[at] if at < len(items) else None
    if atom is None or atom.is_list:
        reader.report_key(kind, key, text=word, **args)
        return
    place = atom.text.find(word) if word else -1
    if place < 0:
        reader.report(kind, key, atom.start, atom.end, text=word, **args)
    else:
        reader.report_word(kind, key, atom, place, word, **args)


def text_of(reader: ConfigReader, key: str, at: int) -> str:
    """The text of item `at` of a list of strings, "" when there is none."""
    items = reader.settings.items(key) or []
    return "" if at >= len(items) or items[at].is_list else items[at].text  # type: ignore[union-attr]
