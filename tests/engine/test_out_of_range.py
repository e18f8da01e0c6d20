"""Numbers beyond what C holds: xl counts for ever, takes another number, or refuses a later one."""

from __future__ import annotations

import pytest
from diff import SHIM_HOST, host_of
from trees import settings
from xl_oracle import RELEASES, XlServer

import needs
from xlcfg.model.xl import read

HEAD = b'name="x"\ntype="hvm"\nmemory=128\n'
HUGE = "99999999999999999999"
RATE = "\nvif=['rate=10MB/s']"

#: xl goes on counting when told to go up to the largest number
ENDLESS = [
    f"vnuma=[['pnode=0','size=128','vcpus={vcpus}','vdistances=10']]"
    for vcpus in ("-1", HUGE, "3--1", "-1-2", "0-18446744073709551615", "-2--1", "0,-1")
]
#: what xl reads before a rate, and whether it then takes its number for one out of range
BEFORE_A_RATE = {
    f"vif=['mac=00:16:3e:00:00:{HUGE},rate=10MB/s']": True,
    f"vif=['mac=00:16:3e:00:00:{HUGE}','rate=10MB/s']": True,
    f"vif=['rate=1MB/s,mac=00:16:3e:00:00:{HUGE}']": False,
    "vif=['mac=00:16:3e:00:00:fff','rate=10MB/s']": False,
    f"acpi={HUGE}{RATE}": True,
    f"acpi={HUGE}\nhpet=1{RATE}": False,
    f"hpet=1\nmax_event_channels={HUGE}{RATE}": False,
    f"max_event_channels={HUGE}\ndisk=['phy:/dev/x,xvda,w']{RATE}": True,
    f"cpu_weight={HUGE}{RATE}": False,
    f"vcpus={HUGE}{RATE}": False,
    f"usb={HUGE}{RATE}": False,
    f"iomem=['{HUGE},1']{RATE}": True,
    f"iomem=['1,{HUGE}']{RATE}": False,
    f"iomem=['1,1@{HUGE}']{RATE}": True,
    f"disk=['/x,raw,xvda,w,colo-port={HUGE}']{RATE}": True,
    f"vdispl=['connectors=id0:{HUGE}x1']{RATE}": True,
    f"vsnd=[['card,short-name=x'],['pcm,buffer-size={HUGE}']]{RATE}": True,
    f"pci=['01:00.0,msitranslate={HUGE}']{RATE}": True,
}
#: libxl keeps the number of a CPU in 32 bits; the host has 16
CPUS = {
    'vcpus=1\ncpus="4294967296"': True,
    'vcpus=1\ncpus=["4294967311"]': True,
    'vcpus=1\ncpus=["4294967312"]': False,
    'vcpus=1\ncpus="9223372036854775808"': True,
    'vcpus=1\ncpus="0,^4294967296"': False,
    'vcpus=1\ncpus="4294967295-4294967296"': True,
    'vcpus=1\ncpus="node:4294967296"': True,
}


def _refusals(text: str, release: str) -> list[str]:
    reading = read(settings(HEAD + text.encode() + b"\n"), release, "x86_64", SHIM_HOST)
    return [o.kind for o in reading.outcomes if o.effect in ("refused", "crash")]


@pytest.mark.parametrize("release", ["4.14", "4.17", "4.20", "unstable"])
@pytest.mark.parametrize("text", ENDLESS)
def test_a_range_without_an_end(text: str, release: str) -> None:
    assert _refusals(text, release) == ["vnuma.endless"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("text", BEFORE_A_RATE)
def test_a_rate_after_a_number_out_of_range(text: str, release: str) -> None:
    expected = ["vif.rate-after-overflow"] if BEFORE_A_RATE[text] else []
    assert _refusals(text, release) == expected


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("text", CPUS)
def test_the_number_of_a_cpu_wraps(text: str, release: str) -> None:
    assert (_refusals(text, release) == []) == CPUS[text]


@pytest.mark.parametrize("release", RELEASES)
def test_xl_says_the_same(release: str) -> None:
    needs.require(f"xl-{release}")
    asked = {**dict.fromkeys(ENDLESS[:1], True), **BEFORE_A_RATE}
    asked |= {text: not taken for text, taken in CPUS.items()}
    with XlServer(release) as server:
        assert host_of(server).cpus == SHIM_HOST.cpus
        for text, refused in asked.items():
            answer = server.build(HEAD + text.encode() + b"\n")
            assert answer["reached"] != refused, (text, answer)
