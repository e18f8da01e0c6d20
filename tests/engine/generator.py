"""Random guest configs that know xl's keys, right and wrong values, specs and combinations.

Left out on purpose: what makes the real xl count for minutes (ranges of billions of CPUs or
colors) and what depends on memory it never set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlcfg.catalogue import XEN

if TYPE_CHECKING:
    from random import Random

    from trees import Plain

_NUMBERS: list[Plain] = [0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 64, 100, 255, 256, 300, 512, 1024, 3840]
_NUMBERS += [4096, "-1", "0x10", "010", "+5", " 5", "08", "0x", "5 ", "", "zz", "1.5", "yes"]
_NUMBERS += ["2147483647", "2147483648", "4294967295", "4294967296", "-2147483649"]
_NUMBERS += ["9223372036854775807", "-9223372036854775808"]
_STRINGS: list[Plain] = ["zz", "", "/x", "a=b", "x y", 7, "0", "1", "generate", "\x80\xff", "a,b;c"]
_ENUM_WORDS = [
    "destroy",
    "restart",
    "rename-restart",
    "preserve",
    "coredump-destroy",
    "coredump-restart",
    "soft-reset",
    "default",
    "always_emulate",
    "native",
    "native_paravirt",
    "delay_for_missed_ticks",
    "no_delay_for_missed_ticks",
    "no_missed_ticks_pending",
    "one_missed_tick_pending",
    "unknown",
    "rombios",
    "seabios",
    "ovmf",
    "igd",
    "ide",
    "ahci",
    "none",
    "xenserver",
    "v2",
    "v3",
    "optee",
    "ffa",
    "hw",
    "disabled",
    "128",
    "2048",
    "130",
    "mixed",
    "external",
    "limited",
    "sbsa_uart",
    "enabled",
    "sync_pt",
    "share_pt",
    "stdvga",
    "cirrus",
    "qxl",
    "generate",
    "uefi",
    "bios",
    "pvgrub32",
    "pvgrub64",
    "qemu-xen",
    "qemu-xen-traditional",
    "pv",
    "pvh",
    "hvm",
    "generic",
    "h",
    "p",
    "pvg",
    "scmi_smc",
]
#: the fragments specs of a key are put together from
FRAGMENTS: dict[str, str] = {
    "disk": (
        "phy:/dev/x file:/x tap:aio:/x tap2:qcow2:/x raw:/x qcow2:/x vhd:/x iscsi:x nbd:x foo:/x "
        "/dev/x xvda hda:cdrom sda:disk xvda:zz w r ro rw raw qcow2 vhd qed empty vdev=xvda "
        "vdev=hda format=raw format=qcow2 format=qed format=zz format= access=w access=ro "
        "access=zz cdrom devtype=cdrom devtype=disk devtype=zz target=/x target= target=/x,y=z "
        "backend=d backendtype=phy backendtype=tap backendtype=qdisk backendtype=standalone "
        "backendtype=zz specification=xen specification=virtio specification=zz script=s "
        "direct-io-safe discard no-discard colo no-colo colo-host=h colo-port=5 colo-port=x "
        "colo-export=e active-disk=a hidden-disk=h trusted untrusted grant_usage=1 grant_usage=0 "
        "grant_usage=2 zz=1 zz=12 zz Vdev=x = :x a:b vdev= script= backend="
    ),
    "vif": (
        "bridge=xenbr0 mac=00:16:3e:00:00:01 mac=zz mac=00:16 mac=1ff:0:0:0:0:0 type=vif "
        "type=ioemu type=zz model=e1000 ip=10.0.0.1 script=s vifname=v backend=d rate=10Mb/s "
        "rate=1KB/s@20ms rate=010b/s rate=08b/s rate=0b/s rate=zz rate= rate=5Gb/s@5 "
        "rate=4294967296B/s rate=1B/s@0s rate=99999Gb/s@4000s devid=1 devid=zz devid= mtu=1500 "
        "mtu=zz mtu=-1 vlan=1 trusted untrusted accel=1 netdev=n gatewaydev=g forwarddev=f zz "
        "colo_sock_mirror_id=1 colo_checkpoint_host=h zz=1 rate=0x10b/s rate=5mB/s rate=5GMB/s"
    ),
    "pci": (
        "01:00.0 0000:01:00.0 01:00.7 01:00.8 01:20.0 1:2.3@4 01:00.0@20 01:00.0@1f 01:00.0@ff "
        "100:00.0 10000:00:00.0 01:00.* permissive=1 permissive=zz msitranslate=1 seize=1 "
        "power_mgmt=1 rdm_policy=strict rdm_policy=RELAXED rdm_policy=zz name=n bdf=01:00.0 "
        "bdf=zz vslot=4 vslot=20 vslot= zz=1 zz 01.00.0 ::. 0:-1.0 =1"
    ),
    "usbctrl": "type=auto type=PV type=devicemodel type=qusb type=zz version=2 version=zz ports=4 "
    "zz=1 zz type= ports=",
    "usbdev": "type=hostdev type=zz hostbus=1 hostaddr=0x10 hostaddr=zz controller=0 port=1 zz "
    "zz=1",
    "vtpm": "backend=d backend= uuid=00000000-0000-0000-0000-000000000001 uuid=zz zz zz=1 backend",
    "p9": (
        "tag=t path=/p security_model=none backend=d type=qemu type=xen_9pfsd type=zz "
        "max-files=5 max-files=zz max-space=1 auto-delete=1 auto-delete=zz tag= tag zz=1 path=a=b"
    ),
    "pvcalls": "backend=d backend= zz=1 zz backend",
    "channel": (
        "connection=pty connection=socket connection=zz name=n path=/p path=/a=b backend=d zz=1 zz "
        "path= connection==pty =pty"
    ),
    "vfb": "vnc=1 vnc=yes vnclisten=0.0.0.0 vncpasswd=p vncdisplay=1 vncunused=0 keymap=de sdl=1 "
    "opengl=1 display=:0 xauthority=x zz=1 zz type=vnc",
    "vkb": (
        "backend-type=qemu backend-type=LINUX backend-type=unknown backend-type=zz backend=d "
        "unique-id=u feature-disable-keyboard=1 feature-abs-pointer=zz feature-multi-touch=1 "
        "multi-touch-width=10 multi-touch-height=0 multi-touch-num-contacts=2 width=5 height=6 zz"
    ),
    "vdispl": (
        "backend=d be-alloc=1 connectors=id0:1920x1080 connectors=id0:1x2;id1:3x4 connectors=id0:5 "
        "connectors=id0:zz zz=1 connectors=a:1x2;b:3 connectors=a::1x2 connectors=x:1x-2"
    ),
    "virtio": (
        "type=virtio,device22 type=virtio,device backend=Domain-0 backend=d backend=0 "
        "transport=mmio transport=MMIO transport=zz grant_usage=1 grant_usage=zz type=x zz zz=1"
    ),
    "iomem": "fe000,1 fe000,1@1000 fe000 fe000, ,1 zz 0xfe,0x1 1,2@ 1,2@zz 1,2z -1,1",
    "ioports": "2f8 2f8-2ff 2ff-2f8 2f8x 2f8-zz 2f8- zz -1 ffffffff 0x3f8 2f8-2ffz",
    "irqs": "5 zz 5x -1 4294967295 4294967294 010 0x5",
    "cpus": (
        "0 1 0-3 ^1 all ^all node:0 node:1 nodes:0-1 ^node:1 3-1 zz 0- -3 99 15 16 node:9 node: 0x1"
    ),
    "llc_colors": "0 0-3 3-1 zz 1- 0,2 0-3,5 5x",
    "viridian": (
        "base freq time_ref_count reference_tsc apic_assist !base all defaults zz !zz !all "
        "crash_ctl synic stimer hcall_ipi ex_processor_masks no_vp_limit cpu_hotplug BASE"
    ),
    "mca_caps": "lmce zz LMCE",
    "smbios": "bios_vendor=x oem=a oem=b=c zz=1 zz bios_version= SYSTEM_VERSION=1",
    "xenstore_quota": "nodes=5 nodes=0x10 nodes=zz nodes= zz nodes=4294967296 nodes=-1",
    "rdm": "strategy=host strategy=zz policy=strict policy=relaxed policy=zz zz zz=1 policy=STRICT",
    "cpuid": (
        "host tm=0 sse3=0 sse3=x avx2=k zz=1 zz family=6 model=x stepping=zz aes= nestedhvm=1 "
        "0x1:eax=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 1,0:edx=1 7:zz zz:eax=1 1:"
    ),
    "dtdev": "/soc/x zz",
    "vif2": "zz",
    "vsnd": "",
    "vnuma": "",
}
#: strings that work in the newest releases, to be spoiled
_GOOD = {
    "disk": (
        "phy:/dev/x,xvda,w file:/x,xvda,r /dev/x,raw,xvda,rw /x,qcow2,hda,w ,raw,hdc:cdrom,r "
        "/dev/x,,hda ,hdc:cdrom vdev=xvda,target=/x vdev=hda,access=ro,format=qcow2,target=/x "
        "tap:qcow2:/x,hda,w cdrom,vdev=hdc format=raw,vdev=xvda,access=rw,target=/a,b=c "
        "iscsi:x,xvda,w /x,raw,xvda,w,cdrom /x,raw,xvda,discard"
    ),
    "vif": "mac=00:16:3e:00:00:01,bridge=xenbr0 bridge=b,model=e1000,type=ioemu rate=10Mb/s,ip=1",
    "pci": "01:00.0 0000:01:00.0,permissive=1 01:00.1@5,msitranslate=0,seize=1 bdf=1:2.3,vslot=4",
    "usbctrl": "type=auto,version=2,ports=4 version=2",
    "usbdev": "type=hostdev,hostbus=1,hostaddr=2 hostbus=1,hostaddr=2,controller=0,port=1",
    "vtpm": "backend=d,uuid=00000000-0000-0000-0000-000000000001 backend=d",
    "p9": "tag=t,path=/p,security_model=none security_model=none,path=/p,tag=t,backend=d",
    "pvcalls": "backend=d",
    "channel": "connection=pty,name=n connection=socket,path=/p,name=n",
    "vfb": "vnc=1,vnclisten=0.0.0.0,vncunused=1 sdl=1,type=x",
    "vkb": "backend-type=qemu backend-type=linux,unique-id=u,feature-multi-touch=1,width=1",
    "vdispl": "backend=d,connectors=id0:1x2 be-alloc=1,connectors=id0:1x2;id1:3x4",
    "virtio": "type=virtio,device22,transport=mmio,backend=Domain-0 transport=mmio,type=x",
    "cpus": "0-3,^1 all node:0,5 0,1,2",
    "cpus_soft": "0-3,^1 all,^0 node:0",
    "rdm": "strategy=host strategy=host,policy=zz",
    "cpuid": "host,tm=0,sse3=0 host,family=6",
}
FRAGMENTS["cpus_soft"] = FRAGMENTS["cpus"]
_VSND = [
    "sample-rates=8000;48000",
    "sample-formats=s16_le;S8",
    "sample-formats=zz",
    "channels-min=1",
    "channels-max=zz",
    "buffer-size=0x100",
    "backend=d",
    "short-name=s",
    "long-name=l",
    "name=n",
    "unique-id=u",
    "type=p",
    "type=C",
    "type=zz",
    "zz=1",
    "zz",
    "sample-rates=zz",
]
_VNUMA = [
    "pnode=0",
    "pnode=1",
    "pnode=2",
    "pnode=zz",
    "size=32",
    "size=64",
    "size=zz",
    "vcpus=0",
    "vcpus=0-1",
    "vcpus=1",
    "vcpus=2,3",
    "vcpus=zz",
    "vdistances=10",
    "vdistances=10,20",
    "vdistances=10,20,30",
    "vdistances=10,zz",
    "zz=1",
    "zz",
    "size=",
    "vcpus=3-1",
]
_SEPARATED = {"disk", "vif", "pci", "usbctrl", "usbdev", "vtpm", "p9", "pvcalls", "channel", "vfb"}
_SEPARATED |= {"vkb", "vdispl", "virtio"}
_JOINED = ("cpus", "cpus_soft", "rdm", "cpuid")
_MUTATIONS = ",=:;.@-_!^* 0123789abfxzAKMZ/\t\n\\\x80"


def _mutate(random: Random, text: str) -> str:
    at = random.randrange(len(text) + 1)
    how = random.randrange(3)
    if how == 0:
        return text[:at] + random.choice(_MUTATIONS) + text[at:]
    if how == 1:
        return text[:at] + text[at + 1 :]
    return text[:at] + random.choice(_MUTATIONS) + text[at + 1 :]


def _junk(random: Random, fragments: list[str]) -> str:
    parts = (
        random.choice(fragments) if random.random() < 0.25 else random.choice(_MUTATIONS)
        for _ in range(random.randrange(9))
    )
    return "".join(parts)


def _spec(random: Random, key: str) -> str:
    fragments = FRAGMENTS[key].split()
    if random.random() < 0.05 and key not in ("cpus", "cpus_soft", "llc_colors"):
        return _junk(random, fragments)
    good = _GOOD.get(key, "").split()
    if key not in _SEPARATED and key not in _JOINED:
        text = random.choice(fragments)
    elif good and random.random() < 0.6:
        # something that works, and up to two surprises anywhere in it
        parts = random.choice(good).split(",")
        for _ in range(random.choice((0, 0, 1, 1, 1, 2))):
            parts.insert(random.randrange(len(parts) + 1), random.choice(fragments))
        text = random.choice((",", ",", ",", ",", ", ")).join(parts)
    else:
        parts = random.choices(fragments, k=random.choice((1, 1, 2, 2, 2, 3, 3, 4)))
        if key == "cpuid" and random.random() < 0.7:
            parts.insert(0, "host")
        text = random.choice((",", ",", ",", ",", ", ")).join(parts)
    # a digit more makes a range of CPUs or colors one of billions
    if random.random() < 0.15 and key not in ("cpus", "cpus_soft", "llc_colors"):
        for _ in range(random.choice((1, 1, 2))):
            text = _mutate(random, text)
    return text


def _specs(random: Random, key: str) -> Plain:
    if key == "vsnd":
        return [
            [
                ",".join((random.choice(("card", "pcm", "STREAM", "zz")), *random.choices(_VSND)))
                for _ in range(random.randrange(1, 4))
            ]
            if random.random() < 0.95
            else "card"
            for _ in range(random.choice((1, 1, 2)))
        ]
    if key == "vnuma":
        return [
            list(random.choices(_VNUMA, k=random.randrange(1, 4)))
            if random.random() < 0.97
            else "pnode=0"
            for _ in range(random.choice((1, 2, 2)))
        ]
    if key in _JOINED and random.random() < 0.5:
        return _spec(random, key)
    if key == "rdm":
        return _spec(random, key)
    return [_spec(random, key) for _ in range(random.choice((1, 1, 1, 2)))]


def value_for(random: Random, key: str, kind: str) -> Plain:
    """A value for a key of the catalogue: mostly of the right kind, sometimes right."""
    dice = random.random()
    # an unset map, or a read past the end: what xl then does is chance
    nested_is_chance = ("cpus", "cpus_soft", "bootloader_args")
    if dice < 0.03 and key not in nested_is_chance:
        return random.choice(([["a"]], [], ["zz", ["a"]], ["zz"], "zz", 1))
    if key in FRAGMENTS:
        return _specs(random, key)
    if key == "vcpus" or key == "maxvcpus":
        return random.choice([0, 1, 2, 3, 4, 16, 1024, 1025, "-1", "2147483648", "zz", ["1"]])
    if "enum" in kind and dice < 0.85:
        return random.choice(_right(key)) if dice < 0.6 else random.choice(_ENUM_WORDS)
    if key == "uuid" and dice < 0.7:
        return random.choice(
            ("00000000-0000-0000-0000-00000000000F", "0-0-0-0-0", "zz" * 18, "0" * 36)
        )
    if kind in ("string", "path", "string-uuid"):
        return random.choice(_STRINGS)
    if "list" in kind and dice < 0.7:
        return [random.choice(("zz", "a", 5)) for _ in range(random.choice((0, 1, 2)))]
    if "string" in kind:
        return random.choice(_STRINGS)
    return random.choice(_NUMBERS)


def _right(key: str) -> list[Plain]:
    option = XEN.guest_option(key)
    words: list[Plain] = []
    if option is not None:
        for entry in option.detail.get("enum_values", ()):
            word = entry["value"] if isinstance(entry, dict) else entry
            words.append(word)
            words.append(word.upper())
        words += [0, 1, 2, 3, 4, "-1"]
    return words


def _close(random: Random, key: str) -> Plain:
    """A value of a key in `_CLOSE`, where combinations matter."""
    return random.choice(_CLOSE[key])


def config(random: Random) -> list[tuple[str, Plain]]:
    """One config: the basics (mostly), then specs, keys that meet, or anything at all."""
    guest = random.choice(("pv", "pvh", "hvm", "hvm", "hvm"))
    pairs: list[tuple[str, Plain]] = [("name", "x")]
    dice = random.random()
    if dice < 0.94:
        pairs.append(("type", guest))
    elif dice < 0.97:
        pairs.append(("builder", random.choice(("hvm", "generic", "h", "", "zz"))))
    if guest != "hvm" and random.random() < 0.98:
        pairs.append((random.choice(("kernel", "kernel", "kernel", "bootloader")), "/k"))
    pairs.append(("memory", random.choice((64, 64, 128, 512))))
    if random.random() < 0.01:
        pairs.pop(0)
    dice = random.random()
    if dice < 0.45:
        for key in random.choices(_SPEC_KEYS, k=random.choice((1, 1, 1, 2))):
            pairs += [(key, _specs(random, key))]
            if key == "vnuma":
                pairs += [(k, _close(random, k)) for k in ("maxvcpus", "maxmem", "vcpus")]
            elif key in ("cpus", "cpus_soft"):
                pairs.append(("vcpus", random.choice((0, 1, 2, 4))))
    elif dice < 0.8:
        keys = random.sample(sorted(_CLOSE), k=random.choice((2, 3, 4, 6)))
        if random.random() < 0.5:
            keys += random.choice(_TOGETHER)
        pairs += [(key, _close(random, key)) for key in keys]
    else:
        keys = random.choices(_KEYS, k=random.choice((1, 1, 2, 2, 3, 4, 6)))
        pairs += [(key, value_for(random, key, _KINDS[key])) for key in keys]
    if random.random() < 0.06:
        key = random.choice(pairs)[0]
        pairs.append((key + "+", value_for(random, key, _KINDS[key])))
    return pairs


_KINDS = {option.name: option.kind for option in XEN.guest_options()}
_KEYS = list(_KINDS)
_SPEC_KEYS = [*FRAGMENTS, "disk", "disk", "vif", "vif", "pci", "pci"]
#: keys that refuse each other, with values around the point where they do
_CLOSE: dict[str, list[Plain]] = {
    "altp2m": ["mixed", "disabled", 1, 0, "external"],
    "altp2mhvm": [0, 1],
    "bios": ["rombios", "seabios", "ovmf", "unknown"],
    "bootloader": ["/b"],
    "builder": ["hvm", "generic", "h"],
    "cmdline": ["x"],
    "device_model_override": ["/x"],
    "device_model_stubdomain_override": [0, 1],
    "device_model_version": ["qemu-xen", "qemu-xen-traditional"],
    "disk": [["phy:/dev/x,xvda,w"], ["vdev=hdc,cdrom"], []],
    "dtdev": [["/soc/x"], []],
    "extra": ["x"],
    "firmware": ["bios", "uefi", "rombios", "ovmf", "/x", "pvgrub64", "pvgrub32", ""],
    "hap": [0, 1],
    "kernel": ["/k", "hvmloader", "/x/hvmloader/", ""],
    "max_grant_version": [0, 2, 15, 16],
    "maxmem": [32, 64, 96, 128, 512],
    "maxvcpus": [0, 1, 2, 3, 4],
    "memory": [32, 64, 128, 512],
    "nestedhvm": [0, 1],
    "passthrough": ["default", "disabled", "enabled", "sync_pt", "share_pt"],
    "pci": [["01:00.0"], [], ["zz"]],
    "pool": ["Pool-0", "0", "1", "00", "zz"],
    "pvshim": [0, 1],
    "ramdisk": ["/r"],
    "root": ["/dev/x"],
    "spice": [0, 1],
    "spiceusbredirection": [0, 1, 4, "-1"],
    "stdvga": [0, 1],
    "timer_mode": [0, 3, 4, "unknown", "no_missed_ticks_pending"],
    "type": ["pv", "pvh", "hvm", "h", "p"],
    "usb": [0, 1],
    "usbdevice": ["tablet", ["tablet"], []],
    "usbversion": [0, 1, 3],
    "vcpus": [0, 1, 2, 4, 1024, 1025],
    "vfb": [["vnc=1"], []],
    "vga": ["stdvga", "cirrus", "none", "qxl"],
    "videoram": [3, 4, 7, 8, 15, 16, 64, 127, 128, "-1"],
    "virtio": [["transport=mmio,backend=d"], ["transport=mmio"], ["backend=Domain-0"]],
    "vnc": [0, 1],
    "vncdisplay": [0, 1, "zz"],
    "vnclisten": ["0.0.0.0", "0.0.0.0:1", ":"],
    "vnuma": [
        [["pnode=0", "size=64", "vcpus=0"]],
        [["pnode=0", "size=32", "vcpus=0"], ["pnode=1", "size=32", "vcpus=1-3"]],
        [],
    ],
}
_TOGETHER = [
    group.split()
    for group in (
        "vga videoram",
        "stdvga videoram device_model_version",
        "vga videoram device_model_version",
        "bios device_model_version",
        "firmware device_model_version bios",
        "usb usbversion",
        "usbdevice spiceusbredirection spice",
        "vnclisten vncdisplay",
        "passthrough pci",
        "passthrough hap dtdev",
        "maxmem altp2m",
        "maxmem pci",
        "maxmem vnuma maxvcpus vcpus",
        "nestedhvm altp2m altp2mhvm",
        "ramdisk kernel",
        "cmdline kernel",
        "type builder",
        "device_model_stubdomain_override bios",
        "firmware kernel",
    )
]
