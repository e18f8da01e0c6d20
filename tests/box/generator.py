"""Random configs of settings that are refused late: after xl has read the file, if at all."""

from __future__ import annotations

import random

_BASES = {
    "hvm": 'name="a"\ntype="hvm"\n',
    "pvh": 'name="a"\ntype="pvh"\nkernel="/guest/tiny"\n',
    "pv": 'name="a"\ntype="pv"\nkernel="/guest/tiny"\n',
}
_DISKS = [
    "xvda",
    "xvdb",
    "xvdc",
    "xvdd",
    "xvde",
    "hda",
    "hdb",
    "hdc",
    "hdd",
    "hde",
    "sda",
    "sdb",
    "sdp",
    "sdq",
    "vda",
    "xvda1",
    "d0p1",
    "xvdz",
]
_BRIDGES = ("bridge=xenbr0", "bridge=xenbr1", "")


def _disk(chance: random.Random, guest: str, taken: list[str]) -> str:
    letter = "abcdef"[len(taken)]
    vdev = chance.choice(_DISKS)
    taken.append(vdev)
    access = chance.choice(("rw", "rw", "rw", "w", "ro"))
    if chance.random() < 0.15:
        return f"/img/c.iso,raw,{vdev},cdrom"
    if guest == "hvm" or chance.random() < 0.4:
        return f"/img/{letter}.qcow2,qcow2,{vdev},{access}"
    return f"/dev/vg/{letter},raw,{vdev},{access}"


def _disks(chance: random.Random, guest: str) -> str:
    taken: list[str] = []
    specs = [_disk(chance, guest, taken) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
    return "disk=[" + ",".join(f"'{spec}'" for spec in specs) + "]"


def _vifs(chance: random.Random, guest: str) -> str:
    parts = [chance.choice(_BRIDGES)]
    if chance.random() < 0.4:
        kinds = ("type=vif", "type=ioemu", "model=e1000", "model=virtio-net-pci", "model=ne2k")
        parts.append(chance.choice(kinds))
    if chance.random() < 0.3:
        parts.append(chance.choice(("mtu=1400", "rate=1MB/s", "trusted=0", "devid=3")))
    return "vif=['" + ",".join(filter(None, parts)) + "']"


def _spice(chance: random.Random, guest: str) -> str:
    lines = (
        f"spiceport={chance.choice((0, 6000, 6001, 70000))}",
        "spicedisable_ticketing=1",
        'spicepasswd="x"',
        f'spice_image_compression="{chance.choice(("glz", "off", "zip", "lz"))}"',
        f'spice_streaming_video="{chance.choice(("off", "all", "filter", "on"))}"',
    )
    return "\n".join(["spice=1", *(line for line in lines if chance.random() < 0.5)])


def _number(name: str, *values: int) -> object:
    return lambda chance, guest: f"{name}={chance.choice(values)}"


def _word(name: str, *values: str) -> object:
    return lambda chance, guest: f'{name}="{chance.choice(values)}"'


def _line(*lines: str) -> object:
    return lambda chance, guest: chance.choice(lines)


_ANY = (
    *(_disks, _disks, _disks, _vifs),
    _line("vfb=['vnc=1']", "vfb=['type=vnc']", "vfb=['sdl=0']", "vkb=['backend-type=qemu']"),
    _number("vcpus", 1, 2, 3, 8, 64, 128, 129),
    _number("maxvcpus", 1, 2, 4, 128, 129, 200),
    _number("maxmem", 16, 32, 64, 128),
    _number("cpu_weight", 0, 1, 256, 65535, 65536),
    _number("cap", 0, 50, 100, 101, 300),
    _number("max_grant_frames", 0, 1, 4, 32, 64, 70000),
    _number("max_maptrack_frames", 0, 1, 1024),
    _number("max_grant_version", 1, 2, 3),
    _number("max_event_channels", 0, 5, 127, 4096),
    _line("nestedhvm=1", "nestedhvm=0", "hap=1", "vmtrace_buf_kb=64", "irqs=[5]", "irqs=[9999]"),
    _line('tsc_mode="native"', 'tsc_mode="default"', 'tsc_mode="always_emulate"'),
    _line('pool="Pool-0"', 'cpus="0"', 'cpus="0-1"', 'cpus_soft="1"', 'cpus="all"'),
    _word("on_crash", "destroy", "restart", "preserve"),
    _line("channel=['connection=pty,name=c']", "p9=['tag=t,path=/tmp,security_model=none']"),
    _line("usbctrl=['version=2']", "usbctrl=['type=qusb,version=1,ports=4']"),
)
_HVM = (
    *(_spice, _spice),
    _word("soundhw", "hda", "ac97", "es1370", "sb16", "ich6", "all", "usb"),
    _word("boot", "c", "d", "n", "cd", "dcn", "cc", "x", "hd", "ab", "cdn"),
    _number("usbversion", 0, 1, 2, 3, 4),
    _line('usb=1\nusbdevice="tablet"', 'usb=1\nusbdevice="host:1.2"', 'usb=1\nusbdevice="mouse"'),
    _line(
        "usbctrl=['type=devicemodel,version=3,ports=15']",
        "usbctrl=['type=devicemodel,version=3,ports=16']",
        "usbctrl=['type=devicemodel,version=2,ports=6']",
        "usbctrl=['type=devicemodel,version=1,ports=3']",
    ),
    _line('serial="pty"', 'serial="null"', 'serial=["pty","pty"]', 'serial="com1"', 'serial="vc"'),
    _line("vnc=0", "vnc=1\nvncdisplay=70000\nvncunused=0", 'vnc=1\nkeymap="de"', 'keymap="zz"'),
    _word("vga", "stdvga", "cirrus", "none", "qxl"),
    _number("videoram", 4, 8, 16, 32),
    _line("gfx_passthru=1", "nographic=1", "xen_platform_pci=0", "acpi=0", "apic=0", "hpet=0"),
    _line('viridian=["base"]', 'viridian=["time_ref_count"]', "viridian=1", 'viridian=["all"]'),
    _word("firmware", "bios", "uefi", "ovmf", "seabios"),
    _word("hdtype", "ide", "ahci"),
    _number("mmio_hole", 256, 1024, 3840),
    _number("shadow_memory", 0, 1, 8, 64),
)


def config(chance: random.Random) -> bytes:
    """A guest of some type with one to four settings, of which most go well."""
    guest = chance.choice(("hvm", "hvm", "pv", "pvh"))
    small, usual = ((16, 64), 64) if guest == "hvm" else ((1, 4), 32)
    memory = chance.choice(small) if chance.random() < 0.08 else usual
    lines = [f"{_BASES[guest]}memory={memory}"]
    makers = (*_ANY, *(_HVM * 2 if guest == "hvm" else ()))
    seen: set[str] = set()
    for maker in chance.sample(makers, chance.choice((1, 1, 2, 2, 3, 4))):
        line = maker(chance, guest)  # type: ignore[operator]
        names = {part.partition("=")[0] for part in line.split("\n")}
        if not names & seen:
            seen |= names
            lines.append(line)
    return ("\n".join(lines) + "\n").encode()
