"""What refuses a guest after xl has created its domain, and what is lost then.

The messages stand in the recordings of real hosts (Xen 4.17 and 4.20), or follow from the source of
libxl, QEMU and Xen as the names of the tests say.
"""

from __future__ import annotations

import pytest

from support import make_linter
from xlcfg.checks.guest import check_source
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.host import Host
from xlcfg.core.source import Source
from xlcfg.model.host import host_of

TYPES = {
    "hvm": 'name = "a"\ntype = "hvm"\nmemory = 512\n',
    "pv": 'name = "a"\ntype = "pv"\nkernel = "/k"\nmemory = 512\n',
    "pvh": 'name = "a"\ntype = "pvh"\nkernel = "/k"\nmemory = 512\n',
}


def said(
    text: str, release: str = "4.17", arch: str = "x86_64", host: Host | None = None
) -> list[Diagnostic]:
    linter = make_linter(release, arch, host=host)
    return check_source(Source("a.cfg", text.encode()), linter).diagnostics


def found(guest: str, text: str, release: str = "4.17", arch: str = "x86_64") -> set[str]:
    """Codes of the findings in a guest of a type, with its severity: "XD101 error"."""
    return {f"{d.code} {d.severity}" for d in said(TYPES[guest] + text, release, arch)}


def disks(*entries: str) -> str:
    return "disk = [ " + ", ".join(f'"{entry}"' for entry in entries) + " ]\n"


GOOD_NAMES = [
    "xvda",
    "xvdz",
    "xvdaa",
    "xvdzz",
    "xvdaaa",
    "xvdbgqcv",
    "xvda1",
    "xvda15",
    "xvda16",
    "xvda255",
    "xvdq16",
    "hda",
    "hdd",
    "hda1",
    "hda63",
    "sda",
    "sdp",
    "sda1",
    "sda15",
    "d0p0",
    "d0p1",
    "d5p3",
    "d1048575p0",
    "d0x1p1",
    "0",
    "1",
    "768",
    "0x300",
    "01400",
    "2147483647",
]
BAD_NAMES = [
    "xvda0",
    "xvda01",
    "xvda256",
    "xvdA",
    "XVDA",
    "xvda1a",
    "hde",
    "hda0",
    "hda64",
    "hdaa",
    "sdq",
    "sda0",
    "sda16",
    "sdaa",
    "vda",
    "nvme0n1",
    "mmcblk0",
    "cdrom",
    "fd0",
    "loop0",
    "d0",
    "d1048576p0",
    "d",
    "d0p",
    "2147483648",
    "-1",
    "51712x",
]


@pytest.mark.parametrize("name", GOOD_NAMES)
def test_names_of_disks_that_exist(name: str) -> None:
    """As a real libxl took them one by one."""
    assert found("pv", disks(f"/dev/vg/a,raw,{name},rw")) == set()


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_of_disks_that_do_not_exist(name: str) -> None:
    for guest in TYPES:
        assert found(guest, disks(f"/dev/vg/a,raw,{name},rw")) == {"XD101 error"}


REFUSED = [
    # disks
    ("hvm", disks("/a,raw,hda,r"), "XD102"),
    ("hvm", disks("/a,raw,xvdd,ro"), "XD102"),
    ("hvm", 'hdtype = "ahci"\n' + disks("/a,raw,hda,w", "/b,raw,xvdf,ro"), "XD102"),
    ("hvm", disks("format=raw,vdev=hdc,access=ro,target=/iso"), "XD102"),
    ("hvm", disks("/a,raw,hda,w", "/b,raw,xvda,w"), "XD103"),
    ("hvm", disks("/a,raw,xvda1,w", "/b,raw,xvda2,w"), "XD103"),
    ("hvm", disks("/a,raw,hdc,cdrom", "/b,raw,xvdc,w"), "XD103"),
    ("hvm", disks("/a,raw,sda,w", "/b,raw,sda1,w"), "XD103"),
    ("hvm", 'hdtype = "ahci"\n' + disks("/a,raw,hda,w", "/b,raw,xvda,w"), "XD103"),
    ("pv", disks("/a,raw,xvda,w", "/b,raw,d0p0,w"), "XD103"),
    ("hvm", disks("/a,raw,sdp,w"), "XD104"),
    ("hvm", disks("/a,raw,sdi,w"), "XD104"),
    ("pv", disks("/a,qcow2,xvda,w,backendtype=phy"), "XD105"),
    ("hvm", disks("/a,raw,xvda,w,backendtype=tap"), "XD105"),
    ("hvm", disks("/a,qcow2,xvda,w,specification=virtio"), "XD105"),
    ("pv", disks("/a,raw,xvda,w,backendtype=qdisk,script=block-iscsi"), "XD105"),
    ("pv", disks("/a,qcow2,xvda,w,script=block-iscsi"), "XD105"),
    ("pv", disks("/a,raw,xvda,w", "/b,raw,xvda,w"), "XL109"),
    ("hvm", disks("/a,raw,hda,w", "/a,raw,hdb,w"), "XD108"),
    ("hvm", disks("/a,qcow2,xvda,w", "/a,raw,hdc,cdrom"), "XD108"),
    ("hvm", disks("/a,raw,sda,w", "/a,raw,hda,w"), "XD108"),
    # network interfaces
    ("pv", 'vif = [ "type=ioemu" ]', "XD201"),
    ("pvh", 'vif = [ "bridge=xenbr0,type=ioemu,model=e1000" ]', "XD201"),
    ("hvm", 'vif = [ "bridge=xenbr0,model=virtio" ]', "XD202"),
    ("hvm", 'vif = [ "model=E1000" ]', "XD202"),
    *(
        ("hvm", f'vif = [ "model={model}" ]', "XD202")
        for model in ("lan9118", "rocker", "igbvf", "spapr-vlan", "virtio-net-device", "usb-net")
    ),
    ("pv", 'vif = [ "bridge=xenbr0,vifname=averyverylongname0" ]', "XD203"),
    ("pv", 'vif = [ "vifname=web/0" ]', "XD203"),
    ("hvm", 'vif = [ "vifname=abcdefghijklmn" ]', "XD203"),
    # device model
    ("hvm", 'boot = "cdrom"', "XD301"),
    ("hvm", 'boot = "cc"', "XD301"),
    ("hvm", 'boot = "hd"', "XD301"),
    ("hvm", 'boot = "x"', "XD301"),
    ("hvm", 'boot = "acdn"', "XD301"),
    ("hvm", 'boot = "C"', "XD301"),
    ("hvm", 'boot = "c,d"', "XD301"),
    ("hvm", 'vnclisten = "0.0.0.0:99999"', "XD304"),
    ("pv", 'channel = [ "connection=pty" ]', "XL707"),
    ("pvh", 'channel = [ "connection=socket,path=/run/x" ]', "XL707"),
    ("hvm", 'usbdev = [ "hostbus=1" ]', "XD306"),
    ("hvm", 'usbdev = [ "hostbus=1,hostaddr=0" ]', "XD306"),
    ("pv", 'usbdev = [ "type=hostdev,hostaddr=3" ]', "XD306"),
    ("hvm", 'boot = "c, d"', "XD301"),
    ("hvm", 'boot = "c,,d"', "XD301"),
    ("hvm", 'boot = "dc,menus=on"', "XD301"),
    ("hvm", "videoram = 12", "XD314"),
    ("hvm", 'vga = "stdvga"\nvideoram = 48', "XD314"),
    ("hvm", 'vga = "qxl"\nvideoram = 160', "XD314"),
    ("hvm", "vncdisplay = 5901", "XD304"),
    ("hvm", 'vnclisten = "127.0.0.1:100"', "XD304"),
    ("hvm", 'vnclisten = "[::1]"', "XD304"),
    ("hvm", 'vnclisten = "unix:/run/vnc"', "XD304"),
    ("pv", 'vfb = [ "vnc=1,vncdisplay=5901" ]', "XD304"),
    ("hvm", 'boot = "c,once=x"', "XD301"),
    ("hvm", 'boot = "c,menu=maybe"', "XD301"),
    ("hvm", 'serial = ""', "XD307"),
    ("hvm", 'usbdevice = ""', "XD306"),
    ("hvm", 'vif = [ "model=" ]', "XD202"),
    ("pv", 'vif = [ "devid=1", "devid=1" ]', "XD204"),
    ("pv", 'vif = [ "vifname=a", "vifname=a" ]', "XD205"),
    ("pv", 'vif = [ "vifname=lo" ]', "XD203"),
    ("pv", disks(",raw,xvda,w"), "XD109"),
    ("pv", "max_event_channels = 1", "XD412"),
    ("hvm", "vcpus = 4\nmax_event_channels = 6", "XD412"),
    ("hvm", "spice = 1\nspiceport = 1\nspicetls_port = 1\nspicedisable_ticketing = 1", "XD303"),
    ("hvm", 'soundhw = "ich6"', "XD302"),
    ("hvm", 'soundhw = "hda,ac97"', "XD302"),
    ("hvm", "spice = 1\nspicedisable_ticketing = 1", "XD303"),
    ("hvm", "spice = 1\nspiceport = 6000", "XD303"),
    ("hvm", 'spice = 1\nspiceport = 6000\nspicepasswd = ""', "XD303"),
    ("hvm", "spice = 1\nspiceport = 70000\nspicedisable_ticketing = 1", "XD303"),
    (
        "hvm",
        'spice = 1\nspiceport = 1\nspicepasswd = "x"\nspice_image_compression = "zip"',
        "XD303",
    ),
    (
        "hvm",
        'spice = 1\nspiceport = 1\nspicepasswd = "x"\nspice_streaming_video = "yes"',
        "XD303",
    ),
    (
        "hvm",
        'spice = 1\nspiceport = 1\nspicepasswd = "x"\nspiceusbredirection = 20',
        "XD303",
    ),
    ("hvm", "vncdisplay = 60000", "XD304"),
    ("hvm", 'vnclisten = "::1"', "XD304"),
    ("pvh", 'vfb = [ "vnc=1,vncdisplay=70000" ]', "XD304"),
    ("pv", 'vfb = [ "vncdisplay=59636" ]', "XD304"),
    ("hvm", 'keymap = "xx"', "XD305"),
    ("pv", 'vfb = [ "vnc=1,keymap=german" ]', "XD305"),
    ("pvh", 'vfb = [ "vnc=1,keymap=zz" ]', "XD305"),
    ("hvm", 'device_model_args = [ "-no-such" ]', "XD313"),
    ("hvm", 'device_model_args_hvm = [ "-usb", "1", "--bogus", "1" ]', "XD313"),
    ("hvm", "usbversion = 4", "XD306"),
    ("hvm", 'usbversion = "-1"', "XD306"),
    ("hvm", 'usbdevice = "host:1234:5678"', "XD306"),
    ("hvm", 'usbdevice = [ "tablet", "tabel" ]', "XD306"),
    *(
        ("hvm", f'usbdevice = "{name}"', "XD306")
        for name in ("serial", "disk", "net", "ccid", "audio", "bt", "u2f", "storage", "hub")
    ),
    *(("hvm", f'keymap = "{name}"', "XD305") for name in ("common", "modifiers", "nl-be")),
    ("hvm", 'usbctrl = [ "type=devicemodel,version=2,ports=20" ]', "XD306"),
    ("hvm", 'usbctrl = [ "version=3,ports=16" ]', "XD306"),
    ("hvm", 'usbctrl = [ "type=devicemodel,version=4" ]', "XD306"),
    ("pv", 'usbctrl = [ "type=devicemodel" ]', "XD306"),
    ("pv", 'usbctrl = [ "type=qusb,version=3" ]', "XD306"),
    ("hvm", 'serial = "ttyS0"', "XD307"),
    ("hvm", 'serial = [ "pty", "COM" ]'.replace("COM", "yes"), "XD307"),
    *(
        ("hvm", f'serial = "{port}"', "XD307")
        for port in (
            *("udp:1234", "udp:", "tcp:1234", "telnet:1234", "unix:", "file:", "pipe:", "mon:"),
            *("mon:foo", "con:1", "chardev:x", "spicevmc", "ringbuf", "tty", "socket", "hub"),
            *("pty1", "null,", "null:1", "stdio,signal=off", "vc:", "vc:x", "vc:80C", "none:"),
            "websocket:127.0.0.1:4565",
        )
    ),
    ("hvm", "gfx_passthru = 1", "XD308"),
    ("hvm", 'device_model_user = "root"', "XD309"),
    ("hvm", "videoram = 512", "XD310"),
    # hypervisor
    ("hvm", "vcpus = 129", "XD401"),
    ("pvh", "vcpus = 1\nmaxvcpus = 129", "XD401"),
    ("pvh", 'ioports = [ "3f8", "70000" ]', "XD410"),
    ("pv", 'ioports = [ "ff00-10000" ]', "XD410"),
    *(
        (guest, f'iomem = [ "{entry}" ]', "XD414")
        for guest, entries in {
            "pv": ("a0,0", "0,0", "10000000000,1", "ffffffffff,2", "fedff,2", "fee00,1@a0"),
            "pvh": ("a0,1@1000000000", "a0,2@fffffffff", "a0,1@fefff", "a0,2@fefff"),
            "hvm": ("a0,1@1f800", "a0,1@1ffff", "a0,1@20000", "1f900,1", "a0,2@1f7ff"),
        }.items()
        for entry in entries
    ),
    ("pvh", 'iomem = [ "a0,4@f0000", "b0,1@f0003" ]', "XD414"),
    ("hvm", 'vga = "stdvga"\niomem = [ "a0,1@1f000" ]', "XD414"),
    ("hvm", 'maxmem = 1024\niomem = [ "a0,1@3f800" ]', "XD414"),
    *(
        ("pv", f'ioports = [ "{ports}" ]', "XD415")
        for ports in ("20", "21-2f", "0-ff", "40-43", "61", "a1", "cf8-cff", "cff")
    ),
    ("hvm", 'ioports = [ "3f8", "43" ]', "XD415"),
    ("pv", "irqs = [ 5, 0 ]", "XD415"),
    ("hvm", 'irqs = [ "0" ]', "XD415"),
    ("hvm", "nestedhvm = 1\nhap = 0", "XD402"),
    ("pv", "max_grant_frames = 0", "XD403"),
    ("hvm", "max_grant_version = 3", "XD403"),
    ("hvm", "vmtrace_buf_kb = 96", "XD404"),
    ("hvm", "vmtrace_buf_kb = 131072", "XD404"),
    ("hvm", 'viridian = [ "time_ref_count" ]', "XD405"),
    ("hvm", 'viridian = [ "all", "!base" ]', "XD405"),
    ("hvm", 'viridian = [ "defaults", "!base" ]', "XD405"),
    ("pv", 'tsc_mode = "native_paravirt"', "XD406"),
    ("hvm", "shadow_memory = 0", "XD407"),
    # libxl
    ("pv", "cpu_weight = 0", "XD501"),
    ("pv", "cpu_weight = 70000", "XD501"),
    ("pv", "cap = 300\nvcpus = 2", "XD501"),
    ("pv", "cap = 150", "XD501"),
    ("pv", 'name = "Domain-0"', "XD502"),
    ("pv", 'name = "a/b"', "XD502"),
    ("pv", f'name = "{"n" * 256}"', "XD502"),
    ("pv", f'name = "{"n" * 249}"', "XD502"),
    ("hvm", f'name = "{"n" * 244}"', "XD502"),
    ("pvh", 'vnuma = [ [ "pnode=0", "size=512", "vcpus=0", "vdistances=10" ] ]', "XD503"),
]


@pytest.mark.parametrize(("guest", "text", "code"), REFUSED)
def test_what_refuses_a_created_domain(guest: str, text: str, code: str) -> None:
    for release in ("4.17", "4.20"):
        if "backendtype=tap" in text and release == "4.20":
            continue
        errors = {f for f in found(guest, text, release) if f.endswith(" error")}
        assert errors == {f"{code} error"}, release


@pytest.mark.parametrize(
    ("guest", "memory", "code"),
    [
        ("hvm", "memory = 1", "XD310"),
        ("hvm", "memory = 16", "XD407"),
        ("hvm", 'memory = 64\nvga = "qxl"', "XD310"),
        ("pv", "memory = 3", "XD407"),
        ("pvh", "memory = 17", "XD407"),
        ("hvm", "memory = 21", "XD407"),
        ("hvm", 'memory = 17\nvga = "none"', "XD407"),
        ("hvm", "memory = 64\nmaxmem = 16", "XL905 XD407"),
        ("hvm", "memory = 64\nmaxmem = 8", "XL905 XD310"),
        ("pv", "memory = 64\nmaxmem = 1", "XL905 XD407"),
        ("hvm", 'memory = 64\nvga = "stdvga"\nvideoram = 300', "XD310"),
        ("pvh", "memory = 4", "XD407"),
        ("pv", "memory = 1", "XD407"),
    ],
)
def test_memory_in_which_nothing_can_be_built(guest: str, memory: str, code: str) -> None:
    text = TYPES[guest].replace("memory = 512\n", memory + "\n")
    found = {d.code: d.severity for d in said(text)}
    assert " ".join(sorted(found, reverse=True)) == code
    assert [found[c] for c in code.split()][-1] == "error"


@pytest.mark.parametrize(
    ("guest", "memory"),
    [
        ("pv", "memory = 4"),
        ("pvh", "memory = 18"),
        ("pvh", "memory = 13\nvcpus = 4"),
        ("pvh", "memory = 3\nshadow_memory = 4"),
        ("hvm", "memory = 22"),
        ("hvm", 'memory = 18\nvga = "none"'),
        ("hvm", "memory = 13\nshadow_memory = 8"),
    ],
)
def test_little_memory_that_is_enough(guest: str, memory: str) -> None:
    """As hosts of 4.17 and 4.20 built them, one by one."""
    text = TYPES[guest].replace("memory = 512\n", memory + "\n")
    assert said(text) == [] == said(text, "4.20")


CREATED = [
    ("pv", 'iomem = [ "a0,2@fffffffff", "ffffffffff,1@a0" ]'),
    ("pvh", 'iomem = [ "a0,4@f0000", "a1,1@f0001", "f0004,1", "fec00,1@fee00" ]'),
    ("hvm", 'iomem = [ "a0,20", "fed40,5", "100,1@20040", "100,1@fffffffff" ]'),
    ("hvm", 'vga = "none"\niomem = [ "a0,1@20000" ]'),
    ("hvm", disks("/a,raw,sda,ro", "/b,raw,xvda,w")),
    ("hvm", disks("/b,raw,xvda,w", "/a,raw,xvde,ro")),
    ("hvm", disks("/a,raw,hda,w", "/b,raw,sda,w")),
    ("hvm", disks("/a,raw,sda,w", "/b,raw,sdh,w")),
    ("hvm", disks("/a,raw,hda,w", "/b,raw,hdc,cdrom", "/c,raw,hdd,cdrom")),
    ("hvm", disks("/a,raw,hda,w", ",,hdc:cdrom")),
    ("hvm", 'hdtype = "ahci"\n' + disks("/a,raw,xvda,w", "/b,raw,xvdf,w")),
    ("hvm", 'hdtype = "ahci"\n' + disks("/a,raw,hda,cdrom", "/b,raw,xvda,w")),
    ("hvm", disks("/a,raw,xvda,w", "/a,raw,xvde,r")),
    ("pv", disks("/a,raw,hda,ro", "/b,raw,xvda,w")),
    ("pv", disks("/a,raw,xvda1,w", "/b,raw,xvda2,w")),
    ("pv", disks("/a,raw,sdp,w")),
    ("pv", disks("/a,raw,xvda,w,script=block-iscsi")),
    ("pvh", disks("/a,raw,xvda,w,backendtype=phy")),
    ("pv", 'vif = [ "bridge=xenbr0,vifname=web0" ]'),
    ("pv", 'vif = [ "bridge=br0,vifname=averyverylongname0,script=/opt/my-vif" ]'),
    ("hvm", 'vif = [ "model=virtio-net" ]'),
    ("hvm", 'vif = [ "model=usb-net" ]\nusb = 1'),
    ("hvm", 'vif = [ "type=vif,vifname=abcdefghijklmn" ]'),
    ("hvm", 'vif = [ "vifname=abcdefghijk" ]'),
    ("hvm", 'vif = [ "bridge=ovsbr0.10:20:30,script=vif-openvswitch" ]'),
    *(
        ("hvm", f'boot = "{order}"')
        for order in ("", "c", "d", "n", "a", "ab", "cdn", "dcn", "nca")
    ),
    ("hvm", 'boot = "d,menu=on"'),
    ("hvm", 'boot = "d,"'),
    ("pv", 'vif = [ "bridge=br0,", "mac=00:16:3e:00:00:01,bridge=br1," ]'),
    ("hvm", 'usbdev = [ "hostbus=1,hostaddr=3" ]'),
    ("pv", 'channel = [ "connection=pty,name=a" ]'),
    ("hvm", 'vnclisten = "0.0.0.0:10"'),
    ("hvm", 'boot = "d,once=c,strict=on,splash=/a,,b"'),
    *(("hvm", f'soundhw = "{card}"') for card in ("hda", "HDA", "ac97", "es1370", "sb16", "gus")),
    ("hvm", "spice = 1\nspiceport = 6000\nspicedisable_ticketing = 1\nspicevdagent = 1"),
    ("hvm", 'spice = 1\nspicetls_port = 6001\nspicepasswd = "x"'),
    ("hvm", "spiceport = 70000"),
    ("hvm", 'vnclisten = "127.0.0.1:5"'),
    ("hvm", 'vnclisten = "[::1]:5"'),
    ("hvm", "vncdisplay = 6000\nvncunused = 0"),
    ("hvm", 'keymap = "de"'),
    ("hvm", 'keymap = "/etc/keymaps/mine"'),
    ("hvm", 'keymap = ""'),
    ("pv", 'vfb = [ "vnc=1,keymap=" ]'),
    ("hvm", 'device_model_args = [ "-name", "x", "--boot", "menu=on", "-name", "-x" ]'),
    ("pv", 'device_model_args = [ "-no-such" ]'),
    ("hvm", disks("/a,raw,hda,cdrom", "/a,raw,hdb,cdrom")),
    ("hvm", "usbversion = 3"),
    ("hvm", 'usbdevice = [ "tablet", "mouse" ]'),
    ("hvm", 'usbctrl = [ "type=devicemodel,version=3,ports=15" ]'),
    ("pv", 'usbctrl = [ "type=qusb,version=2,ports=8" ]'),
    *(("hvm", f'serial = "{p}"') for p in ("pty", "file:/a", "/dev/ttyS0", "tcp:1:2", "unix:/a")),
    *(
        ("hvm", f'serial = "{port}"')
        for port in (
            *("udp::1", "udp:a:1@b:2", "tcp::1,server,nowait", "telnet:a:1,server=on,wait=off"),
            *("mon:pty", "vc", "vc:80x24", "vc:80Cx24C", "none", "msmouse", "mon:file:/a"),
            *("unix:/a,server,nowait", "websocket:a:1,server,nowait"),
        )
    ),
    ("hvm", 'serial = "chardev:x"\ndevice_model_args = [ "-chardev", "null,id=x" ]'),
    ("hvm", 'gfx_passthru = "igd"'),
    ("hvm", "vcpus = 128"),
    ("pv", "vcpus = 513"),
    ("hvm", "nestedhvm = 1"),
    ("pv", 'ioports = [ "ff00-ffff" ]'),
    ("pv", "irqs = [ 1, 2, 15 ]"),
    ("pv", 'ioports = [ "0-1f", "22-3f", "44-60", "62-91", "93-9f", "a2-ef", "f1-ff", "d00-fff" ]'),
    ("hvm", "max_grant_frames = 1"),
    ("hvm", "max_grant_version = 1"),
    ("hvm", "vmtrace_buf_kb = 64"),
    ("hvm", "viridian = 1"),
    ("hvm", 'viridian = [ "all" ]'),
    ("hvm", 'viridian = [ "defaults", "!freq" ]'),
    ("hvm", "videoram = 16"),
    ("hvm", 'vga = "stdvga"\nvideoram = 63'),
    ("hvm", "vncdisplay = 99"),
    ("hvm", "vncdisplay = 5901\nvncunused = 0"),
    ("hvm", 'vnclisten = "0.0.0.0:10,websocket"'),
    ("hvm", "vcpus = 4\nmax_event_channels = 7"),
    ("pv", "max_event_channels = 2"),
    ("hvm", "vif = [ " + ", ".join(["'bridge=a'"] * 4) + " ]"),
    ("pv", "cpu_weight = 512\ncap = 50"),
    ("pv", "cap = 400\nvcpus = 2\nmaxvcpus = 4"),
    ("pv", 'name = "a b"'),
    ("pv", f'name = "{"n" * 248}"'),
    ("hvm", f'name = "{"n" * 243}"'),
    ("pv", 'root = "/dev/xvda1 ro"\n' + disks("/a,raw,xvda,w")),
    ("pv", 'root = "/dev/mapper/vg-root"\n' + disks("/a,raw,xvda,w")),
]


@pytest.mark.parametrize(("guest", "text"), CREATED)
def test_what_a_real_host_creates(guest: str, text: str) -> None:
    for release in ("4.17", "4.20"):
        # that one is up to the version of the device model
        codes = found(guest, text, release) - {"XD315 info"}
        assert not {f for f in codes if f[:2] == "XD"}, release


LOST = [
    ("hvm", disks("file:/img/win.qcow2,hda,w"), "XD151"),
    ("hvm", disks("/img/win.vmdk,raw,hda,w"), "XD151"),
    ("pv", disks("~/web.img,raw,xvda,w"), "XD152"),
    ("pv", disks("$HOME/web.img,raw,xvda,w"), "XD152"),
    ("pv", disks("~you/web.img,raw,xvda,w"), "XD152"),
    ("pv", disks("/a,raw,xvda,w", "/a,raw,xvdb,w"), "XD153"),
    ("hvm", disks("/a,raw,hda,w", "/a,raw,xvde,w"), "XD153"),
    ("hvm", disks("/a,raw,xvde,w"), "XD154"),
    ("pv", 'vif = [ "bridge=br0 mac=00:16:3e:00:00:02" ]', "XD251"),
    ("pv", 'vif = [ "bridge=xenbr0;mac=00:16:3e:00:00:01" ]', "XD251"),
    ("pv", 'vif = [ "bridge=averyveryverylongname0" ]', "XD251"),
    ("hvm", 'vif = [ "bridge=xenbr0", "mac=00:16:3E:11:22:42" ]', "XD252"),
    ("pv", 'vif = [ "mac=00:16:3e:11:22:42,bridge=br0,", "ip=10.0.0.1" ]', "XD252"),
    ("hvm", 'vif = [ "backend=netbackend,bridge=dmz" ]', "XD253"),
    ("hvm", 'vif = [ "type=vif,bridge=xenbr0,model=virtio-net" ]', "XD254"),
    ("pv", 'vif = [ "model=e1000" ]', "XD254"),
    ("pv", 'vif = [ "mac=01:16:3e:00:00:01" ]', "XD255"),
    ("hvm", 'firmware = "UEFI"', "XD351"),
    ("hvm", 'iomem = [ "1f7ff,1" ]', "XD452"),
    ("hvm", 'vga = "none"\niomem = [ "a0,1@1ffff" ]', "XD452"),
    ("hvm", 'maxmem = 3584\niomem = [ "d0000,100" ]', "XD452"),
    ("pvh", 'iomem = [ "1ffff,2" ]', "XD452"),
    ("hvm", 'serial = "tcp:127.0.0.1:4555,server"', "XD321"),
    ("hvm", 'serial = [ "pty", "unix:/a,server=on" ]', "XD321"),
    ("hvm", "usbversion = 0", "XD352"),
    ("pv", 'root = "/dev/xvda2 ro"\n' + disks("/a,raw,xvda1,w", "/b,raw,xvdb1,w"), "XD551"),
    ("pv", 'root = "/dev/sda1"\n' + disks("/a,raw,xvda,w"), "XD551"),
    ("pv", 'extra = "root=/dev/vda1 ro"\n' + disks("/a,raw,xvda,w"), "XD551"),
    ("hvm", 'vnuma = [ [ "pnode=0", "size=256", "vcpus=0", "vdistances=10" ] ]', "XD504"),
    ("pv", 'cpus = "1"', "XL311"),
    ("pv", 'cpus_soft = "1"', "XL311"),
    ("pv", "maxmem = 256", "XL905"),
]


@pytest.mark.parametrize(("guest", "text", "code"), LOST)
def test_what_is_lost_without_a_refusal(guest: str, text: str, code: str) -> None:
    codes = {f for f in found(guest, text) if not f.endswith(" info")}
    assert codes == {f"{code} warning"}


@pytest.mark.parametrize(
    ("text", "release", "arch", "codes"),
    [
        ('gic_version = "v2"\nvcpus = 9', "4.17", "arm64", {"XD401 error"}),
        ('gic_version = "v2"\nvcpus = 8', "4.17", "arm64", set()),
        ('gic_version = "v3"\nvcpus = 9', "4.17", "arm64", set()),
        ("vcpus = 129", "4.17", "arm64", {"XD401 error"}),
        ('soundhw = "ich6"', "4.14", "x86_64", set()),
        ('usbdevice = "audio"', "4.14", "x86_64", set()),
        ('keymap = "modifiers"', "4.14", "x86_64", set()),
        (disks("/a,raw,xvda,w,backendtype=tap"), "4.20", "x86_64", set()),
        (disks("/a,qcow2,xvda,w,backendtype=tap"), "4.20", "x86_64", {"XD105 error"}),
        ('builder = "hvm"\n' + disks("/a,raw,hda,ro"), "4.6", "x86_64", set()),
        ('tsc_mode = "native_paravirt"', "4.11", "x86_64", set()),
        ('device_model_version = "qemu-xen-traditional"\nboot = "xyz"', "4.17", "x86_64", set()),
        ('cpus = "1"', "4.22", "x86_64", set()),
    ],
)
def test_releases_and_architectures_differ(
    text: str, release: str, arch: str, codes: set[str]
) -> None:
    guest = "pvh" if arch == "arm64" else "hvm"
    assert {f for f in found(guest, text, release, arch) if f.endswith(" error")} == codes


def test_findings_point_at_the_value_and_name_the_cure() -> None:
    text = TYPES["hvm"] + disks("/dev/vg/a,raw,hda,w", "file:/iso/w.iso,hdc,r")
    (finding,) = [d for d in said(text) if d.code == "XD102"]
    assert text[finding.start : finding.end] == "r"
    assert finding.help == "add `cdrom`"
    text = TYPES["hvm"] + 'boot = "cdrom"\n'
    (finding,) = said(text)
    assert text[finding.start : finding.end] == "r"
    assert finding.help == 'write "d"'


def test_the_fix_of_an_old_prefix_does_not_call_an_image_raw() -> None:
    text = TYPES["hvm"] + disks("file:/img/win.qcow2,hda,w")
    old = next(d for d in said(text) if d.code == "XL408")
    raw = next(d for d in said(text) if d.code == "XD151")
    assert old.fix is None or old.fix() is None
    assert "/img/win.qcow2,qcow2,hda,rw" in (old.help or "")
    assert "/img/win.qcow2,qcow2,hda,rw" in (raw.help or "")


def test_a_guest_whose_type_is_unknown_has_no_such_findings() -> None:
    """`type = "hvm"` was forgotten: what it needs is told, not what a PV guest lacks."""
    text = 'name = "a"\nvif = [ "type=ioemu" ]\n'
    assert {d.code for d in said(text)} == {"XL304"}


def test_only_excluded_cpus_are_none_on_any_host() -> None:
    text = TYPES["pv"] + 'vcpus = 4\ncpus = "^2"\n'
    assert [(d.code, d.severity) for d in said(text)] == [("XL310", "error")]
    assert [(d.code, d.severity) for d in said(text, host=Host(8))] == [("XL310", "error")]
    assert said(TYPES["pv"] + 'vcpus = 4\ncpus = "all,^2"\n') == []


def test_xl_counts_negative_vcpus_for_ever() -> None:
    text = TYPES["hvm"] + 'vnuma = [ [ "pnode=0", "size=512", "vcpus=-1", "vdistances=10" ] ]\n'
    assert "XL313 error" in found("hvm", text)


@pytest.mark.parametrize("release", ["4.14", "4.17", "4.20"])
def test_a_rate_behind_a_mac_address_too_big(release: str) -> None:
    vif = 'vif = [ "mac=00:16:3e:00:00:99999999999999999999,rate=10MB/s" ]\n'
    assert "XL503 error" in found("hvm", vif, release)
    vif = 'vif = [ "rate=10MB/s,mac=00:16:3e:00:00:99999999999999999999" ]\n'
    assert "XL503 error" not in found("hvm", vif, release)


def test_a_word_that_disables_what_it_names() -> None:
    config = 'name = "a"\nkernel = "/k"\nvirtio = [ "type=virtio,device22,grant_usage=enabled" ]\n'
    (finding,) = said(config, "4.20", "arm64")
    assert (finding.code, finding.severity) == ("XL220", "warning")


MACHINE = {
    "cpus": 4,
    "memory_mb": 8192,
    "bridges": ["xenbr0"],
    "users": ["root", "nobody"],
    "virt_caps": ["pv", "hvm", "hap"],
    "emulator_lacks": ["sdl", "usb-redir", "vnc-password", "qcow", "vhd", "traditional"],
    "cmdline": "gnttab_max_frames=100 loglvl=all",
    "files": {
        "/": ["boot", "dev", "opt", "srv", "k"],
        "/srv": ["a.img", "web"],
        "/etc/xen/scripts": ["block", "vif-bridge"],
    },
}

LACKING = [
    ("pv", disks("/srv/b.img,raw,xvda,w"), "XD107"),
    ("hvm", disks("/iso/w.iso,raw,hdc,cdrom"), "XD107"),
    ("pv", disks("/srv/a.img,raw,xvda,w,script=block-none"), "XD107"),
    ("pv", 'ramdisk = "/initrd"', "XD107"),
    ("pv", 'vif = [ "script=vif-none" ]', "XD107"),
    ("pv", 'channel = [ "connection=socket,path=/none/s,name=c" ]', "XD107"),
    ("hvm", 'acpi_firmware = "/srv/acpi"', "XD107"),
    ("pv", 'vif = [ "bridge=xenbr1" ]', "XD256"),
    ("hvm", 'device_model_user = "qemu"', "XD311"),
    ("hvm", "dm_restrict = 1", "XD311"),
    ("hvm", "sdl = 1", "XD312"),
    ("pv", 'vfb = [ "sdl=1" ]', "XD312"),
    ("hvm", 'vnc = 1\nvncpasswd = "x"', "XD312"),
    (
        "hvm",
        'spice = 1\nspiceport = 1\nspicepasswd = "x"\nspiceusbredirection = 1',
        "XD312",
    ),
    ("hvm", disks("/srv/a.img,vhd,xvda,w"), "XD312"),
    ("hvm", 'device_model_version = "qemu-xen-traditional"', "XD312"),
    ("pv", "max_grant_frames = 101", "XD403"),
    ("hvm", "max_maptrack_frames = 1025", "XD403"),
    ("hvm", "hap = 0", "XD408"),
    ("pvh", "hap = 0", "XD408"),
    ("pv", 'pci = [ "01:00.0" ]', "XD408"),
    ("hvm", "vpmu = 1", "XD408"),
    ("hvm", "vmtrace_buf_kb = 64", "XD408"),
]
THERE = [
    ("pv", disks("/srv/a.img,raw,xvda,w", "/dev/vg/a,raw,xvdb,w", "other/c.img,raw,xvdc,w")),
    ("pv", disks("/srv/../srv/none.img,raw,xvda,w", "/srv/b.img,raw,xvdb,w,backend=other")),
    ("hvm", disks(",,hdc,cdrom")),
    ("pv", 'bootloader = "pygrub"\nramdisk = "/initrd"\n' + disks("/srv/a.img,raw,xvda,w")),
    ("pv", 'vif = [ "bridge=xenbr0", "", "bridge=ovs0,script=/opt/vif", "bridge=x,backend=net" ]'),
    ("hvm", 'device_model_user = "nobody"\ndm_restrict = 1'),
    ("pv", "dm_restrict = 1"),
    ("pv", "max_grant_frames = 100\nmax_maptrack_frames = 1024"),
    ("hvm", 'vnc = 0\nvncpasswd = "x"'),
    ("hvm", 'passthrough = "disabled"\npci = [ ]'),
    ("pv", "hap = 0"),
]


def lacking(guest: str, text: str) -> set[str]:
    host = host_of(MACHINE, "host.json")
    return {d.code for d in said(TYPES[guest] + text, host=host) if d.severity == "error"}


@pytest.mark.parametrize(("guest", "text", "code"), LACKING)
def test_what_a_described_host_lacks(guest: str, text: str, code: str) -> None:
    assert lacking(guest, text) == {code}
    assert not {f for f in found(guest, text) if f.endswith(" error")}, "not on any host"
    few = said(TYPES[guest] + text, host=Host(4))
    assert not [d for d in few if d.severity == "error"], "nothing is known of this one"


@pytest.mark.parametrize(("guest", "text"), THERE)
def test_what_a_described_host_has(guest: str, text: str) -> None:
    assert lacking(guest, text) == set()


def test_a_directory_that_is_not_there_is_lost_without_a_word() -> None:
    text = TYPES["pv"] + 'p9 = [ "tag=t,path=/srv/none,security_model=none" ]\n'
    (finding,) = said(text, host=host_of(MACHINE, "host.json"))
    assert (finding.code, finding.severity) == ("XD155", "warning")
    assert text[finding.start : finding.end] == "/srv/none"
    assert said(text) == []


@pytest.mark.parametrize(("release", "codes"), [("4.17", {"XD451 info"}), ("4.20", set())])
def test_the_boot_line_limits_the_grants_of_guests_up_to_4_17(
    release: str, codes: set[str]
) -> None:
    """A host of 4.20 created a guest with 5000 maptrack frames, one of 4.17 did not."""
    assert found("pv", "max_grant_frames = 128", release) == codes
    assert found("pv", "max_maptrack_frames = 5000", release) == codes
    host = host_of(MACHINE, "host.json")
    errors = [d.code for d in said(TYPES["pv"] + "max_grant_frames = 128", release, host=host)]
    assert errors == (["XD403"] if codes else [])
