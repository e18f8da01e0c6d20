"""GRUB before a guest's kernel: images that hold the kernel, and know what to start.

A PV or PVH guest gets GRUB as its kernel, with a RAM disk inside; a BIOS finds it at the beginning
of a disk, with the kernel at places that GRUB is told of, so that no file system is needed.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from typing import NamedTuple

from xlcfg.record.errors import RecordError

_SECTOR = 512
#: Where the kernel is on a disk, in sectors; GRUB itself is smaller.
_KERNEL_AT = 4096
#: type of a guest -> GRUB's platform, its package, and the modules that it needs besides `linux`
_PLATFORMS = {
    "pv": ("x86_64-xen", "grub-xen-bin", ("memdisk", "tar")),
    "pvh": ("i386-xen_pvh", "grub-xen-bin", ("memdisk", "tar")),
    "hvm": ("i386-pc", "grub-pc-bin", ("biosdisk",)),
}


class Maker(NamedTuple):
    """How images are made: a command for `grub-mkimage`, and a folder with GRUB's packages."""

    command: tuple[str, ...]
    packages: Path


def package_for(kind: str) -> str:
    """The Debian package with GRUB for a type of guest."""
    return _PLATFORMS[kind][1]


def grub_kernel(
    maker: Maker, kind: str, folder: Path, kernel: bytes, initrd: bytes | None, line: str
) -> bytes:
    """An image that a PV or PVH guest has for a kernel, and that starts this one with this line."""
    files = {"kernel": kernel, **({} if initrd is None else {"initrd": initrd})}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    disk = folder / "grub.tar"
    disk.write_bytes(out.getvalue())
    places = {name: f"(memdisk)/{name}" for name in files}
    return _image(maker, kind, folder, _config(line, places), "-m", str(disk))


def grub_disk(maker: Maker, folder: Path, kernel: bytes, initrd: bytes | None, line: str) -> bytes:
    """A disk from which a BIOS starts GRUB, and GRUB this kernel with this line."""
    out = bytearray()
    places = {}
    at = _KERNEL_AT
    for name, data in (("kernel", kernel), ("initrd", initrd)):
        if data is not None:
            sectors = -(-len(data) // _SECTOR)
            out += data + bytes(-len(data) % _SECTOR)
            places[name] = f"(hd0){at}+{sectors}"
            at += sectors
    first = (maker.packages / "usr/lib/grub/i386-pc/boot.img").read_bytes()
    core = _image(maker, "hvm", folder, _config(line, places))
    if len(first) != _SECTOR or len(core) > (_KERNEL_AT - 1) * _SECTOR:
        raise RecordError("GRUB's images are not of the sizes that a disk has room for")
    return first + core + bytes((_KERNEL_AT - 1) * _SECTOR - len(core)) + bytes(out)


def _config(line: str, places: dict[str, str]) -> str:
    if set(line) & set("\"'\\"):
        raise RecordError("--append: GRUB passes on neither quotes nor backslashes as they are")
    # GRUB quotes for the kernel what has blanks in it
    words = " ".join(f"'{word}'" for word in line.split())
    text = f"linux {places['kernel']} {words}\n"
    if "initrd" in places:
        text += f"initrd {places['initrd']}\n"
    return text + "boot\n"


def _image(maker: Maker, kind: str, folder: Path, config: str, *words: str) -> bytes:
    platform, _, modules = _PLATFORMS[kind]
    script, out = folder / "grub.cfg", folder / "grub.img"
    script.write_text(config)
    done = subprocess.run(
        [
            *maker.command,
            *("-O", platform, "-d", str(maker.packages / "usr/lib/grub" / platform)),
            *("-p", "/", "-c", str(script), "-o", str(out)),
            *words,
            *("linux", *modules),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not out.is_file():
        said = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise RecordError(f"GRUB's image cannot be made: {said[-1]}")
    return out.read_bytes()
