"""Random configs of settings that are refused late: after xl has read the file, if at all.

Most values of every table are good ones, so that about half of the guests are created: what a host
creates must have no error.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

Maker = Callable[[random.Random, str], str]

_BASES = {
    "hvm": 'name="{}"\ntype="hvm"\n',
    "pvh": 'name="{}"\ntype="pvh"\nkernel="/guest/tiny"\n',
    "pv": 'name="{}"\ntype="pv"\nkernel="/guest/tiny"\n',
}
_ALL = ("pv", "pvh", "hvm")
_NAMES = ("b", "web 01", "a.b", "x" * 63, "x" * 247, "x" * 260, "a/b", "Domain-0", "7")
_GOOD_DISKS = ("xvda", "xvdb", "xvdc", "xvdd", "xvde", "xvdz", "hda", "hdb", "hdc", "hdd")
_DISKS = (
    *("xvda1", "xvdp", "xvdq", "xvdaa", "xvda15", "xvda16", "xvdb255", "xvdb256", "hde", "hda1"),
    *(
        "hda63",
        "hda64",
        "sda",
        "sdb",
        "sdh",
        "sdi",
        "sdp",
        "sdq",
        "sda15",
        "sda16",
        "vda",
        "nvme0n1",
    ),
    *("d0p0", "d0p1", "d3", "d16p1", "768", "51712", "0", "da", "xvd", "XVDA", "hda0"),
    "ioemu:hda",
)
_MODELS = (
    *("e1000", "rtl8139", "virtio-net", "virtio-net-pci", "ne2k_pci", "ne2k", "i82551", "pcnet"),
    *("vmxnet3", "e1000e", "virtio", "igb", "E1000", "usb-net", "netfront"),
)
_INTERFACE = (
    *(
        "mtu=1400",
        "mtu=9000",
        "rate=1MB/s",
        "rate=10Mb/s@20ms",
        "trusted=0",
        "trusted=1",
        "devid=3",
    ),
    *("vifname=web0", "vifname=123456789012345", "vifname=a-rather-long-name", "vifname=a b"),
    *("mac=00:16:3e:00:00:01", "mac=02:00:00:00:00:01", "mac=01:00:5e:00:00:01", "mac=0:1:2:3:4:5"),
    *("ip=10.0.0.1", "ip=10.0.0.1/24", "gatewaydev=xenbr0", "vlan=5", "devid=0", "accel"),
)


def _disk(chance: random.Random, guest: str, at: int) -> str:
    letter = "abcdef"[at]
    vdev = chance.choice(_GOOD_DISKS if chance.random() < 0.65 else _DISKS)
    access = chance.choice(("rw", "rw", "rw", "w", "w", "ro"))
    if chance.random() < 0.15:
        return chance.choice(
            (
                f"/img/c.iso,raw,{vdev},cdrom",
                f"/img/c.iso,,{vdev},r",
                f",,{vdev},cdrom",
                f"format=empty,vdev={vdev},access=ro",
                f"file:/img/c.iso,{vdev}:cdrom,r",
            )
        )
    image = chance.choice(("b", f"{letter}", f"{letter}", f"{letter}"))
    raw = f"/dev/vg/{letter}" if chance.random() < 0.5 else f"/img/{letter}.img"
    shape = chance.random()
    if shape < 0.2:
        return f"/img/{image}.qcow2,qcow2,{vdev},{access}"
    if shape < 0.35:
        more = ("backendtype=qdisk", "backendtype=phy", "backendtype=tap", "discard", "no-discard")
        extra = chance.choice((*more, "direct-io-safe", "specification=xen", "backend=Domain-0"))
        return f"format=raw,vdev={vdev},access={access},{extra},target={raw}"
    if shape < 0.42:
        return f"/img/{letter}.qcow2,qcow2,{vdev},{access},backendtype=qdisk"
    if shape < 0.5:
        return chance.choice(
            (f"/img/{letter}.qcow2,raw,{vdev},{access}", f"phy:{raw},{vdev},{access[0]}",
             f"file:{raw},{vdev},{access[0]}", f"{raw},,{vdev},{access}",
             f"/img/{letter}.qcow2,qcow2,{vdev},{access},backendtype=phy",
             f"/img/{letter}.qcow2,qcow2,{vdev},{access},backendtype=tap",
             f"/img/none.img,raw,{vdev},{access}", f"{raw},vhd,{vdev},{access}",
             f"{raw},qed,{vdev},{access}", f"{raw},qcow,{vdev},{access}",
             f"~/{letter}.img,raw,{vdev},{access}", f"{raw},raw,{vdev},{access},script=block-none",
             f"{raw},raw,{vdev},{access},backend=nobody", f"/img,raw,{vdev},{access}",
             f"{raw},raw,{vdev},{access},backendtype=standalone,specification=virtio",
             f"qcow2:/img/{letter}.qcow2,{vdev},{access[0]}", f"tap2:aio:{raw},{vdev},w",
             f"{raw},empty,{vdev},{access}", f"vdev={vdev},target=/img/{letter}.img",
             f"{raw},raw,{vdev},{access},discard,direct-io-safe", f"{raw},raw,{vdev},ro,cdrom")
        )  # fmt: skip
    return f"{raw},raw,{vdev},{access}"


def _disks(chance: random.Random, guest: str) -> str:
    specs = [_disk(chance, guest, at) for at in range(chance.choice((1, 1, 2, 2, 3)))]
    return "disk=[" + ",".join(f"'{spec}'" for spec in specs) + "]"


def _interface(chance: random.Random) -> str:
    odd = ("bridge=nobr0", "bridge=xenbr0 ip=10.0.0.1", "bridge=a-very-long-bridge", "script=none",
           "backend=nobody", "backend=Domain-0,bridge=xenbr0")  # fmt: skip
    bridge = chance.choice(("bridge=xenbr0", "bridge=xenbr0", "bridge=xenbr1", ""))
    parts = [chance.choice(odd) if chance.random() < 0.2 else bridge]
    if chance.random() < 0.3:
        parts.append(chance.choice(("type=vif", "type=ioemu")))
    if chance.random() < 0.3:
        parts.append(f"model={chance.choice(_MODELS)}")
    if chance.random() < 0.4:
        parts.append(chance.choice(_INTERFACE))
    return ",".join(filter(None, parts))


def _vifs(chance: random.Random, guest: str) -> str:
    count = chance.choice((1, 1, 1, 2, 3))
    return "vif=[" + ",".join(f"'{_interface(chance)}'" for _ in range(count)) + "]"


def _spice(chance: random.Random, guest: str) -> str:
    lines = (
        f"spiceport={chance.choice((0, 5, 6000, 6001, 65535, 65536, 70000))}",
        "spicedisable_ticketing=1",
        'spicepasswd="x"',
        f'spice_image_compression="{chance.choice(("glz", "off", "zip", "lz", "auto_glz", "ON"))}"',
        f'spice_streaming_video="{chance.choice(("off", "all", "filter", "on"))}"',
        chance.choice(("spice_clipboard_sharing=0", "spiceagent_mouse=0", "spicevdagent=1")),
        chance.choice(("spice_clipboard_sharing=1", "spicevdagent=1\nspice_clipboard_sharing=1")),
    )
    kept = [line for line in lines if chance.random() < 0.5]
    if chance.random() < 0.6:
        kept = ["spiceport=6000", "spicedisable_ticketing=1", *kept[3:]]
    return "\n".join(["spice=1", *kept])


def _memory(chance: random.Random, guest: str) -> str:
    small = (8, 9, 10, 12, 16, 24) if guest == "hvm" else (1, 2, 4, 5, 6, 8)
    memory = chance.choice((*small, 32, 64, 100, 128, 7000, 100000))
    return f"memory={memory}" + chance.choice(("", "", f"\nmaxmem={chance.choice((16, 64, 256))}"))


def _vnuma(chance: random.Random, guest: str) -> str:
    size, vcpus = chance.choice(((32, "0-1"), (64, "0-1"), (64, "0"), (128, "0-1")))
    more = chance.choice(("", ', "vdistances=10"', ', "pnode=0"', ', "pnode=3"'))
    return f'vcpus=2\nvnuma=[["size={size}","vcpus={vcpus}"{more}]]'


def _setting(name: str, *values: object) -> Maker:
    """A maker of one setting: texts in quotes, everything else as Python writes it."""
    return lambda chance, guest: f"{name}={_written(chance.choice(values))}"


def _written(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Sequence):
        return "[" + ",".join(map(_written, value)) + "]"
    return str(value)


def _lines(*lines: str) -> Maker:
    return lambda chance, guest: chance.choice(lines)


_ACTIONS = ("destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "soft-reset")
_FOR_ANY: Mapping[str, Sequence[object]] = {
    "vcpus": (1, 2, 2, 3, 8, 64, 128, 129, 200),
    "maxvcpus": (1, 2, 4, 4, 128, 129, 200),
    "maxmem": (16, 32, 64, 128, 512),
    "cpu_weight": (1, 256, 512, 65535, 0, 65536, 70000),
    "cap": (0, 50, 100, 101, 300),
    "period": (0, 10000),
    "max_grant_frames": (1, 4, 32, 64, 0, 65, 70000),
    "max_maptrack_frames": (0, 1, 1024, 2048, 5000),
    "max_grant_version": (1, 2, 0, 3, 15),
    "max_event_channels": (0, 5, 127, 1023, 4096, 131072),
    "nestedhvm": (0, 0, 1),
    "hap": (1, 1, 0),
    "vmtrace_buf_kb": (0, 4, 64, 5, 100000),
    "irqs": ([5], [4, 5], [300], [9999]),
    "ioports": (["2f8-2ff"], ["3f8"], ["70-71"], ["ffff"]),
    "iomem": (["a0,20"], ["fed00,1"], ["100,1@200"]),
    "altp2m": ("disabled", "external", "mixed", "limited"),
    "tsc_mode": ("default", "native", "always_emulate", "native_paravirt", 0, 1, 2, 3),
    "timer_mode": (0, 1, 2, 3, "one_missed_tick_pending", "no_delay_for_missed_ticks"),
    "pci": (["00:1f.0"], ["99:00.0"]),
    "vtpm": (["backend=Domain-0"], ["backend=nobody"]),
    "pvcalls": ([""], ["backend=Domain-0"]),
    "usbdev": (["hostbus=1,hostaddr=2"], ["type=hostdev,hostbus=9,hostaddr=9"]),
    "vpmu": (0, 1),
    "vm_notify": (10, 0),
    "bus_lock_threshold": (0, 5),
    "xend_suspend_evtchn_compat": (0, 1),
    "claim_mode": (0, 1),
    "memory": (33, 48, "64", "0x40"),
    "llc_colors": ("0-3",),
    "trap_unmapped_accesses": (0, 1),
    "pool": ("Pool-0", "Pool-0", "Pool-1", "0"),
    "cpus": ("0", "0-1", "all", "1", "0-3", "^0", "all,^1", "node:0", ["0", "1"], "5"),
    "cpus_soft": ("0", "1", "all", "0-3", "5"),
    "on_crash": _ACTIONS,
    "on_poweroff": _ACTIONS[:3],
    "on_soft_reset": _ACTIONS[:3],
    "uuid": ("c7a1c6f0-0000-4000-8000-000000000001", "00000000-0000-0000-0000-000000000000"),
    "localtime": (0, 1),
    "rtc_timeoffset": (0, 3600, "-3600"),
    "nomigrate": (0, 1),
    "driver_domain": (0, 1),
    "passthrough": ("disabled", "enabled", "share_pt", "sync_pt"),
    "cpuid": ("host", "host,family=6", ["0x1:ecx=0xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"], "host,htt=0"),
    "device_model_version": ("qemu-xen", "qemu-xen-traditional"),
    "shadow_memory": (1, 2, 8, 64, 0),
    "channel": (
        ["connection=pty,name=c"],
        ["connection=socket,path=/tmp/s,name=c"],
        ["connection=socket,path=/none/s,name=c"],
    ),
    "p9": (["tag=t,path=/tmp,security_model=none"], ["tag=t,path=/none,security_model=none"]),
    "vkb": (["backend-type=qemu"], ["backend-type=qemu,width=10"], ["backend-type=linux,id=a"]),
    "seclabel": ("",),
    "msr_relaxed": (0, 1),
    "acpi": (0, 1),
    "name": _NAMES,
}
_FOR_HVM: Mapping[str, Sequence[object]] = {
    "soundhw": ("hda", "ac97", "es1370", "sb16", "adlib", "HDA", "ich6", "all", "usb", "pcspk"),
    "boot": ("c", "d", "n", "cd", "dcn", "cdn", "a", "b", "cc", "x", "hd", "ab", "abcd", "p",
             "cdrom"),
    "usbversion": (1, 2, 3, 0, 4),
    "serial": ("pty", "null", "stdio", "vc", "/dev/null", "com1",
               "tcp:127.0.0.1:4555,server,nowait",
               "none", "pty1", ["pty"], ["pty", "pty"], ["null", "x"], "file:/tmp/serial", "ttyS0",
               "mon:pty", "udp:1234", "unix:/tmp/u,server,nowait", ["pty"] * 4, ["pty"] * 5),
    "vncdisplay": (0, 5, 70, 59635, 59636, 70000),
    "vnclisten": ("127.0.0.1", "0.0.0.0", "127.0.0.1:7", "::1", "notahost", "localhost"),
    "vncunused": (0, 1),
    "keymap": ("de", "en-us", "fr-ch", "zz", "us", "DE", "modifiers", ""),
    "vga": ("stdvga", "cirrus", "none", "qxl"),
    "videoram": (4, 8, 8, 16, 16, 12, 24, 32, 63, 64, 128),
    "vncpasswd": ("", "secret"),
    "spicehost": ("127.0.0.1",),
    "device_model_override": ("/none", "/usr/libexec/xen-qemu-system-i386"),
    "device_model_stubdomain_override": (0,),
    "usbdevice": ("tablet", ["tablet"], ["tablet", "mouse"], "TABLET", "tablet:"),
    "pvshim": (0, 1),
    "timeoffset": (0, 3600, "x"),
    "xen_extended_power_mgmt": (0, 1),
    "pci_msitranslate": (0, 1),
    "hvm_debug": (0, 1),
    "bootloader": ("pygrub",),
    "gfx_passthru": (0, 1, "igd"),
    "nographic": (0, 1),
    "xen_platform_pci": (0, 1),
    "apic": (0, 1),
    "hpet": (0, 1),
    "pae": (0, 1),
    "nx": (0, 1),
    "vpt_align": (0, 1),
    "acpi_s3": (0, 1),
    "acpi_s4": (0, 1),
    "acpi_laptop_slate": (0, 1),
    "viridian": (0, 1, ["base"], ["base", "time_ref_count"], ["time_ref_count"], ["all"],
                 ["all", "!base"], ["defaults"], ["!base"], ["base", "freq", "apic_assist"]),
    "firmware": ("bios", "uefi", "ovmf", "seabios", "rombios", "BIOS", "none.bin"),
    "bios": ("seabios", "ovmf", "rombios"),
    "hdtype": ("ide", "ahci"),
    "mmio_hole": (256, 1024, 3840, 255, 4000),
    "rdm": ("strategy=host,policy=relaxed", "strategy=host,policy=strict"),
    "rdm_mem_boundary": (1024, 2048),
    "ms_vm_genid": ("generate", "none"),
    "vendor_device": ("none", "xenserver", "citrix"),
    "vkb_device": (0, 1),
    "stdvga": (0, 1),
    "spiceusbredirection": (4, 5),
    "sdl": (0, 1),
    "device_model_args": (["-name", "x"], ["-nosuch"], ["-device", "nosuchdev"],
                          ["-rtc", "base=utc"]),
    "device_model_args_hvm": (["-usb"], ["-boot", "menu=on"], ["-bogus", "1"]),
    "device_model_user": ("root", "nobody", "nosuchuser"),
    "dm_restrict": (0, 1),
    "acpi_firmware": ("/guest/ramdisk", "/none"),
    "smbios_firmware": ("/none",),
    "mca_caps": (["lmce"],),
    "kernel": ("/guest/vmlinuz", "/none"),
    "altp2mhvm": (0, 1),
    "pci_permissive": (0, 1),
    "oos": (0, 1),
    "hvm_pirq": (0, 1),
    "smbios": (["bios_vendor=x"], ["nonsense=1"]),
}  # fmt: skip
_FOR_PARAVIRTUAL: Mapping[str, Sequence[object]] = {
    "vfb": (["vnc=1"], ["vnc=1,vncdisplay=5"], ["type=vnc"], ["sdl=0"], ["vnc=1,keymap=zz"],
            ["vnc=1,vncdisplay=70000"], ["sdl=1"], ["vnc=1,vnclisten=0.0.0.0"],
            ["vnc=1,keymap=de"]),
    "e820_host": (0, 1),
    "ramdisk": ("/guest/ramdisk", "/none"),
    "cmdline": ("root=/dev/xvda1 ro", "console=hvc0"),
    "root": ("/dev/xvda1", "/dev/sda1", "/dev/hda", "LABEL=x"),
    "bootloader": ("pygrub", "/none", "/bin/true"),
    "machine_address_size": (32, 64),
    "suppress_spurious_page_faults": (0, 1),
    "extra": ("quiet", ""),
    "bootloader_args": ("-q",),
    "pvshim": (0, 1),
    "device_model_args_pv": (["-name", "x"], ["-nosuch"]),
}  # fmt: skip


def _makers(tables: Mapping[str, Sequence[object]]) -> list[Maker]:
    return [_setting(name, *values) for name, values in tables.items()]


_ANY: list[Maker] = [
    *([_disks] * 6 + [_vifs] * 4 + [_memory] * 2 + [_vnuma]),
    _lines("usbctrl=['version=2']", "usbctrl=['type=qusb,version=1,ports=4']",
           "usbctrl=['type=qusb,version=2,ports=32']", "usbctrl=['type=vusb,version=2']"),
    *_makers(_FOR_ANY),
]  # fmt: skip
_HVM: list[Maker] = [
    *([_spice] * 5),
    _lines('usb=1\nusbdevice="tablet"', 'usb=1\nusbdevice="host:1.2"', 'usb=1\nusbdevice="mouse"',
           'usbdevice="keyboard"', 'usbdevice=["tablet","keyboard"]', 'usbdevice="host:046d:c52b"',
           'usbdevice="disk:/img/a.img"', 'usbdevice="wacom-tablet"', 'usbdevice="pen"', "usb=1",
           'usbdevice="braille"', 'usbdevice="u2f"', 'usbdevice="hub"', 'usbdevice="audio"'),
    _lines("usbctrl=['type=devicemodel,version=3,ports=15']",
           "usbctrl=['type=devicemodel,version=3,ports=16']",
           "usbctrl=['type=devicemodel,version=2,ports=6']",
           "usbctrl=['type=devicemodel,version=2,ports=8']",
           "usbctrl=['type=devicemodel,version=1,ports=2']",
           "usbctrl=['type=devicemodel,version=1,ports=3']"),
    _lines("vnc=0", "vnc=1\nvncdisplay=70000\nvncunused=0", 'vnc=1\nkeymap="de"',
           'vga="stdvga"\nvideoram=8', 'vga="qxl"\nvideoram=64\nmemory=160', 'vga="none"',
           'vnc=1\nvncpasswd="secret"', 'vnc=1\nvnclisten="127.0.0.1:7"\nvncdisplay=5'),
    _lines('nestedhvm=1\nhap=1', 'nestedhvm=1\naltp2m="external"', 'altp2m="mixed"\nhap=1'),
    *_makers(_FOR_HVM),
]  # fmt: skip
_PARAVIRTUAL: list[Maker] = [
    _lines('bootloader="pygrub"', "bootloader=\"pygrub\"\ndisk=['/dev/vg/a,raw,xvda,w']"),
    *_makers(_FOR_PARAVIRTUAL),
]


def config(chance: random.Random) -> bytes:
    """A guest of some type with one to five settings, of which most go well."""
    guest = chance.choice(("hvm", "hvm", "pv", "pvh"))
    name = f"g{chance.randrange(10**6)}"
    lines = [_BASES[guest].format(name) + f"memory={64 if guest == 'hvm' else 32}"]
    own = _HVM if guest == "hvm" else _PARAVIRTUAL
    pool = [(maker, guest) for maker in _ANY] + [(maker, guest) for maker in own]
    seen = {"name", "type", "kernel"} if guest != "hvm" else {"type"}
    for maker, of in chance.sample(pool, chance.choice((1, 1, 2, 2, 3, 4, 5))):
        text = maker(chance, of)
        names = {part.partition("=")[0] for part in text.split("\n")}
        if not names & seen:
            seen |= names
            kept = lines[0].split("\n")
            lines[0] = "\n".join(line for line in kept if line.partition("=")[0] not in names)
            lines.append(text)
    return ("\n".join(lines) + "\n").encode()
