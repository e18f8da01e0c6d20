"""A dom0 that starts one guest: an initial RAM disk with Xen's toolstack from its Debian packages.

It holds the programs that `xl create` takes (xl, xenstored, xenconsoled), the libraries that these
need, the modules through which they speak to Xen, and the guest's images. There is no disk, no
network and no device model, so HVM guests are not started.
"""

from __future__ import annotations

import lzma
import os
from collections.abc import Iterable
from pathlib import Path

from xlcfg.record.elf import is_elf, needs
from xlcfg.record.errors import RecordError
from xlcfg.record.initrd import Entry, archive, file, folder, link
from xlcfg.record.packages import Apt, extract, unpack_all

#: What dom0 says when it starts the guest, and when that has ended.
GUEST_BEGINS = "xlcfg: guest begins"
GUEST_ENDS = "xlcfg: guest ends"
_MODULES = ("xen-evtchn", "xen-gntdev", "xen-gntalloc", "xen-privcmd", "xenfs")
_PROGRAMS = ("xl", "xenstored", "xenconsoled", "xen-init-dom0", "xenconsole")
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
xl create -c /guest/guest.cfg
echo "{ends}"
poweroff -f
"""
_CONFIG = """\
name = "recorded"
type = "{kind}"
kernel = "/guest/kernel"
{ramdisk}cmdline = "{line}"
memory = {memory}
vcpus = {vcpus}
on_reboot = "destroy"
on_crash = "destroy"
"""


def toolstack(apt: Apt, release: str, into: Path) -> Path:
    """Xen's toolstack of a release with all it depends on, unpacked once below the cache."""
    version = apt.version(f"xen-utils-{release}")
    if not version:
        raise RecordError(f"{apt.suite} has no toolstack of Xen {release}")
    root = into / f"xen-utils-{release}_{version.replace(':', '-')}"
    if not root.is_dir():
        unpack_all(apt.download_all(f"xen-utils-{release}"), root)
        apt.forget_downloads()
    return root


def modules(package: Path, into: Path) -> dict[str, bytes]:
    """The kernel modules that dom0 needs, from the kernel's package; those that it has."""
    found = {}
    for name in _MODULES:
        to = into / f"{package.stem}.{name}.ko"
        try:
            extract(package, lambda path, n=name: _is_module(path, n), to)  # type: ignore[misc]
        except RecordError:
            continue  # it is part of the kernel
        data = to.read_bytes()
        found[name] = lzma.decompress(data) if data[:6] == b"\xfd7zXZ\0" else data
    return found


def _is_module(path: str, name: str) -> bool:
    base = os.path.basename(path)
    return base in (f"{name}.ko", f"{name}.ko.xz")


def host_initrd(
    root: Path,
    busybox: bytes,
    kernel_modules: dict[str, bytes],
    guest: Iterable[Entry],
    config: str,
) -> bytes:
    """The archive, which is not compressed: unpacking it would take longer than reading it."""
    found = sorted(root.glob("usr/lib/xen-4.*/bin/xl"))
    if not found:
        raise RecordError("the packages of Xen hold no xl")
    programs = found[-1].parent
    folders = (
        "bin",
        "dev",
        "proc",
        "sys",
        "run",
        "var",
        "tmp",
        "modules",
        "guest",
        "etc",
        "etc/xen",
    )
    entries: list[Entry] = [folder(name) for name in folders]
    entries += [file("bin/busybox", busybox), *(link(f"bin/{a}", "busybox") for a in _APPLETS)]
    entries += [file(f"modules/{name}.ko", data) for name, data in kernel_modules.items()]
    init = _INIT.format(
        bin=f"/{programs.relative_to(root)}:/usr/sbin:/usr/bin",
        modules=" ".join(kernel_modules),
        begins=GUEST_BEGINS,
        ends=GUEST_ENDS,
    )
    entries += [file("init", init.encode()), file("etc/xen/xl.conf", b'autoballoon="off"\n')]
    entries += [file("guest/guest.cfg", config.encode()), *guest]
    return archive(entries + _programs(root, programs))


def _programs(root: Path, folder_of: Path) -> list[Entry]:
    """The programs at their places, their libraries in /lib, and folders for both."""
    libraries = {
        path.name: path
        for pattern in ("usr/lib/x86_64-linux-gnu/*.so*", "lib/x86_64-linux-gnu/*.so*")
        for path in root.glob(pattern)
    }
    entries: list[Entry] = [folder("lib"), folder("lib64")]
    made = {"lib", "lib64"}
    waiting = [folder_of / name for name in _PROGRAMS if (folder_of / name).exists()]
    waiting += [path for path in (root / "usr/sbin/xenstored",) if path.exists()]
    # what the C library opens when a thread is ended
    waiting += [libraries[name] for name in ("libgcc_s.so.1",) if name in libraries]
    taken = set()
    while waiting:
        path = waiting.pop()
        data = path.read_bytes()
        if path.name in libraries:
            entries.append(file(f"lib/{path.name}", data))
        else:
            relative = path.relative_to(root)
            for parent in reversed(relative.parents[:-1]):
                if str(parent) not in made:
                    made.add(str(parent))
                    entries.append(folder(str(parent)))
            entries.append(file(str(relative), data))
        if not is_elf(data):
            continue
        loader, names = needs(data)
        if loader:
            names = [*names, os.path.basename(loader)]
        for name in names:
            if name in libraries and name not in taken:
                taken.add(name)
                waiting.append(libraries[name])
    name = "ld-linux-x86-64.so.2"
    if name in taken:
        entries.append(link(f"lib64/{name}", f"../lib/{name}"))
    return entries


def guest_config(kind: str, ramdisk: bool, line: str, memory: int, vcpus: int) -> str:
    """The guest's description, for xl."""
    return _CONFIG.format(
        kind=kind,
        ramdisk='ramdisk = "/guest/ramdisk"\n' if ramdisk else "",
        line=line.replace("\\", "\\\\").replace('"', '\\"'),
        memory=memory,
        vcpus=vcpus,
    )
