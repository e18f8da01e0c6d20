"""A dom0 that starts one guest: an initial RAM disk with Xen's toolstack from its Debian packages.

It holds the programs that `xl create` takes (xl, xenstored, xenconsoled), the libraries that these
need, the modules through which they speak to Xen, and the guest's images. For an HVM guest it also
has the device model with its firmware. There is no disk and no network.
"""

from __future__ import annotations

import lzma
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from xlcfg.record.elf import is_elf, needs
from xlcfg.record.errors import RecordError
from xlcfg.record.initrd import Entry, archive, file, folder, link
from xlcfg.record.packages import Apt, extract_some, unpack_all

#: What dom0 says when it starts the guest, and when that has ended.
GUEST_BEGINS = "xlcfg: guest begins"
GUEST_ENDS = "xlcfg: guest ends"
_MODULES = ("xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs")
_PROGRAMS = ("xl", "xenstored", "xenconsoled", "xen-init-dom0", "xenconsole")
#: The device model is started by this path.
_DEVICE_MODEL = "usr/libexec/xen-qemu-system-i386"
#: What hvmloader puts before a guest, and what the device model brings a kernel into it with.
_FIRMWARE = (
    "usr/share/seabios/bios-256k.bin",
    "usr/share/qemu/linuxboot.bin",
    "usr/share/qemu/linuxboot_dma.bin",
    "usr/share/qemu/keymaps/en-us",
    "usr/share/qemu/kvmvapic.bin",
)
_LIBRARIES = ("usr/lib/x86_64-linux-gnu/*.so*", "lib/x86_64-linux-gnu/*.so*")
_LOADER = "ld-linux-x86-64.so.2"
_APPLETS = (
    "sh",
    "mount",
    "echo",
    "mkdir",
    "ln",
    "sleep",
    "usleep",
    "poweroff",
    "insmod",
    "ls",
    "cat",
)
_INIT = """\
#!/bin/sh
export PATH=/bin:{bin}
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /run/xen /run/xenstored /run/lock
mkdir -p /var/log/xen /var/lib/xen/dump /var/lib/xenstored
mount -t devpts devpts /dev/pts
ln -s /run /var/run
ln -s /run/lock /var/lock
ln -s /proc/self/fd/0 /dev/stdin
for m in {modules}; do insmod /modules/$m.ko; done
mount -t xenfs xenfs /proc/xen
xenstored --pid-file /run/xenstored.pid
sleep 1
xen-init-dom0
xenconsoled --pid-file=/run/xenconsoled.pid
echo "{begins}"
{create}
echo "{ends}"
poweroff -f
"""
_CREATE = "xl create -c /guest/guest.cfg"
# xl would show the console that the device model emulates: that comes straight, and only firmware
# writes to it. Firmware polls for what the device model does, in dom0, which comes first therefore.
_CREATE_HVM = """\
xl create -p /guest/guest.cfg || cat /var/log/xen/qemu-dm-*
xl sched-credit2 -d Domain-0 -w 65535
xl console -t pv recorded </dev/console &
xl unpause recorded
wait $!"""
_CONFIG_HVM = """\
vga = "none"
vnc = 0
nographic = 1
serial = "file:/dev/hvc0"
"""
# Linux reads the counter by the thousand while it measures time; else Xen would emulate each
_CONFIG_NARROW = 'tsc_mode = "native"\n'
# a disk that neither a script nor a driver in dom0 has to be there for
_CONFIG_DISK = """\
device_model_args_hvm = [
    "-drive", "file=/guest/disk,format=raw,if=none,id=first,readonly=on",
    "-device", "virtio-blk-pci,drive=first",
]
"""


def toolstack(apt: Apt, release: str, into: Path) -> Path:
    """Xen's toolstack of a release with all it depends on, unpacked once below the cache."""
    return _unpacked(apt, f"xen-utils-{release}", into)


def device_model(apt: Apt, into: Path) -> Path:
    """The device model of the suite's Xen, in the same way."""
    return _unpacked(apt, "qemu-system-xen", into)


def _unpacked(apt: Apt, package: str, into: Path) -> Path:
    version = apt.version(package)
    if not version:
        raise RecordError(f"{apt.suite} has no package {package}")
    root = into / f"{package}_{version.replace(':', '-')}"
    if not root.is_dir():
        unpack_all(apt.download_all(package), root)
        apt.forget_downloads()
    return root


def modules(package: Path, into: Path) -> dict[str, bytes]:
    """The kernel modules that dom0 needs, from the kernel's package; those that it has."""
    places = {name: into / f"{package.stem}.{name}.ko" for name in _MODULES}
    there = extract_some(package, {to: partial(_is_module, name) for name, to in places.items()})
    found = {}
    for name, to in places.items():
        if to in there:  # else it is part of the kernel
            data = to.read_bytes()
            found[name] = lzma.decompress(data) if data[:6] == b"\xfd7zXZ\0" else data
    return found


def _is_module(name: str, path: str) -> bool:
    base = os.path.basename(path)
    return base in (f"{name}.ko", f"{name}.ko.xz")


def host_initrd(
    root: Path,
    busybox: bytes,
    kernel_modules: dict[str, bytes],
    guest: Iterable[Entry],
    config: str,
    emulator: Path | None = None,
) -> bytes:
    """The archive, which is not compressed: unpacking it would take longer than reading it.

    `root` is a folder with the toolstack, `emulator` one with the device model of an HVM guest.
    """
    found = sorted(root.glob("usr/lib/xen-4.*/bin/xl"))
    if not found:
        raise RecordError("the packages of Xen hold no xl")
    programs = found[-1].parent
    init = _INIT.format(
        bin=f"/{programs.relative_to(root)}:/usr/sbin:/usr/bin",
        modules=" ".join(kernel_modules),
        begins=GUEST_BEGINS,
        create=_CREATE if emulator is None else _CREATE_HVM,
        ends=GUEST_ENDS,
    )
    tree = Tree([root] if emulator is None else [root, emulator])
    for name in ("bin", "dev", "proc", "sys", "run", "var", "tmp", "modules", "guest", "etc/xen"):
        tree.folder(name)
    tree.add("bin/busybox", busybox)
    tree.entries += [link(f"bin/{name}", "busybox") for name in _APPLETS]
    for name, data in kernel_modules.items():
        tree.add(f"modules/{name}.ko", data)
    tree.add("init", init.encode())
    tree.add("etc/xen/xl.conf", b'autoballoon="off"\n')
    tree.add("guest/guest.cfg", config.encode())
    tree.entries += guest
    for name in _PROGRAMS:
        tree.program(programs / name, root)
    tree.program(root / "usr/sbin/xenstored", root)
    # what the C library opens when a thread is ended
    tree.library("libgcc_s.so.1")
    if emulator is not None:
        tree.program(programs.parent / "boot/hvmloader", root)
        tree.program(emulator / _DEVICE_MODEL, emulator)
        for name in _FIRMWARE:
            if (emulator / name).is_file():
                tree.add(name, (emulator / name).read_bytes())
    return archive(tree.entries)


class Tree:
    """Files with the folders that they are in: programs at their places, libraries in /lib."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.entries: list[Entry] = []
        self._made = {"."}
        self._taken: set[str] = set()
        self._libraries: dict[str, Path] = {}
        for root in roots:
            for pattern in _LIBRARIES:
                for path in root.glob(pattern):
                    self._libraries.setdefault(path.name, path)

    def folder(self, name: str) -> None:
        """A folder, once, and those that it is in."""
        for one in (*reversed(PurePosixPath(name).parents), name):
            if str(one) not in self._made:
                self._made.add(str(one))
                self.entries.append(folder(str(one)))

    def add(self, name: str, data: bytes) -> None:
        """A file."""
        self.folder(str(PurePosixPath(name).parent))
        self.entries.append(file(name, data))

    def program(self, path: Path, root: Path) -> None:
        """A program, if it is there, and the libraries that it needs."""
        if path.is_file():
            data = path.read_bytes()
            self.add(str(path.relative_to(root)), data)
            self._libraries_of(data)

    def library(self, name: str) -> None:
        """A library, once, if it is there, and those that it needs."""
        if name not in self._libraries or name in self._taken:
            return
        self._taken.add(name)
        data = self._libraries[name].read_bytes()
        self.add(f"lib/{name}", data)
        if name == _LOADER:
            self.folder("lib64")
            self.entries.append(link(f"lib64/{name}", f"../lib/{name}"))
        self._libraries_of(data)

    def _libraries_of(self, data: bytes) -> None:
        if is_elf(data):
            loader, names = needs(data)
            for name in (*names, os.path.basename(loader)):
                self.library(name)


def guest_config(
    kind: str, files: Iterable[str], line: str, memory: int, vcpus: int, narrow: bool = False
) -> str:
    """The guest's description, for xl. `files` are the names of what is in /guest: `kernel`,
    `ramdisk`, `disk`. `narrow`: a guest of 32 bits.
    """
    there = set(files)
    text = f'name = "recorded"\ntype = "{kind}"\nmemory = {memory}\nvcpus = {vcpus}\n'
    if "kernel" in there:
        quoted = line.replace("\\", "\\\\").replace('"', '\\"')
        text += f'kernel = "/guest/kernel"\ncmdline = "{quoted}"\n'
    if "ramdisk" in there:
        text += 'ramdisk = "/guest/ramdisk"\n'
    text += 'on_reboot = "destroy"\non_crash = "destroy"\n'
    if kind == "hvm":
        text += _CONFIG_HVM
    if narrow:
        text += _CONFIG_NARROW
    if "disk" in there:
        text += _CONFIG_DISK
    return text
