"""The name, the scheduler, the bootloader and what the kernel is told of its root disk."""

from __future__ import annotations

import re

from xlcfg.model.xl.late import emulated, report_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from xlcfg.model.xl.reader import ConfigReader

_MOST_WEIGHT = 65535
_PERCENT = 100
_SINCE_CAP = 10
#: file names end at 255 bytes; xl's log is called xl-NAME.log
_LONGEST_NAME = 255 - len("xl-.log")
_LONGEST_EMULATED = 255 - len("qemu-dm-.log")
#: the path of a Unix socket
_LONGEST_SOCKET = 108
_ROOT = r"(?<!\S)root=(/dev/((?:xvd|sd|hd|vd)[a-z]+)(\d*))(?!\S)"
#: other ways for a guest to get a disk
_OTHER_DISKS = ("pci", "usbdev", "usbctrl", "virtio", "dtdev")
_DISK = r"(?:/dev/)?(xvd[a-z]+)(\d*)"


def run(reader: ConfigReader) -> None:
    _name(reader)
    _schedule(reader)
    guest = reader.guest
    if guest != "hvm":
        _bootloader(reader)
    if guest == "pvh" and reader.minor >= 17 and not reader.arch.startswith(("arm", "riscv")):
        if reader.values.get("vnuma") and "vnuma" not in reader.broken:
            if reader.values.get("acpi") is not False:
                reader.report_key("vnuma.pvh", "vnuma")
    _vnuma(reader)
    _channels(reader)
    if "kernel" in reader.values and "bootloader" not in reader.values:
        _root(reader)


def _vnuma(reader: ConfigReader) -> None:
    """The nodes decide how much memory there is, and not `memory`; video memory is in the first."""
    listed = reader.values.get("vnuma")
    if emulated(reader) and isinstance(listed, list) and listed:
        from xlcfg.model.xl.late.hypervisor import video_memory

        first = listed[0].get("memkb") if isinstance(listed[0], dict) else None
        video = 0 if reader.broken & {"vnuma", "videoram", "vga"} else video_memory(reader)
        if isinstance(first, int) and first < video:
            reader.report_key("vnuma.video", "vnuma", text=str(first >> 10), video=video >> 10)
            return
    memory, nodes = reader.values.get("memory"), reader.values.get("vnuma_memkb")
    if reader.broken & {"vnuma", "memory", "maxmem"} or reader.has("maxmem"):
        return
    if isinstance(memory, int) and isinstance(nodes, int) and 0 < nodes < memory:
        reader.report_key("vnuma.below-memory", "memory", text=str(memory >> 10), nodes=nodes >> 10)


def _channels(reader: ConfigReader) -> None:
    channels = reader.values.get("channel")
    if not isinstance(channels, list) or "channel" in reader.broken:
        return
    for at, channel in enumerate(channels):
        path = channel.get("path")
        if isinstance(path, str) and len(path) > _LONGEST_SOCKET:
            report_in(reader, "channel.long-path", "channel", at, path,
                      length=len(path), most=_LONGEST_SOCKET)  # fmt: skip


def _name(reader: ConfigReader) -> None:
    name = reader.values.get("name")
    if not isinstance(name, str):
        return
    if name == "Domain-0":
        reader.report_key("name.taken", "name", text=name)
    elif "/" in name:
        reader.report_key("name.slash", "name", text=name)
    else:
        limit = _LONGEST_EMULATED if emulated(reader) else _LONGEST_NAME
        if len(name) > limit:
            reader.report_key("name.long", "name", length=len(name), limit=limit)


def _schedule(reader: ConfigReader) -> None:
    weight = reader.values.get("cpu_weight")
    if isinstance(weight, int) and weight != -1 and not 1 <= weight <= _MOST_WEIGHT:
        reader.report_key("cpu_weight.range", "cpu_weight", text=str(weight))
    cap = reader.values.get("cap")
    if not isinstance(cap, int) or cap == -1 or reader.minor < _SINCE_CAP:
        return
    if reader.broken & {"vcpus", "maxvcpus", "vnuma"} or reader.has("vnuma"):
        return
    found = [reader.values.get("vcpus"), reader.values.get("max_vcpus")]
    most = max([1, *(number for number in found if isinstance(number, int))])
    if not 0 <= cap <= _PERCENT * most:
        reader.report_key("cap.range", "cap", text=str(cap), most=_PERCENT * most, vcpus=most)


def _bootloader(reader: ConfigReader) -> None:
    loader = reader.values.get("bootloader")
    if not isinstance(loader, str) or not loader:
        return
    if not reader.values.get("disk") and "disk" not in reader.broken:
        reader.report_key("bootloader.no-disk", "bootloader")
    if loader.rpartition("/")[2].startswith("pygrub"):
        for key in ("kernel", "ramdisk"):
            if isinstance(reader.values.get(key), str):
                reader.report_key("bootloader.kernel", key, key_=key)
                break


def _root(reader: ConfigReader) -> None:
    line = reader.values.get("kernel_line")
    disks = reader.values.get("disk")
    if not isinstance(line, str) or "disk" in reader.broken or (reader.has("disk") and not disks):
        return
    if "root=" not in line:
        return
    found = list(re.finditer(_ROOT, line))
    if len(found) != 1 or not isinstance(disks, list):
        return
    have = []
    for disk in disks:
        named = re.fullmatch(_DISK, str(disk.get("vdev", "")))
        if named is None:
            return  # another sort of name: which device Linux makes of it is not certain
        have.append((named[1], named[2]))
    path, name, partition = found[0][1], found[0][2], found[0][3]
    if not name.startswith("xvd") and any(reader.values.get(key) for key in _OTHER_DISKS):
        return
    if (name, partition) in have or (name, "") in have:
        return
    key = next(
        (k for k in ("cmdline", "root", "extra") if path in str(reader.values.get(k))), "root"
    )
    atom = reader.atom(key, quiet=True)
    if atom is not None:
        names = ", ".join(a + b for a, b in have)
        reader.report_word("root.no-disk", key, atom, atom.text.find(path), path, disks=names)
