"""What libvirt makes of elements, one by one, and what of them is named as lost."""

from __future__ import annotations

import pytest
from plugins.toolstacks import guests, linter

HVM = """<domain type='xen'><name>a</name><memory unit='MiB'>512</memory><vcpu>1</vcpu>\
<os><type arch='x86_64' machine='xenfv'>hvm</type></os>{more}
<devices>{devices}</devices></domain>"""
PV = HVM.replace("machine='xenfv'>hvm", "machine='xenpv'>linux")
SCREEN = "<graphics type='vnc'/>"


def converted(text: str) -> tuple[list[str], list[str]]:
    """Lines of xl's form, and what is lost."""
    (guest,) = guests(text)
    asked = linter()
    asked.hooks.load_all()
    done = asked.hooks.first("xlcfg_convert", guest=guest, to="xl", target=guest.target)
    return done.text.splitlines(), [loss.what for loss in done.losses]


CARD = """<interface type='hostdev' managed='{managed}'>{mac}<source>
<address type='pci' domain='0x0000' bus='0x0a' slot='0x10' function='0x1'/></source></interface>"""

TAP = """<disk type='file'><driver name='tap' type='qcow2'/><source file='/d'/>
<target dev='hda'/><backenddomain name='b'/></disk>"""
USB = "<hostdev mode='subsystem' type='usb'><source><{}/></source></hostdev>"


@pytest.mark.parametrize(
    ("devices", "lines", "lost"),
    [
        (CARD.format(managed="yes", mac=""), ['pci = ["0000:0a:10.1,seize=1"]'], []),
        (
            CARD.format(managed="no", mac="<mac address='00:16:3e:00:00:01'/>"),
            ['pci = ["0000:0a:10.1"]'],
            ["<mac>"],
        ),
        ("<interface type='direct'><source dev='e'/></interface>", [], ["<interface>"]),
        ("<interface type='user'/>", [], ["<interface>"]),
        ("<interface type='network'><source network='n'/></interface>", ['vif = [""]'],
         ["<source>"]),
        ("<input type='mouse' bus='usb'/>", ["usb = 1", 'usbdevice = "mouse"'], []),
        (
            "<input type='tablet' bus='usb'/><input type='keyboard' bus='usb'/>",
            ["usb = 1", 'usbdevice = ["tablet", "keyboard"]'],
            [],
        ),
        ("<input type='mouse' bus='ps2'/><input type='keyboard' bus='ps2'/>", [], []),
        ("<input type='tablet' bus='virtio'/>", [], ["<input> (tablet, virtio)"]),
        ("", ['serial = "none"'], []),
        ("<console type='pty'/>", ['serial = "pty"'], []),
        ("<console type='pty'><target type='virtio'/></console>", ['serial = "none"'], []),
        ("<serial type='pty'/><console type='pty'><target type='serial'/></console>",
         ['serial = "pty"'], []),
        ("<serial type='pty'/><serial type='file'><source path='/l'/></serial>",
         ['serial = ["pty", "file:/l"]'], []),
        ("<serial type='udp'><source mode='connect' host='h' service='1'/></serial>",
         ['serial = "udp:h:1@:0"'], []),
        ("<serial type='spicevmc'/>", [], ["<serial>"]),
        ("<sound model='ich6'/><sound model='es1370'/>", ['soundhw = "hda"'], ["<sound>"]),
        ("<memballoon model='none'/>", [], ['model="none" of <memballoon>']),
        ("<memballoon model='xen'/>", [], []),
        ("<controller type='usb' index='0'/>", ['usbctrl = ["type=qusb,version=2"]'], []),
        ("<controller type='usb' model='ich9-ehci1'/>", [], ["<controller>"]),
        (
            "<disk type='file' device='cdrom'><target dev='hdc'/><readonly/></disk>",
            ['disk = ["format=empty,vdev=hdc,access=ro,devtype=cdrom"]'],
            [],
        ),
        (
            TAP,
            ['disk = ["format=qcow2,vdev=hda,access=rw,backendtype=qdisk,backend=b,target=/d"]'],
            [],
        ),
        (USB.format("address bus='1' device='2'"), ['usbdev = ["hostbus=1,hostaddr=2"]'], []),
        (USB.format("vendor id='0x1'"), [], ["<hostdev>"]),
        ("<hostdev mode='subsystem' type='scsi'/>", [], ["<hostdev>"]),
        ("<disk type='file'><target dev='hda'/><transient/></disk>", [], ["<disk>"]),
        (
            "<interface type='bridge'><source bridge='b'/><backenddomain name='net'/></interface>",
            ['vif = ["bridge=b,backend=net"]'],
            [],
        ),
    ],
)  # fmt: skip
def test_devices(devices: str, lines: list[str], lost: list[str]) -> None:
    made, losses = converted(HVM.format(more="", devices=SCREEN + devices))
    assert [line for line in lines if line not in made] == []
    assert losses == lost
    for key in ("vif", "pci", "usbdev", "usbdevice", "usbctrl", "disk", "soundhw"):
        count = sum(line.startswith(f"{key} =") for line in made)
        assert count == sum(line.startswith(f"{key} =") for line in lines)


@pytest.mark.parametrize(
    ("more", "lines", "lost"),
    [
        ("<cputune><shares>1500</shares></cputune>", ["cpu_weight = 1500"], []),
        ("<cputune><period>9</period></cputune>", [], ["<period>"]),
        ("", ["viridian = 0", 'boot = "c"'], []),
        ("<features><hyperv/></features>", ["viridian = 1"], []),
        (
            "<features><hyperv><relaxed state='on'/><vapic state='off'/></hyperv></features>",
            ["viridian = 1"],
            ['state="off" of <vapic>'],
        ),
        ("<seclabel type='static'><label>a:b:c</label></seclabel>", ['seclabel = "a:b:c"'], []),
        ("<seclabel type='dynamic'/>", [], ["<seclabel>"]),
        ("<clock offset='timezone' timezone='x'/>", [],
         ['offset="timezone" of <clock>', 'timezone="x" of <clock>']),
    ],
)  # fmt: skip
def test_the_rest(more: str, lines: list[str], lost: list[str]) -> None:
    made, losses = converted(HVM.format(more=more, devices=SCREEN))
    assert [line for line in lines if line not in made] == []
    assert losses == lost


def test_no_graphics_is_no_card() -> None:
    made, losses = converted(HVM.format(more="", devices=""))
    assert {"vnc = 0", "sdl = 0", "nographic = 1", 'vga = "none"'} <= set(made)
    assert losses == []
    # a card of its own stays
    made, _ = converted(HVM.format(more="", devices="<video><model type='vga'/></video>"))
    assert 'vga = "stdvga"' in made
    assert "nographic = 1" not in made


def test_one_screen_spice_first() -> None:
    made, losses = converted(HVM.format(more="", devices=SCREEN + "<graphics type='spice'/>"))
    assert {"spice = 1", "vnc = 0"} <= set(made)
    assert losses == ['<graphics type="vnc">']


def test_a_pv_guest_without_a_kernel_has_its_loader() -> None:
    made, _ = converted(PV.format(more="", devices=""))
    assert 'bootloader = "pygrub"' in made
    assert not any(line.startswith(("vnc", "serial", "viridian", "boot =")) for line in made)
    kernel = PV.format(more="", devices="").replace("</os>", "<kernel>/k</kernel></os>")
    assert not any(line.startswith("bootloader") for line in converted(kernel)[0])
    _, losses = converted(PV.format(more="", devices="<console type='pty'/>" * 2))
    assert losses == ["<console>"]


def test_a_volume_of_ceph() -> None:
    disk = (
        "<disk type='network'><driver name='qemu' type='raw'/><source protocol='{}' name='p/i'>"
        "<host name='m' port='6321'/><host name='::1'/></source><target dev='hda'/></disk>"
    )
    made, losses = converted(HVM.format(more="", devices=SCREEN + disk.format("rbd")))
    (line,) = [line for line in made if line.startswith("disk")]
    assert "target=rbd:p/i:auth_supported=none:mon_host=m" in line
    assert losses == []
    assert converted(HVM.format(more="", devices=SCREEN + disk.format("iscsi")))[1] == ["<disk>"]
