"""A dom0 that starts a guest: what its RAM disk holds, and what the guest's description says."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest

from support import Cli
from test_initrd import entries
from xlcfg.record.elf import is_elf, needs
from xlcfg.record.errors import RecordError
from xlcfg.record.host import GUEST_BEGINS, GUEST_ENDS, guest_config, host_initrd
from xlcfg.record.images import Image, Images
from xlcfg.record.initrd import file

xlcfg = Cli()
LOADER = "/lib64/ld-linux-x86-64.so.2"


def elf(libraries: list[str], loader: str = LOADER) -> bytes:
    """A program of 64 bits that needs these."""
    base, strings_at, dynamic_at, loader_at = 0x1000, 0x400, 0x600, 0x800
    strings, places = b"\0", []
    for name in libraries:
        places.append(len(strings))
        strings += name.encode() + b"\0"
    tags = [(1, place) for place in places] + [(5, base + strings_at), (0, 0)]
    headers = [
        (1, 4, 0, base, base, 0x1000, 0x1000, 0x1000),
        (2, 4, dynamic_at, base + dynamic_at, 0, 16 * len(tags), 16 * len(tags), 8),
    ]
    if loader:
        headers.append((3, 4, loader_at, base + loader_at, 0, len(loader) + 1, len(loader) + 1, 1))
    out = bytearray(0x1000)
    out[:6] = b"\x7fELF\x02\x01"
    struct.pack_into("<Q", out, 32, 64)
    struct.pack_into("<HH", out, 54, 56, len(headers))
    for number, header in enumerate(headers):
        struct.pack_into("<IIQQQQQQ", out, 64 + 56 * number, *header)
    out[strings_at : strings_at + len(strings)] = strings
    for number, tag in enumerate(tags):
        struct.pack_into("<QQ", out, dynamic_at + 16 * number, *tag)
    out[loader_at : loader_at + len(loader)] = loader.encode()
    return bytes(out)


def test_what_a_program_needs() -> None:
    assert needs(elf(["libc.so.6", "libxl.so.4.17"])) == (LOADER, ["libc.so.6", "libxl.so.4.17"])
    assert needs(elf([], "")) == ("", [])
    assert is_elf(elf([]))
    assert not is_elf(b"#!/bin/sh\n")


def test_a_real_program() -> None:
    path = Path("/bin/true")
    if not path.exists() or not is_elf(path.read_bytes()):
        pytest.skip("there is no /bin/true of 64 bits here")
    loader, libraries = needs(path.read_bytes())
    assert "ld" in loader
    assert any(name.startswith("libc.") for name in libraries)


@pytest.mark.parametrize("size", [0, 6, 40, 60, 100, 0x500])
def test_cut_programs(size: int) -> None:
    with pytest.raises(RecordError, match="damaged"):
        needs(elf(["libc.so.6"])[:size])


def test_programs_that_lie() -> None:
    whole = elf(["libc.so.6"])
    for at in range(0, 0x700, 3):
        broken = whole[:at] + b"\xff\xf7\xff" + whole[at + 3 :]
        try:
            needs(broken)
        except RecordError:
            pass


def toolstack(folder: Path) -> Path:
    """What the packages of Xen unpack to, made small."""
    programs = folder / "usr/lib/xen-4.17/bin"
    libraries = folder / "usr/lib/x86_64-linux-gnu"
    programs.mkdir(parents=True)
    libraries.mkdir(parents=True)
    (programs / "xl").write_bytes(elf(["libxl.so.4.17"]))
    (programs / "xenstored").write_bytes(elf(["libc.so.6"]))
    (programs / "notxl").write_bytes(elf(["libunused.so.1"]))
    (libraries / "libxl.so.4.17").write_bytes(elf(["libc.so.6", "libmissing.so"], ""))
    (libraries / "libc.so.6").write_bytes(elf([], ""))
    (libraries / "ld-linux-x86-64.so.2").write_bytes(b"loader")
    (libraries / "libunused.so.1").write_bytes(b"")
    return folder


def test_what_is_in_it(tmp_path: Path) -> None:
    guest = [file("guest/kernel", b"KERNEL")]
    made = {"xen-evtchn": b"MODULE"}
    found = entries(host_initrd(toolstack(tmp_path), b"BUSYBOX", made, guest, "name = 'x'\n"))
    assert found["usr/lib/xen-4.17/bin/xl"][1] == elf(["libxl.so.4.17"])
    assert "usr/lib/xen-4.17/bin/notxl" not in found
    assert {n for n in found if n.startswith("lib/")} == {
        "lib/libxl.so.4.17", "lib/libc.so.6", "lib/ld-linux-x86-64.so.2",
    }  # fmt: skip
    assert found["lib64/ld-linux-x86-64.so.2"][1] == b"../lib/ld-linux-x86-64.so.2"
    assert found["guest/kernel"][1] == b"KERNEL"
    assert found["modules/xen-evtchn.ko"][1] == b"MODULE"
    names = list(found)
    for name in names:
        parent = name.rpartition("/")[0]
        assert not parent or names.index(parent) < names.index(name), name


def test_init_is_a_script(tmp_path: Path) -> None:
    made = host_initrd(toolstack(tmp_path), b"", {"xen-evtchn": b"", "xenfs": b""}, [], "")
    script = entries(made)["init"][1]
    assert subprocess.run(["sh", "-n"], input=script, check=False).returncode == 0
    text = script.decode()
    assert "for m in xen-evtchn xenfs; do insmod /modules/$m.ko" in text
    assert text.index(GUEST_BEGINS) < text.index("xl create") < text.index(GUEST_ENDS)


def test_packages_without_a_toolstack(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="hold no xl"):
        host_initrd(tmp_path, b"", {}, [], "")


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("pv", ["kernel", "ramdisk"]),
        ("pvh", ["kernel"]),
        ("hvm", ["disk"]),
    ],
)
def test_the_guest_is_one_that_xl_takes(tmp_path: Path, kind: str, files: list[str]) -> None:
    path = tmp_path / "guest.cfg"
    narrow = files == ["kernel"]
    path.write_text(guest_config(kind, files, 'console=hvc0 x="a\\b"', 256, 3, narrow))
    assert ("tsc_mode" in path.read_text()) is narrow
    done = xlcfg("check", str(path), "--format", "json", "--isolated")
    assert '"severity": "error"' not in done.stdout
    parsed = xlcfg("parse", str(path))
    assert parsed.returncode == 0
    assert f"/guest/{files[0]}" in parsed.stdout
    if "kernel" in files:
        assert '"a\\\\b' in parsed.stdout or "a\\\\b" in parsed.stdout


def emulator(folder: Path) -> Path:
    """What the packages of the device model unpack to, made small."""
    libraries = folder / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    (libraries / "libglib-2.0.so.0").write_bytes(elf([], ""))
    (libraries / "libc.so.6").write_bytes(b"of the same suite")
    for name, data in (
        ("libexec/xen-qemu-system-i386", elf(["libglib-2.0.so.0", "libc.so.6"])),
        ("share/seabios/bios-256k.bin", b"BIOS"),
        ("share/qemu/vgabios.bin", b"not needed"),
    ):
        path = folder / "usr" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def test_an_hvm_guest_has_a_device_model(tmp_path: Path) -> None:
    root = toolstack(tmp_path / "xen")
    loader = root / "usr/lib/xen-4.17/boot/hvmloader"
    loader.parent.mkdir()
    loader.write_bytes(b"HVMLOADER")
    found = entries(host_initrd(root, b"", {}, [], "", emulator(tmp_path / "dm")))
    assert found["usr/lib/xen-4.17/boot/hvmloader"][1] == b"HVMLOADER"
    assert found["usr/share/seabios/bios-256k.bin"][1] == b"BIOS"
    assert "usr/libexec/xen-qemu-system-i386" in found
    assert "usr/share/qemu/vgabios.bin" not in found
    assert "lib/libglib-2.0.so.0" in found
    # one C library for all of them
    assert found["lib/libc.so.6"][1] == elf([], "")
    text = found["init"][1].decode()
    assert text.index("xl create -p") < text.index("xl console -t pv") < text.index("xl unpause")
    assert subprocess.run(["sh", "-n"], input=found["init"][1], check=False).returncode == 0
    without = entries(host_initrd(root, b"", {}, [], ""))
    assert "usr/libexec/xen-qemu-system-i386" not in without


def test_a_xen_of_ones_own_has_no_toolstack_to_fetch(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="name a Xen to fetch"):
        Images(lambda _: None, tmp_path).host(Image(Path("/boot/xen"), "/boot/xen"))
