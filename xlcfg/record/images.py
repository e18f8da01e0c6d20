"""What `--kernel`, `--xen` and `--qemu` name: files, or packages that are fetched.

`debian:SUITE` is the newest kernel of a suite, `debian:RELEASE` the newest of the suite that has
this kernel release (`debian:6.1`) or this Xen (`debian:4.17`), `debian:SUITE/PACKAGE` any other
package with a kernel or a Xen in it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from xlcfg.record.errors import RecordError
from xlcfg.record.forms import plain_image
from xlcfg.record.grub import Maker, package_for
from xlcfg.record.host import device_model, modules, toolstack
from xlcfg.record.packages import (
    Apt,
    NotThereError,
    Say,
    cache_dir,
    extract,
    system_mirrors,
    unpack_all,
)

DEBIAN_ARCH = {"arm64": "arm64", "arm32": "armhf", "x86_64": "amd64", "x86_32": "i386"}
#: The package that depends on a suite's newest kernel. For Xen, those of 32 bits have to use the
#: longer form of page tables.
_KERNELS = {
    "arm64": "linux-image-arm64",
    "arm32": "linux-image-armmp-lpae",
    "x86_64": "linux-image-amd64",
    "x86_32": "linux-image-686-pae",
}
#: release -> the suite that has it; what is not here is looked for in sid
XEN_SUITES = {"4.11": "buster", "4.14": "bullseye", "4.17": "bookworm", "4.20": "trixie"}
KERNEL_SUITES = {"4.19": "buster", "5.10": "bullseye", "6.1": "bookworm", "6.12": "trixie"}
#: An older QEMU throws all translated code away at each stop of a debugger (`tb_flush`): the
#: guest's timers then run ahead of what is emulated, and a boot of seconds takes many minutes.
QEMU_SINCE = (10, 2)
QEMU_SUITES = ("trixie-backports", "sid")
_QEMU_PACKAGE = {"arm64": "qemu-system-arm", "x86_64": "qemu-system-x86"}
_QEMU_PROGRAM = {"arm64": "qemu-system-aarch64", "x86_64": "qemu-system-x86_64"}


class Image(NamedTuple):
    """A file, and what it is in words: its path, or its package and version."""

    path: Path
    label: str


class Qemu(NamedTuple):
    """How QEMU is started: a command, and in words which one."""

    command: tuple[str, ...]
    version: tuple[int, ...]
    label: str


class Host(NamedTuple):
    """What a dom0 is made of: its kernel, folders with Xen's toolstack and, for HVM guests, with
    the device model, and kernel modules.
    """

    kernel: Image
    toolstack: Path
    modules: dict[str, bytes]
    device_model: Path | None = None


class Images:
    """Finds and fetches. `say` is told what takes time."""

    def __init__(self, say: Say, cache: Path | None = None, mirror: str | None = None) -> None:
        self.say = say
        self.cache = cache or cache_dir()
        self._mirror = (mirror.rstrip("/"), "") if mirror else None

    def _apt(self, suite: str, arch: str, *, security: bool = True) -> Apt:
        if self._mirror is None:
            self._mirror = system_mirrors()
        archive, updates = self._mirror
        return Apt(self.cache, suite, arch, (archive, updates if security else ""))

    # -- kernels and hypervisors ------------------------------------------------------------------

    def kernel(self, name: str, arch: str) -> Image:
        """The image of a kernel, in the form that Xen loads. Raises RecordError."""
        if not name.startswith("debian:"):
            return Image(plain_image(_file(name, "--kernel"), self.cache), name)
        suite, _, package = name.removeprefix("debian:").partition("/")
        suite = KERNEL_SUITES.get(suite, suite)
        if suite[:1].isdigit():
            suite = "sid"
        debian = DEBIAN_ARCH[arch]
        self.say(f"looking for a kernel in {suite}")
        package = package or _KERNELS[arch]
        return self._either(suite, debian, lambda apt: self._kernel_package(apt, package))

    def _either(self, suite: str, arch: str, action: Callable[[Apt], Image]) -> Image:
        """From a suite with its security updates, else without: their archive drops files of old
        suites that its lists still name, and has lists of some architectures that do not fit.
        """
        try:
            return action(self._apt(suite, arch))
        except NotThereError:
            return action(self._apt(suite, arch, security=False))

    def _kernel_package(self, apt: Apt, package: str) -> Image:
        """The kernel that a package has, or that the packages have on which it depends."""
        return self._from_package(apt, self._concrete(apt, package), _is_kernel)

    @staticmethod
    def _concrete(apt: Apt, package: str) -> str:
        """The package that a kernel is in, for one that only depends on it."""
        seen = {package}
        while True:
            deeper = [
                d
                for d in apt.depends(package)
                if d.startswith(("linux-image-", "linux-binary-")) and d not in seen
            ]
            if not deeper:
                break
            package = deeper[0]
            seen.add(package)
        return package

    def xen(self, name: str, arch: str) -> Image:
        """The image of a hypervisor. Raises RecordError."""
        if not name.startswith("debian:"):
            return Image(plain_image(_file(name, "--xen"), self.cache), name)
        suite, _, package = name.removeprefix("debian:").partition("/")
        debian = DEBIAN_ARCH[arch]
        if suite[:1].isdigit():
            package = package or f"xen-hypervisor-{suite}-{debian}"
            suite = XEN_SUITES.get(suite, "sid")
        apt = self._apt(suite, debian)
        self.say(f"looking for Xen in {suite}")
        if not package:
            meta = f"xen-system-{debian}"
            found = [d for d in apt.depends(meta) if d.startswith("xen-hypervisor-")]
            if not found:
                raise RecordError(f"{suite} has no package of Xen for {arch}")
            package = found[0]
        return self._from_package(apt, package, _is_xen)

    def host(self, xen: Image, kind: str = "pv") -> Host:
        """What a dom0 on x86_64 needs to start a guest of a type, for a fetched Xen. RecordError
        when it cannot be had.
        """
        found = re.match(r"xen-hypervisor-(\d+\.\d+)-amd64 ", xen.label)
        if found is None:
            raise RecordError("--guest domu: on x86_64 name a Xen to fetch, such as debian:4.17")
        suite = XEN_SUITES.get(found[1], "sid")
        apt = self._apt(suite, "amd64")
        self.say(f"fetching the toolstack of Xen {found[1]}")
        root = toolstack(apt, found[1], self.cache / "toolstacks")
        emulator = device_model(apt, self.cache / "toolstacks") if kind == "hvm" else None
        package = self._concrete(apt, "linux-image-amd64")
        kernel = self._from_package(apt, package, _is_kernel)
        found_modules = modules(apt.download(package), self.cache / "images")
        return Host(kernel, root, found_modules, emulator)

    def grub(self, kind: str) -> Maker:
        """What makes images of GRUB for a type of guest on x86_64. Raises RecordError."""
        machine = _host_machine()
        if machine is None:
            raise RecordError(f"GRUB's programs cannot be fetched for {os.uname().machine}")
        own, theirs = self._apt("bookworm", machine), self._apt("bookworm", "amd64")
        package = package_for(kind)
        roots = []
        for apt, name, alone in ((own, "grub-common", False), (theirs, package, True)):
            version = apt.version(name)
            root = self.cache / "tools" / f"{name}_{version.replace(':', '-')}_{apt.arch}"
            if not root.is_dir():
                self.say(f"fetching {name} {version}")
                unpack_all([apt.download(name)] if alone else apt.download_all(name), root)
                apt.forget_downloads()
            roots.append(root)
        command = loaded(roots[0], "usr/bin/grub-mkimage")
        if command is None:
            raise RecordError("the packages of GRUB hold no grub-mkimage")
        return Maker(command, roots[1])

    def busybox(self, arch: str) -> Image:
        """A statically linked busybox for the load in user mode. Raises RecordError."""
        return self._either(
            "bookworm",
            DEBIAN_ARCH[arch],
            lambda apt: self._from_package(apt, "busybox-static", _is_busybox),
        )

    def _from_package(self, apt: Apt, package: str, wanted: Callable[[str], bool]) -> Image:
        version = apt.version(package)
        if not version:
            raise RecordError(f"{apt.suite} has no package {package} for {apt.arch}")
        to = self.cache / "images" / f"{package}_{version.replace(':', '-')}_{apt.arch}"
        if not to.exists():
            self.say(f"fetching {package} {version}")
            extract(apt.download(package), wanted, to)
        return Image(plain_image(to, self.cache), f"{package} {version}")

    # -- QEMU -------------------------------------------------------------------------------------

    def qemu(self, arch: str, given: str | None = None) -> Qemu:
        """A QEMU that is new enough: the one given, the system's, or a fetched one."""
        program = _QEMU_PROGRAM[arch]
        if given is not None:
            found = _version((given,))
            if found is None:
                raise RecordError(f"--qemu: {given} does not say what version it is")
            return Qemu((given,), found, f"QEMU {_dotted(found)} ({given})")
        system = shutil.which(program)
        if system is not None:
            found = _version((system,))
            if found is not None and found >= QEMU_SINCE:
                return Qemu((system,), found, f"QEMU {_dotted(found)}")
        return self._fetched_qemu(arch, program)

    def _fetched_qemu(self, arch: str, program: str) -> Qemu:
        package = _QEMU_PACKAGE[arch]
        host = _host_machine()
        if host is None:
            raise RecordError(
                f"recording needs QEMU {_dotted(QEMU_SINCE)} or later; none can be fetched for "
                f"{os.uname().machine}: name one with --qemu"
            )
        kept = sorted(self.cache.glob(f"qemu/{package}_*_{host}"), key=_by_version)
        if kept:
            found = self._run_by_loader(kept[-1], program)
            if found is not None:
                return found
        why = RecordError(f"no QEMU since {_dotted(QEMU_SINCE)} can be fetched")
        for suite in QEMU_SUITES:
            try:
                apt = self._apt(suite, host)
                version = apt.version(package)
                if _numbers(version) < QEMU_SINCE:
                    continue
                self.say(f"fetching {package} {version} and its libraries, from {suite}")
                into = self.cache / "qemu" / f"{package}_{version.replace(':', '-')}_{host}"
                unpack_all(apt.download_all(package), into)
                apt.forget_downloads()
            except RecordError as error:
                why = error
                continue
            found = self._run_by_loader(into, program)
            if found is not None:
                return found
            why = RecordError(f"{package} {version} does not run here")
        raise RecordError(f"{why}; name a QEMU with --qemu")

    def _run_by_loader(self, root: Path, program: str) -> Qemu | None:
        """Run an unpacked QEMU with its own C library: the system's may be older."""
        run = loaded(root, f"usr/bin/{program}")
        if run is None:
            return None
        data = [root / "usr/share/qemu", root / "usr/share/seabios", root / "usr/lib/ipxe/qemu"]
        found = _version(run)
        if found is None:
            return None
        firmware = [word for folder in data if folder.is_dir() for word in ("-L", str(folder))]
        return Qemu((*run, *firmware), found, f"QEMU {_dotted(found)}")


def loaded(root: Path, program: str) -> tuple[str, ...] | None:
    """The command for a program of unpacked packages, None when it is not there: it is run with
    its own C library, for the system's may be older.
    """
    loaders = [
        path
        for pattern in ("usr/lib/*/ld-linux-*.so.*", "lib/*/ld-linux-*.so.*")
        for path in root.glob(pattern)
        if path.is_file()
    ]
    if not loaders or not (root / program).is_file():
        return None
    name = loaders[0].parent.name
    folders = [loaders[0].parent, root / "usr/lib" / name, root / "lib" / name]
    # libraries of plain packages, and those that have a folder of their own
    folders += (root / "usr/lib" / name).glob("pulseaudio")
    path = ":".join(dict.fromkeys(map(str, folders)))
    return (str(loaders[0]), "--library-path", path, str(root / program))


def _host_machine() -> str | None:
    """Debian's name of this machine's architecture, where programs of it can be fetched."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine)


def _file(name: str, option: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise RecordError(f"{option}: there is no file {name}")
    return path


def _is_kernel(path: str) -> bool:
    return os.path.basename(path).startswith(("vmlinuz", "vmlinux-"))


def _is_busybox(path: str) -> bool:
    return path.endswith("bin/busybox")


def _is_xen(path: str) -> bool:
    name = os.path.basename(path)
    wrong = name.endswith((".efi", ".config", ".map"))
    return name.startswith("xen-") and path.startswith("boot/") and not wrong


def _numbers(text: str) -> tuple[int, ...]:
    found = re.search(r"(?:\d+:)?(\d+(?:\.\d+)+)", text)
    return tuple(int(n) for n in found[1].split(".")) if found else ()


def _by_version(path: Path) -> tuple[int, ...]:
    return _numbers(path.name.split("_")[1].replace("-", ":", 1))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _version(command: tuple[str, ...]) -> tuple[int, ...] | None:
    try:
        done = subprocess.run(
            [*command, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"version (\d+(?:\.\d+)+)", done.stdout)
    return tuple(int(n) for n in found[1].split(".")) if found else None
