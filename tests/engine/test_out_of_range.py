"""Numbers beyond what C holds: xl counts for ever, takes another number, or refuses a later one."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from itertools import product

import generator
import json_view
import pytest
from diff import SHIM_HOST, host_for, host_of
from trees import settings
from xl_oracle import RELEASES, XlServer

import needs
from xlcfg.catalogue import XEN
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
    asked = dict(BEFORE_A_RATE)
    asked |= {text: not taken for text, taken in CPUS.items()}
    with XlServer(release) as server:
        assert host_of(server).cpus == SHIM_HOST.cpus
        for text, refused in asked.items():
            answer = server.build(HEAD + text.encode() + b"\n")
            assert answer["reached"] != refused, (text, answer)
    with XlServer(release, cpu=1) as server:
        answer = server.build(HEAD + ENDLESS[0].encode() + b"\n")
        assert answer["rc"] in (-signal.SIGXCPU, -signal.SIGKILL)
        assert not answer["reached"]


# ---- numbers that xl keeps in fewer bits -------------------------------------------------------

#: what xl keeps of a number: (the config, what it keeps)
KEPT = [
    ("vif=['mtu=4294967297']", 1),
    ("vif=['devid=4294967297']", 1),
    ("usbctrl=['version=4294967298']", 2),
    ("usbctrl=['ports=4294967297']", 1),
    ("usbdev=['hostbus=257,hostaddr=1']", 1),
    ("usbdev=['hostbus=1,hostaddr=-1']", 255),
    ("usbdev=['controller=-2147483649']", 2147483647),
    ("usbdev=['port=4294967297']", 1),
    ("vfb=['vncdisplay=4294967297']", 1),
    ("vkb=['backend-type=qemu,width=4294967297']", 1),
    ("vkb=['backend-type=qemu,multi-touch-height=-1']", 4294967295),
    ("vdispl=['connectors=a:4294967297x5']", 1),
    ("vdispl=['connectors=a:5x4294967297']", 1),
    ("vsnd=[['card,short-name=x'],['pcm,buffer-size=4294967297']]", 1),
    ("vsnd=[['card,sample-rates=8000;4294967297']]", 1),
    ("p9=['tag=t,path=/p,security_model=none,max-files=4294967297']", 1),
    ("disk=['/x,raw,xvda,w,colo-port=4294967297']", 1),
    ("cpu_weight=4294967297", 1),
    ("vmtrace_buf_kb=4294967297", 1),
]


@pytest.mark.parametrize(("text", "kept"), KEPT, ids=lambda value: str(value))
def test_what_is_kept_of_a_number_is_told(text: str, kept: int) -> None:
    reading = read(settings(HEAD + text.encode() + b"\n"), "4.20", "x86_64", SHIM_HOST)
    told = [outcome for outcome in reading.outcomes if outcome.kind.endswith(".wrapped")]
    assert [outcome.args["value"] for outcome in told] == [kept]
    assert told[0].effect == "wrapped"
    fits = re.sub(r"-?(4294967\d+|257|2147483649|\b1(?='))", "1", text)
    reading = read(settings(HEAD + fits.encode() + b"\n"), "4.20", "x86_64", SHIM_HOST)
    assert not [outcome for outcome in reading.outcomes if outcome.kind.endswith(".wrapped")]


#: beside what 8, 16, 32 and 64 bits hold, signed and not
BESIDE = [
    "4294967297", "-1", "4294967296", "2147483648", "-2147483649", "65536", "65537", "256", "257",
    "18446744073709551615", "18446744073709551616", "99999999999999999999", "0x100000001",
]  # fmt: skip
#: what makes xl count for minutes, or takes as much memory as it says
_COUNTED = ("vcpus", "maxvcpus", "cpus", "cpus_soft", "llc_colors")


def _with_numbers(numbers: list[str]) -> Iterator[bytes]:
    """A number for every key, and in place of every number that a device string can have."""
    head = f'{HEAD.decode()}uuid="00000000-0000-0000-0000-0000000000F0"\n'
    for key, number in product((option.name for option in XEN.guest_options()), numbers):
        if key not in _COUNTED:
            yield f'{head}{key}="{number}"\n'.encode()
    for key, fragments in generator.FRAGMENTS.items():
        for fragment, number in product(fragments.split(), numbers):
            if key not in _COUNTED:
                for found in re.finditer(r"\d+", fragment):
                    word = fragment[: found.start()] + number + fragment[found.end() :]
                    yield f'{head}{key}=["{word}"]\n'.encode()


def _narrowed(release: str, numbers: list[str]) -> list[str]:
    wrong = []
    with XlServer(release) as server:
        host = host_of(server)
        for text in _with_numbers(numbers):
            tree = settings(text)
            names = [(name, "") for name in tree.by_name]
            reading = read(tree, release, "x86_64", host_for(names, host))
            if reading.refused == server.build(text)["reached"]:
                wrong.append(f"{text!r}: {[o.kind for o in reading.outcomes]}")
            elif not reading.refused and (answer := server.create(text))["rc"] == 0:
                printed = json.loads(answer["out"].decode("utf-8", "surrogateescape"))
                wrong += [f"{text!r}: {line}" for line in json_view.mismatches(reading, printed)]
    return wrong


@pytest.mark.parametrize("release", RELEASES)
def test_numbers_are_kept_as_xl_keeps_them(release: str) -> None:
    needs.require(f"xl-{release}")
    assert not _narrowed(release, BESIDE[:2])


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_all_numbers_are_kept_as_xl_keeps_them(release: str) -> None:
    needs.require(f"xl-{release}")
    assert not _narrowed(release, BESIDE)


#: libxl keeps the number of a pool in 32 bits; the host has Pool-0
POOLS = {
    "0": True, "00": True, "1": False, "4294967296": True, "4294967297": False,
    "18446744073709551616": False, "-1": False, "": False, "Pool-0": True, "pool-0": False,
    "8589934592": True,
}  # fmt: skip


@pytest.mark.parametrize("pool", POOLS)
def test_the_number_of_a_pool_wraps(pool: str) -> None:
    text = HEAD + f'pool="{pool}"\n'.encode()
    for release in ("4.14", "4.20"):
        reading = read(settings(text), release, "x86_64", SHIM_HOST)
        assert reading.refused != POOLS[pool]
        if needs.present(f"xl-{release}"):
            with XlServer(release) as server:
                assert server.build(text)["reached"] == POOLS[pool]
