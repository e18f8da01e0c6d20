"""Domain XML: read into xl's terms with places, written, and never a danger to the reader."""

from __future__ import annotations

import time

import pytest
from plugins.toolstacks import codes, guests, linter, quoted, reports
from xlcfg_libvirt.write import write
from xlcfg_libvirt.xml import DEPTH, SIZE

from xlcfg.core.source import Source
from xlcfg.model.guest import Guest
from xlcfg.rules.reading import SHARED
from xlcfg.syntax.guest import read_guest
from xlcfg.syntax.printer import print_document

HVM = """\
<?xml version='1.0' encoding='UTF-8'?>
<domain type='xen' id='4'>
  <name>mail</name>
  <uuid>0d8b1c5e-2f4e-4c7a-9e53-6a2a7d3f9b10</uuid>
  <metadata>
    <x:runstate xmlns:x="https://xlcfg.org/xmlns/libvirt/1.0" translation="hypercall"/>
  </metadata>
  <memory unit='GiB'>2</memory>
  <currentMemory unit='KiB'>1048577</currentMemory>
  <vcpu placement='static' cpuset='0-3' current='2'>4</vcpu>
  <os>
    <type arch='x86_64' machine='xenfv'>hvm</type>
    <loader type='rom'>/usr/lib/xen/boot/hvmloader</loader>
    <boot dev='cdrom'/>
    <boot dev='hd'/>
  </os>
  <features><acpi/><pae/><hap state='off'/></features>
  <cpu mode='host-passthrough'>
    <feature policy='forbid' name='pni'/>
    <feature policy='disable' name='vmx'/>
  </cpu>
  <clock offset='variable' adjustment='60' basis='localtime'>
    <timer name='hpet' present='no'/>
    <timer name='tsc' mode='emulate'/>
  </clock>
  <on_crash>coredump-restart</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='block' device='disk'>
      <driver name='phy' type='raw' discard='ignore'/>
      <source dev='/dev/vg/mail'/>
      <target dev='xvda' bus='xen'/>
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu'/>
      <source file='/srv/a&amp;b.iso'/>
      <target dev='hdc' bus='ide'/>
      <readonly/>
    </disk>
    <interface type='bridge'>
      <mac address='00:16:3e:01:02:03'/>
      <source bridge='ovs0'/>
      <virtualport type='openvswitch'/>
      <vlan><tag id='7'/></vlan>
      <bandwidth><outbound average='2048'/></bandwidth>
      <target dev='mail0'/>
      <model type='e1000'/>
    </interface>
    <hostdev mode='subsystem' type='pci' managed='no'>
      <source><address domain='0x0000' bus='0x03' slot='0x10' function='0x1'/></source>
    </hostdev>
    <serial type='pty'><target port='0'/></serial>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' port='5907' autoport='no' listen='::1' keymap='de'/>
    <video><model type='vga' vram='32768'/></video>
    <sound model='es1370'/>
    <memballoon model='xen'/>
  </devices>
</domain>
"""

PV = """\
<domain type='xen'>
  <name>b\u00fcro</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <cputune><vcpupin vcpu='0' cpuset='1'/></cputune>
  <bootloader>pygrub</bootloader>
  <bootloader_args>--kernel /k  -q</bootloader_args>
  <os><type>linux</type></os>
  <features><xen><e820_host state='on'/></xen></features>
  <devices>
    <interface type='ethernet'><script path='vif-route'/><ip address='10.0.0.2'/></interface>
    <graphics type='vnc' autoport='yes'/>
    <channel type='unix'>
      <source mode='bind' path='/run/agent'/><target type='xen' name='org.agent'/>
    </channel>
    <controller type='xenbus' maxGrantFrames='64'/>
    <controller type='usb' index='0' model='qusb2' ports='4'/>
    <hostdev mode='subsystem' type='usb'><source><address bus='1' device='0x3'/></source></hostdev>
  </devices>
</domain>
"""

PVH = """\
<domain type='xen'>
  <name>small</name>
  <memory>262144</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='aarch64' machine='xenpvh'>xenpvh</type>
    <kernel>/boot/Image</kernel>
    <initrd>/boot/initrd</initrd>
    <cmdline>console=hvc0 a="b"</cmdline>
  </os>
</domain>
"""


def values(guest: Guest) -> dict[str, object]:
    return guest.reading.values


def one(text: str) -> Guest:
    (guest,) = guests(text)
    assert guest.toolstack == "libvirt"
    assert not guest.document.refused
    return guest


def reread(text: str, arch: str = "x86_64") -> Guest:
    return Guest(Source("x.cfg", text.encode("latin-1")), read_guest(text), linter(arch).target)


def test_an_hvm_domain_says_what_xl_would_be_told() -> None:
    got = values(one(HVM))
    expected: dict[str, object] = {
        "name": "mail", "type": "hvm", "maxmem": 2 * 1024 * 1024, "memory": 1025 * 1024,
        "vcpus": 2, "maxvcpus": 4, "boot": "dc", "acpi": True, "apic": False, "pae": True,
        "hap": False, "nestedhvm": False, "cpuid": "host,sse3=0", "rtc_timeoffset": 60,
        "localtime": True, "hpet": False, "on_crash": "coredump-restart", "serial": "pty",
        "device_model_override": "/usr/bin/qemu-system-x86_64", "soundhw": "es1370",
        "vnc": True, "vncunused": False, "vncdisplay": 7, "vnclisten": "::1", "videoram": 32768,
    }  # fmt: skip
    assert {key: got.get(key) for key in expected} == expected
    disk, cdrom = got["disk"]  # type: ignore[misc]
    assert (disk["pdev_path"], disk["vdev"], disk["backend"]) == ("/dev/vg/mail", "xvda", "phy")  # type: ignore[has-type]
    assert (cdrom["pdev_path"], cdrom["is_cdrom"], cdrom["readwrite"]) == ("/srv/a&b.iso", 1, 0)  # type: ignore[has-type]
    (vif,) = got["vif"]  # type: ignore[misc]
    assert vif["bridge"] == "ovs0.7"  # type: ignore[has-type]
    assert vif["script"] == "vif-openvswitch"  # type: ignore[has-type]
    assert vif["rate_bytes_per_interval"] == 102400  # type: ignore[has-type]


def test_pv_and_pvh_domains() -> None:
    pv = one(PV)
    assert pv.type == "pv"
    assert values(pv)["e820_host"] is True
    assert values(pv)["max_grant_frames"] == 64
    assert [i.text for i in pv.settings.items("cpus") or [] if not i.is_list] == ["1", "all"]
    assert [i.text for i in pv.settings.items("bootloader_args") or [] if not i.is_list] == [
        "--kernel", "/k", "-q",
    ]  # fmt: skip
    assert values(pv)["vfb"] == [{"vnc.findunused": True}]
    pvh = one(PVH)
    assert (pvh.type, pvh.target.arch) == ("pvh", "arm64")
    assert values(pvh)["cmdline"] == 'console=hvc0 a="b"'


@pytest.mark.parametrize("text", [HVM, PV, PVH])
def test_nothing_is_found_in_a_good_domain(text: str) -> None:
    (report,) = reports(text)
    assert [d for d in report.diagnostics if d.code != "RS002"] == []


def test_every_setting_lies_in_the_xml() -> None:
    for text in (HVM, PV, PVH):
        data = text.encode()
        for setting in one(text).document.settings:
            assert data[setting.start : setting.name_end]
            value = setting.value
            assert 0 < value.start <= value.end <= len(data)
    guest = one(HVM)
    assert guest.source.text[guest.settings.get("maxmem").value.start :].startswith("2<")  # type: ignore[union-attr]
    assert guest.source.text[guest.settings.get("vcpus").value.start :].startswith("2'")  # type: ignore[union-attr]


def test_the_policy_comes_from_the_metadata() -> None:
    (report,) = reports(HVM)
    assert report.policy is not None
    assert (report.policy.policy, report.policy.level) == ("hypercall", "guest")
    (step, *_) = report.policy.steps
    assert step.text == "runstate_translation hypercall"
    assert step.where == "guest:6:5"
    (bad,) = reports(HVM.replace('"hypercall"', '"once"'))
    assert quoted(bad, "RS001") == "once"
    (arm,) = reports(PVH)
    assert arm.policy is not None
    assert (arm.policy.policy, arm.policy.level) == ("hypercall", "architecture")


def test_shared_rules_find_places_in_the_xml() -> None:
    (report,) = reports(PVH.replace("</domain>", "<features><hap/></features></domain>"))
    assert quoted(report, "XL103") == "<hap"
    (report,) = reports(HVM.replace("</features>", "<xen><passthrough/></xen></features>"))
    assert "xl" not in " ".join(d.message for d in report.diagnostics)


def test_what_libvirt_refuses_with_xl_is_found_in_the_xml() -> None:
    guest = one(HVM.replace("current='2'", "current='9'"))
    (outcome,) = [o for o in guest.reading.outcomes if o.kind in SHARED]
    assert guest.source.data[outcome.start : outcome.end] == b"4"


@pytest.mark.parametrize("text", [HVM, PV, PVH])
def test_round_trip_through_both_forms(text: str) -> None:
    guest = one(text)
    config = print_document(guest.document)
    again = reread(config, guest.target.arch)
    assert not again.document.refused
    assert values(again) == values(guest)
    conversion = write(again)
    (back,) = linter().read_guests(Source("b", conversion.text.encode("latin-1")))
    lost = {loss.what for loss in conversion.losses}
    for key, value in values(again).items():
        if f"`{key}`" not in lost:
            assert values(back).get(key) == value, key
    assert back.settings.string("runstate_translation") == guest.settings.string(
        "runstate_translation"
    )


def test_what_cannot_be_said_is_listed() -> None:
    guest = one(HVM.replace("<on_crash>", "<title>The Mail</title><on_crash>"))
    assert [loss.what for loss in guest.unsupported] == ["<title>"]
    config = 'name = "a"\nkernel = "/k"\nnomigrate = 1\nvif = [ "bridge=b,gatewaydev=g" ]\n'
    conversion = write(reread(config))
    assert [loss.what for loss in conversion.losses] == ["`nomigrate`", "gatewaydev=g in `vif`"]
    assert [loss.start for loss in conversion.losses] == [25, 39]


def test_texts_are_escaped_and_kept() -> None:
    config = 'name = "a<b>&\'\u00e4"\nkernel = "/k\\"&"\n'.encode().decode("latin-1")
    text = write(reread(config)).text
    (back,) = linter().read_guests(Source("b", text.encode("latin-1")))
    assert values(back)["name"] == "a<b>&'\u00e4".encode().decode("latin-1")
    assert values(back)["kernel"] == '/k"&'


def test_several_domains_of_one_file() -> None:
    text = f"<domains>{PV}{PVH}</domains>"
    both = reports(text)
    assert [r.title for r in both] == ["guest (b\u00fcro)", "guest (small)"]
    assert [r.policy.policy for r in both if r.policy] == ["update", "hypercall"]


HOSTILE = {
    "entities": (
        b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><domain>&b;</domain>',
        "document type",
    ),
    "external": (
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><domain type="xen"/>',
        "document type",
    ),
    "parameter": (
        b'<!DOCTYPE d [<!ENTITY % p SYSTEM "http://example.org/x"> %p;]><domain/>',
        "document type",
    ),
    "deep": (b"<domain>" * 500_000, f"more than {DEPTH} deep"),
    "many": (b"<domain>" + b"<a/>" * 200_000 + b"</domain>", "elements"),
    "large": (b"<domain a='" + b"x" * SIZE + b"'/>", "larger than"),
    "utf-16": ("<domain/>".encode("utf-16"), "UTF-16"),
    "encoding": (b"<?xml version='1.0' encoding='utf-7'?><domain/>", "encoding"),
    "unclosed": (b"<domain type='xen'><name>", "no element found"),
    "undefined": (b"<domain type='xen'>&x;</domain>", "undefined entity"),
    "nul": (b"<domain\0/>", "not well-formed"),
}


@pytest.mark.fault(
    "XML that nests or grows without end",
    says="2: `IO007`",
    lost="nothing",
)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_at_once(name: str) -> None:
    data, expected = HOSTILE[name]
    before = time.process_time()
    (report,) = reports(data)
    assert time.process_time() - before < 10
    (found,) = report.diagnostics
    assert expected in found.message
    assert found.code in ("IO007", "LV001")
    assert report.unreadable is (found.code == "IO007")
    if report.unreadable:
        assert report.policy is None


def test_a_huge_attribute_is_read() -> None:
    text = HVM.replace("/dev/vg/mail", "/" + "x" * 3_000_000)
    (report,) = reports(text)
    assert report.guest is not None
    assert not report.guest.document.refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<network/>", "a <network>"), ("<domain type='kvm'/>", "of type kvm"), ("<domain/>", "type")],
)
def test_other_xml_is_named(text: str, expected: str) -> None:
    (report,) = reports(text)
    (found,) = report.diagnostics
    assert found.code == "IO007"
    assert expected in found.message
    assert report.unreadable


def test_a_prefix_without_a_namespace_is_taken() -> None:
    (report,) = reports(PVH.replace("</domain>", "<q:x/></domain>"))
    assert codes(report) == []


@pytest.mark.parametrize("arch", ["vax", "", "x86", "arm64"])
def test_an_architecture_that_libvirt_does_not_know_is_no_xen_guest(arch: str) -> None:
    data = HVM.replace("x86_64", arch).encode()
    (report,) = reports(data)
    assert [d.code for d in report.diagnostics] == ["IO007"]
    assert "architecture" in report.diagnostics[0].message
