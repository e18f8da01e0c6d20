"""The device model of a release, run by itself with the command lines that it had in the box.

It takes its tens of milliseconds instead of the box's seconds: Debian's build knows the accelerator
`qtest`, under which it makes its devices and runs no guest, so that no Xen is needed. What it says
about options, drives and devices is what it says in the box; what only exists under Xen
(`-xen-domid`, the machine `xenfv`) is left out.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from box.host import empty_qcow2
from box.records import steady

import needs

#: options that only mean something under Xen, with the number of their values
_OF_XEN = {"-xen-domid": 1, "-runas": 1, "-chroot": 1, "-xen-domid-restrict": 0, "-xen-attach": 0}


def make_files(folder: Path) -> None:
    """The images and the kernels of the box, below `folder`."""
    for name in ("img", "dev/vg", "guest"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for letter in "abcdefgh":
        (folder / f"img/{letter}.qcow2").write_bytes(empty_qcow2())
    (folder / "img/q.qcow2").write_bytes(empty_qcow2())
    for name in (*(f"img/{x}.img" for x in "abcdef"), *(f"dev/vg/{x}" for x in "abcdef")):
        with open(folder / name, "wb") as file:
            file.truncate(16 << 20)
    with open(folder / "img/c.iso", "wb") as file:
        file.truncate(1 << 20)
    (folder / "guest/ramdisk").write_bytes(bytes(4096))


def _arguments(argv: list[str], folder: Path) -> list[str]:
    """A command line of the box without Xen, and with the files below `folder`."""
    arguments = []
    waiting = iter(argv[1:])
    for word in waiting:
        if word in _OF_XEN:
            for _ in range(_OF_XEN[word]):
                next(waiting)
        elif word == "-machine":
            arguments += ["-machine", ",".join(["pc", *next(waiting).split(",")[1:]])]
        else:
            for place in ("/img/", "/dev/vg/", "/guest/", "/var/run/xen/"):
                word = word.replace(place, f"{folder}{place}")
            arguments.append(re.sub(r"\b(file|path)=/img,", rf"\1={folder}/img,", word))
    return arguments


def refusal(release: str, argv: list[str], folder: Path) -> str:
    """The first words of the device model that tell why it does not start, or ""."""
    usr = needs.boxes() / release / "usr"
    libraries = usr / "lib" / "x86_64-linux-gnu"
    (folder / "var/run/xen").mkdir(parents=True, exist_ok=True)
    if not (folder / "guest/vmlinuz").exists():
        (folder / "guest/vmlinuz").symlink_to(needs.boxes() / release / "vmlinuz")
    done = subprocess.run(
        [
            *(str(libraries / "ld-linux-x86-64.so.2"), "--library-path", str(libraries)),
            *("--argv0", "xen-qemu-system-i386", str(usr / "libexec/xen-qemu-system-i386")),
            *("-L", str(usr / "share/seabios"), "-L", str(usr / "share/qemu")),
            *("-L", str(usr / "lib/ipxe/qemu"), "-accel", "qtest", "-S"),
            *_arguments(argv, folder),
            *("-monitor", "stdio"),
        ],
        input="quit\n",
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return steady((lines or [f"it ends with {done.returncode}"])[0].replace(str(folder), ""))
