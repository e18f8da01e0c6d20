"""From xl to every toolstack and back: what is not named as lost is the same."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from support import make_linter
from xlcfg.checks.guest import check_guests
from xlcfg.core.conversion import Conversion
from xlcfg.core.diagnostics import ERROR
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.guest import Guest

TOOLSTACKS = ("dom0less", "libvirt", "xapi", "xl")

PVH = """\
name = "web-1"
type = "pvh"
kernel = "vmlinuz"
ramdisk = "initrd"
root = "/dev/xvda"
extra = "quiet \\"x\\""
memory = 512
maxmem = 600
vcpus = 2
maxvcpus = 4
cpus = ["0-1", "2"]
max_grant_frames = 64
on_crash = "preserve"
cpu_weight = 300
disk = ["/dev/x,raw,xvda,w", "/dev/y,raw,xvdb,r"]
vif = ["mac=00:16:3e:00:00:01,bridge=b"]
runstate_translation = "hypercall"
"""
ARM = """\
name = "arm guest"
type = "pvh"
kernel = "/boot/Image"
memory = 256
vcpus = 2
cpus = ["0", "1-3"]
nr_spis = 32
max_grant_frames = 64
max_maptrack_frames = 8
passthrough = "disabled"
vuart = "sbsa_uart"
sve = "128"
llc_colors = ["0-3", "8"]
tee = "optee"
"""
HVM = """\
name = "win"
uuid = "5c1f6f0a-51d4-4b7e-8f2b-0d9a3c7e1b22"
type = "hvm"
memory = 1024
vcpus = 2
cpus = "0-3"
boot = "dc"
bios = "ovmf"
acpi = 1
apic = 0
hpet = 1
viridian = 1
nestedhvm = 1
rtc_timeoffset = 60
tsc_mode = "native"
usb = 1
usbdevice = "tablet"
vga = "stdvga"
vnc = 1
vnclisten = "127.0.0.1"
serial = "pty"
disk = ["/dev/x,raw,hda,w"]
seclabel = "a:b:c"
on_poweroff = "destroy"
on_reboot = "restart"
"""
PV = """\
name = "old"
type = "pv"
bootloader = "pygrub"
bootloader_args = ["-q", "x"]
memory = 128
vcpus = 1
cpu_weight = 512
e820_host = 1
vfb = ["type=vnc,vncunused=1"]
"""
GUESTS = {
    "pvh": (PVH, "x86_64"),
    "arm": (ARM, "arm64"),
    "hvm": (HVM, "x86_64"),
    "pv": (PV, "x86_64"),
}
#: what a toolstack writes of a guest although xl's own default is the same
DEFAULTS = {"acpi", "apic", "pae", "localtime", "viridian", "serial", "sdl", "vncunused", "boot"}


def read(text: str, arch: str) -> Guest:
    linter = make_linter("4.22", arch, Hooks(plugins=False))
    (guest,) = linter.read_guests(Source("guest", text.encode("latin-1")))
    assert not guest.document.refused, guest.document.problems
    return guest


def convert(guest: Guest, to: str) -> Conversion:
    linter = make_linter("4.22", guest.target.arch, Hooks(plugins=False))
    linter.hooks.load_all()
    done = linter.hooks.first("xlcfg_convert", guest=guest, to=to, target=guest.target)
    assert isinstance(done, Conversion)
    return done


def values(guest: Guest) -> dict[str, Any]:
    """What xl would use, with the kernel's words as one."""
    found = {k: v for k, v in guest.reading.values.items() if k in guest.settings.by_name}
    found = {k: v for k, v in found.items() if k not in ("root", "extra", "cmdline")}
    pins = found.get("cpus")
    if isinstance(pins, list):
        # what has no item of its own runs everywhere
        while pins and pins[-1] == "all":
            pins.pop()
    elif pins is not None:
        found["cpus"] = [pins] * int(found.get("maxvcpus") or found.get("vcpus") or 1)
    line = guest.reading.values.get("kernel_line")
    return {**found, **({"kernel_line": line} if line else {})}


@pytest.mark.parametrize("to", ["dom0less", "libvirt", "xapi"])
@pytest.mark.parametrize("name", GUESTS)
def test_there_and_back(name: str, to: str) -> None:
    text, arch = GUESTS[name]
    guest = read(text, arch)
    there = convert(guest, to)
    back = read(convert(read(there.text, arch), "xl").text, arch)
    before, after = values(guest), values(back)
    lost = " ".join(loss.what for loss in there.losses)
    for key, value in before.items():
        if key == "type" and to == "dom0less":
            # xl on Arm knows one type
            continue
        if f"`{key}`" not in lost and f"`{key} " not in lost and f"{key} =" not in lost:
            assert after.get(key) == value, key
    assert set(after) - set(before) <= DEFAULTS | {"maxmem", "maxvcpus", "sve", "nographic"}


@pytest.mark.parametrize("start", TOOLSTACKS)
@pytest.mark.parametrize("to", TOOLSTACKS)
def test_every_toolstack_is_reached_from_every_other(start: str, to: str) -> None:
    guest = read(convert(read(PVH, "arm64"), start).text, "arm64")
    assert guest.toolstack == start
    done = convert(guest, to)
    again = read(done.text, "arm64")
    assert again.toolstack == to
    for key in ("name", "memory", "vcpus", "kernel", "ramdisk"):
        assert again.reading.values[key] == guest.reading.values[key]


@pytest.mark.parametrize("name", GUESTS)
@pytest.mark.parametrize("to", ["dom0less", "libvirt", "xapi"])
def test_what_is_written_has_no_errors(name: str, to: str) -> None:
    text, arch = GUESTS[name]
    done = convert(read(text, arch), to)
    made = done.text
    if "how the guest boots" in {loss.what for loss in done.losses}:
        return
    linter = make_linter("4.22", arch, Hooks(plugins=False))
    found = [
        d
        for report in check_guests(Source("guest", made.encode("latin-1")), linter)
        for d in report.diagnostics
        if d.severity == ERROR
    ]
    assert [(d.code, d.message) for d in found] == []


def lost(text: str, arch: str, to: str) -> list[str]:
    return [loss.what for loss in convert(read(text, arch), to).losses]


def test_losses_of_a_device_tree() -> None:
    assert lost(ARM, "arm64", "dom0less") == ['`name = "arm guest"`', "`tee`"]
    named = lost(HVM, "x86_64", "dom0less")
    assert named[:2] == ["a guest for x86_64", "how the guest boots"]
    assert {'type = "hvm"', "`uuid`", "`disk`", "`bios`", "`vnc`"} <= set(named)


def test_losses_of_a_record() -> None:
    assert lost(PVH, "x86_64", "xapi") == [
        "`cpus`", "`max_grant_frames`", "item 1 of `disk`", "item 2 of `disk`", "item 1 of `vif`",
    ]  # fmt: skip
    assert lost(PV, "x86_64", "xapi") == ["`e820_host`", "`vfb`"]


def test_a_release_without_a_property_loses_it() -> None:
    linter = make_linter("4.17", "arm64", Hooks(plugins=False))
    (guest,) = linter.read_guests(Source("guest", ARM.encode()))
    linter.hooks.load_all()
    done = linter.hooks.first("xlcfg_convert", guest=guest, to="dom0less", target=guest.target)
    whats = {loss.what for loss in done.losses}
    assert {"`cpus`", "`max_grant_frames`", "`llc_colors`", "`passthrough`"} <= whats


@pytest.mark.needs("dtc")
def test_the_tree_compiles(tmp_path: Path) -> None:
    for text, arch in GUESTS.values():
        (tmp_path / "a.dts").write_text(convert(read(text, arch), "dom0less").text)
        command = ["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", "a.dtb", "a.dts"]
        subprocess.run(command, cwd=tmp_path, check=True)
        blob = (tmp_path / "a.dtb").read_bytes()
        linter = make_linter("4.22", arch, Hooks(plugins=False))
        (guest,) = linter.read_guests(Source("a.dtb", blob))
        again = read(convert(read(text, arch), "dom0less").text, arch)
        assert values(guest) == values(again)
