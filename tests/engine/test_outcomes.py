"""Places, effects and limits of what the engine says."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from trees import Plain, render, settings

from xlcfg.catalogue import UnknownReleaseError, releases
from xlcfg.core.host import Host
from xlcfg.model.xl import Outcome, Reading, read
from xlcfg.model.xl.effects import EFFECTS
from xlcfg.rules._index import KINDS
from xlcfg.rules.reading import outcome_words

PV: list[tuple[str, Plain]] = [("name", "x"), ("type", "pv"), ("kernel", "/k"), ("memory", 64)]
HVM: list[tuple[str, Plain]] = [("name", "x"), ("type", "hvm"), ("memory", 64)]
FATAL = ("refused", "crash")


def reading(text: str, release: str = "4.20", arch: str = "x86_64", host: Host | None = None):  # type: ignore[no-untyped-def]
    return read(settings(text.encode("latin-1")), release, arch, host)


def only(text: str, kind: str, release: str = "4.20", arch: str = "x86_64") -> Outcome:
    """The one outcome of that kind."""
    found = [o for o in reading(text, release, arch).outcomes if o.kind == kind]
    assert len(found) == 1
    return found[0]


def marked(text: str) -> tuple[str, int, int]:
    """A text without its two `|`, and where they were."""
    start = text.index("|")
    end = text.index("|", start + 1) - 1
    return text.replace("|", ""), start, end


BASE = 'name="x"\ntype="hvm"\n'


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("disk.unknown-value", 'disk=["/x,raw,xvda,|q|"]'),
        ("disk.unknown-value", 'disk=["vdev=xvda,format=|zz|,target=/x"]'),
        ("disk.unknown-parameter", 'disk=["vdev=xvda,|mode|=x,target=/x"]'),
        ("disk.no-vdev", 'disk=["|/x|"]'),
        ("disk.target-takes-rest", 'disk=["target=/x|,vdev=xvda|"]'),
        ("vif.bad-rate", 'vif=["bridge=b, rate=|10|"]'),
        ("vif.unknown-parameter", "vif=['|brigde|=b']"),
        ("vif.no-mac", "vif=['mac=|00:00:00:0:0:0|,bridge=b']"),
        ("vif.other-mac", "vif=['bridge=b,mac=|00:16:3e:0:0:1G|']"),
        ("pci.bad-address", 'pci=["|01.00.0|"]'),
        ("pci.unknown-option", 'pci=["01:00.0,|perm|=1"]'),
        ("pci.bad-slot", 'pci=["01:00.0@|20|"]'),
        ("spec.unknown-value", 'usbctrl=["version=2,type=|zz|"]'),
        ("spec.unknown-value", 'viridian=["base","|bas|"]'),
        ("spec.unknown-key", 'vkb=["backend-type=qemu,|zz|=1"]'),
        ("spec.not-a-number", "irqs=[5, |'5x'|]".replace("|'5x'|", "'|5x|'")),
        ("cpus.bad-range", 'vcpus=1\ncpus="0,|3-1|"'),
        ("cpuid.unknown-flag", 'cpuid="host,|zz|=1"'),
        ("number.not-a-number", "maxmem=|'512M'|"),
        ("enum.unknown", 'on_crash=|"reboot"|'),
        ("type.list-for-value", "kernel=|['/k']|"),
        ("type.value-for-list", "vif=|'bridge=b'|"),
        ("list.cut", 'vif=["bridge=b", |[1]|]'),
        ("key.unknown", "|vcpu|=2"),
        ("key.other-guest-type", "e820_host=|1|"),
    ],
)
def test_an_outcome_points_at_its_place(kind: str, text: str) -> None:
    text, start, end = marked(BASE + text + "\n")
    outcome = only(text, kind)
    assert text[outcome.start : outcome.end] == text[start:end]
    assert (outcome.start, outcome.end) == (start, end)


def test_escapes_make_the_whole_string_the_place() -> None:
    text = BASE + 'disk=["/x\\t,raw,xvda,q"]\n'
    outcome = only(text, "disk.unknown-value")
    assert text[outcome.start : outcome.end] == '"/x\\t,raw,xvda,q"'


def test_outcomes_come_in_the_order_xl_meets_them() -> None:
    text = BASE + 'vif=["rate=x"]\nuuid="zz"\ndisk=["zz"]\non_crash="zz"\n'
    kinds = [o.kind for o in reading(text).outcomes]
    assert kinds == ["uuid.bad", "enum.unknown", "disk.no-vdev", "vif.bad-rate"]


def test_values_are_typed_and_ignored_keys_are_absent() -> None:
    text = BASE + 'memory=64\nvcpus="2"\nvnc=1\nboot="cd"\nmaxmem="zz"\nzz=1\ne820_host=1\n'
    values = reading(text).values
    assert values["memory"] == 65536
    assert values["vcpus"] == 2
    assert values["vnc"] is True
    assert values["boot"] == "cd"
    assert not values.keys() & {"maxmem", "zz", "e820_host"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("00:16:3e:00:00:1G", "00:16:3e:00:00:01"),
        ("00:16:3e:00:00:01:02", "00:16:3e:00:00:01"),
        ("00:16:3e:00:00,bridge=b", "00:16:3e:00:00:0b"),
        ("00:16:3e:00:00:1_0", "00:16:3e:00:00:01"),
        ("0:16:3e:0:0:0x1", ""),
        ("00-16-3E-00-00-01", ""),
    ],
)
def test_an_address_that_xl_reads_as_another(written: str, read: str) -> None:
    found = reading(f'{BASE}vif=["mac={written}"]\n')
    assert [o.args["read"] for o in found.outcomes if o.kind == "vif.other-mac"] == (
        [read] if read else []
    )
    assert found.values["vif"][0]["mac"] == (read or "00:16:3e:00:00:01")


def test_a_number_that_does_not_fit_wraps() -> None:
    outcome = only(BASE + "cap=4294967297\n", "number.wrapped")
    assert outcome.effect == "wrapped"
    assert outcome.args == {"text": "4294967297", "value": 1}


def test_a_narrow_toolstack_has_narrow_numbers() -> None:
    text = BASE + "cap=4294967297\n"
    assert only(text, "number.out-of-range", arch="arm32").effect == "ignored"
    assert "cap" not in reading(text, arch="x86_32").values


def test_the_host_decides_what_is_only_advice_without_it() -> None:
    text = BASE + 'pool="other"\nvcpus=1\ncpus="64"\n'
    plain = reading(text)
    assert not plain.refused
    assert [o.effect for o in plain.outcomes if o.kind == "check.pool"] == ["advice"]
    small = Host(cpus=8, pools=("Pool-0", "other"))
    assert [o.kind for o in reading(text, host=small).outcomes] == ["cpus.no-such-cpu"]
    assert reading(text, host=small).refused
    assert not reading(text, host=Host(cpus=128, pools=("Pool-0", "other"))).refused
    assert reading(text, host=Host(cpus=128)).refused


def test_cpus_that_are_taken_away_again_are_none_on_any_host() -> None:
    for cpus in ("0-3,^0-3", "1,^0-7", "2,3,^3,^2"):
        text = BASE + f'vcpus=1\ncpus="{cpus}"\n'
        for host in (None, Host(cpus=8)):
            outcomes = reading(text, host=host).outcomes
            assert [o.kind for o in outcomes if o.key == "cpus"] == ["cpus.all-excluded"]
            assert reading(text, host=host).refused
    for cpus in ("0-3,^0-2", "^0-3,0-3", "4000000000,^3"):
        text = BASE + f'vcpus=1\ncpus="{cpus}"\n'
        kinds = [o.kind for o in reading(text).outcomes if o.key == "cpus"]
        assert "cpus.all-excluded" not in kinds


def test_what_a_release_does_not_read_it_does_not_refuse() -> None:
    text = 'name="x"\nbuilder="hvm"\nsmbios="zz"\npassthrough="zz"\n'
    assert not reading(text, "4.12").refused
    assert [o.key for o in reading(text, "4.13").outcomes if o.effect == "refused"] == [
        "passthrough"
    ]
    assert {o.key for o in reading(text, "4.18").outcomes if o.effect == "refused"} == {
        "passthrough",
        "smbios",
    }


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ('device_model_version="qemu-xen-traditional"\n', "4.4", "4.20"),
        ('pci=["01:20.0"]\n', "4.4", "4.14"),
        ('p9=["tag=t"]\n', "4.19", "unstable"),
        ('p9=["tag=t,path=/p,security_model=n,zz"]\n', "4.9", "4.17"),
        ('disk=["vdev=xvda,trusted,target=/x"]\n', "4.19", "unstable"),
        ('channel=["connection=pty=x"]\n', "4.5", "4.17"),
        ('vga="qxl"\n', "4.6", "unstable"),
        ('irqs=["5x"]\n', "4.4", "4.6"),
        ("trap_unmapped_accesses=1\n", "4.4", "4.20"),
    ],
)
def test_releases_take_what_they_took(text: str, first: str, last: str) -> None:
    names = releases()
    good = names[names.index(first) : names.index(last) + 1]
    config = 'name="x"\nbuilder="hvm"\n' + text
    if text.startswith("p9"):
        # before it was read, it could not be refused either
        good = tuple({*good, *names[: names.index("4.9")]})
    if text.startswith("channel"):
        good = (names[0], *good)
    taken = [name for name in names if not reading(config, name).refused]
    assert taken == [name for name in names if name in good]


def test_joined_values_and_nested_lists_are_errors_of_old_releases() -> None:
    plus = 'name="x"\nbuilder="hvm"\nboot="c"\nboot+="d"\n'
    assert reading(plus, "4.12").refused
    assert reading(plus, "4.13").values["boot"] == "cd"
    nested = 'name="x"\nbuilder="hvm"\nvif=["bridge=b",[1]]\n'
    assert reading(nested, "4.5").refused
    assert not reading(nested, "4.6").refused


def test_arm_has_its_own_default_and_rules() -> None:
    text = 'name="x"\nkernel="/k"\n'
    assert reading(text, arch="arm64").guest_type == "pvh"
    assert reading(text, arch="x86_64").guest_type == "pv"
    few = text + 'irqs=["100"]\nnr_spis=5\n'
    assert only(few, "check.nr-spis", arch="arm64").args["least"] == 69
    assert not reading(few).refused
    assert not reading(text + 'dtdev=["/x"]\n', arch="arm64").refused
    assert reading(text + 'type="pvh"\ndtdev=["/x"]\n').refused
    assert reading(text + 'passthrough="sync_pt"\n', arch="arm64").refused


def test_an_unknown_release_is_an_error() -> None:
    with pytest.raises(UnknownReleaseError):
        reading(BASE, "4.3")


def test_every_effect_is_a_known_one() -> None:
    effects = {"refused", "crash", "ignored", "dropped", "wrapped", "cut", "note", "host", "fails"}
    assert set(EFFECTS.values()) == effects


def test_the_templates_fit_the_facts() -> None:
    """Every outcome of many random configs can be told, and lies inside its file."""
    import random

    import generator

    chance = random.Random(7)
    told = set()
    for _ in range(1500):
        pairs = generator.config(chance)
        size = len(render(pairs))
        for release in ("4.4", "4.12", "4.14", "4.18", "unstable"):
            result: Reading = read(settings(render(pairs)), release, "x86_64")
            for outcome in result.outcomes:
                told.add(outcome.kind)
                if outcome.kind in KINDS:
                    _, message, help_text = outcome_words(outcome)
                    assert "{" not in message.replace(str(outcome.args.get("text")), "")
                    assert help_text
                assert 0 <= outcome.start <= outcome.end <= size
    assert len(told) > 100


@pytest.mark.parametrize(
    "value",
    [
        '["' + "cdrom," * 50_000 + '"]',
        '["' + "zz=1," * 50_000 + '"]',
        '["' + " " * 300_000 + '"]',
        '["' + "a:" * 150_000 + '"]',
        '"' + "all," * 50_000 + '"',
        '"' + "0-4000000000," * 20_000 + '"',
        '["' + "9" * 300_000 + '"]',
        "[" + '"x",' * 20_000 + "]",
    ],
)
def test_huge_values_end_soon_and_say_little(value: str) -> None:
    started = time.perf_counter()
    for key in ("disk", "vif", "pci", "cpus", "p9", "vdispl", "irqs", "rdm", "cpuid", "vkb"):
        result = reading(f"{BASE}vcpus=4\n{key}={value}\n")
        assert len(result.outcomes) < 6000
    assert time.perf_counter() - started < 30


def test_a_config_imports_only_the_grammars_it_uses() -> None:
    script = (
        "import sys\n"
        "from xlcfg.model.settings import Settings\n"
        "from xlcfg.syntax.guest import read_guest\n"
        "from xlcfg.model.xl import read\n"
        'text = \'name="x"\\ntype="hvm"\\ndisk=["/x,raw,xvda,w"]\\n\'\n'
        "assert not read(Settings(read_guest(text)), '4.20', 'x86_64').refused\n"
        "specs = {m.rpartition('.')[2] for m in sys.modules if '.xl.specs.' in m}\n"
        "heavy = {'dataclasses', 'typing', 'inspect', 'pathlib', 'json', 'lark', 'pluggy'}\n"
        "print(specs, 'xlcfg.model.xl.effects' in sys.modules, heavy & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "{'disk'} False set()\n"


@pytest.mark.parametrize(
    ("spec", "kind", "function"),
    [
        ("bdf=1:2", "pci.stray-function", 1),
        ("bdf=0:5:2", "pci.stray-function", 0),
        ("bdf=7:2^.3,vslot=4", "pci.stray-function", 7),
        ("bdf=8:2", "pci.no-function", None),
        ("bdf=1:20", "pci.bad-address", None),
        ("1:2", "pci.no-function", None),
    ],
)
def test_a_pci_address_without_function(spec: str, kind: str, function: int | None) -> None:
    """As xl 4.17 and 4.20 do: behind `bdf=` the first number is taken for the function, too."""
    tree = settings(render([("name", "x"), ("type", "hvm"), ("pci", [spec])]))
    reading = read(tree, "4.17", "x86_64")
    assert kind in [outcome.kind for outcome in reading.outcomes]
    assert reading.refused == (function is None)
    if function is not None:
        devices = reading.values["pci"]
        assert isinstance(devices, list)
        assert devices[0]["func"] == function
