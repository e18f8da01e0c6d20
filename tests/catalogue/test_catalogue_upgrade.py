"""What an upgrade changes is said of exactly the settings it changes."""

from __future__ import annotations

import pytest

from xlcfg import catalogue
from xlcfg.catalogue.upgrade import UpgradeFinding, guest_type, upgrade_findings


def brief(found: list[UpgradeFinding]) -> list[tuple[str, str, str]]:
    return [(f.release, f.name, f.effect) for f in found]


def guest(
    settings: dict[str, object], start: str, end: str, arch: str = "x86"
) -> list[UpgradeFinding]:
    return upgrade_findings(settings, [], start, end, arch, boot=False)  # type: ignore[arg-type]


def boot(line: str, start: str, end: str, arch: str = "x86") -> list[UpgradeFinding]:
    return upgrade_findings({}, line.split(" "), start, end, arch, guest=False)


def changed(line: str, start: str, end: str) -> list[UpgradeFinding]:
    """Without the words that only begin to work."""
    return [f for f in boot(line, start, end) if f.effect != "new-meaning"]


QUIET = "cet=no fred=0 loglvl=all reboot=acpi wallclock=cmos sched=credit x2apic"


def test_a_plain_guest_has_nothing_to_fear() -> None:
    plain = {"name": "a", "type": "pvh", "kernel": "/k", "memory": "512", "disk": ["/a,raw,xvda"]}
    assert guest(plain, "4.15", "4.22") == []


def test_the_traditional_device_model() -> None:
    old = {"type": "hvm", "device_model_version": "qemu-xen-traditional", "bios": "rombios"}
    found = guest(old, "4.17", "4.22")
    assert brief(found) == [
        ("4.21", "bios", "error"),
        ("4.21", "device_model_version", "error"),
    ]
    assert {f.severity for f in found} == {"error"}
    assert found[0].evidence == "19ab8356ab"
    assert "seabios" in found[0].cure
    # For a PV guest xl never looks at bios.
    assert brief(guest({**old, "type": "pv"}, "4.17", "4.22")) == [
        ("4.21", "device_model_version", "error")
    ]
    # The values that still work are not touched.
    assert guest({"type": "hvm", "bios": "seabios"}, "4.17", "4.22") == []


def test_only_the_releases_on_the_way_count() -> None:
    settings = {"type": "hvm", "rdm": "strategy=host,policy=relaxed", "msr_relaxed": "1"}
    assert brief(guest(settings, "4.14", "4.22"))[0] == ("4.15", "msr_relaxed", "new-meaning")
    assert ("4.15", "rdm", "ignored") in brief(guest(settings, "4.14", "4.15"))
    assert guest(settings, "4.15", "4.22") == []
    assert guest({**settings, "rdm": "strategy=host"}, "4.14", "4.22") == [
        f for f in guest(settings, "4.14", "4.22") if f.name == "msr_relaxed"
    ]


def test_a_dropped_key() -> None:
    found = guest({"type": "pv", "builder": "generic", "pvh": "1", "kernel": "/k"}, "4.8", "4.9")
    assert brief(found) == [("4.9", "pvh", "ignored")]
    assert found[0].cure == 'Write type="pvh" instead.'
    assert "4.8.5" in found[0].evidence
    assert "4.9.4" in found[0].evidence


def test_a_key_that_had_no_effect_yet() -> None:
    assert brief(guest({"type": "hvm", "hvm_pirq": "1"}, "4.18", "4.19")) == [
        ("4.19", "hvm_pirq", "new-meaning")
    ]
    # Not for a guest type, nor an architecture, for which it never will.
    assert guest({"type": "pv", "hvm_pirq": "1"}, "4.18", "4.19") == []
    assert guest({"type": "pvh", "sve": "128"}, "4.17", "4.18", "x86") == []
    assert brief(guest({"type": "pvh", "sve": "128"}, "4.17", "4.18", "arm")) == [
        ("4.18", "sve", "new-meaning")
    ]


def test_a_default_that_changes_counts_where_it_matters() -> None:
    passed = {"type": "hvm", "pci": ["01:00.0"]}
    assert brief(guest(passed, "4.18", "4.19")) == [("4.19", "hvm_pirq", "default")]
    assert guest({"type": "hvm"}, "4.18", "4.19") == []
    assert guest({"type": "pv", "pci": ["01:00.0"]}, "4.18", "4.19") == []
    assert "hvm_pirq" not in [f.name for f in guest({**passed, "hvm_pirq": "0"}, "4.19", "4.22")]


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        ("tag=a,path=/p,security_model=none", False),
        ("tag=a,path=/p,security_model=none,flag", True),
        ("tag=,path=/p,security_model=none", True),
    ],
)
def test_words_of_p9(entry: str, refused: bool) -> None:
    assert bool(guest({"type": "pv", "p9": [entry]}, "4.17", "4.18")) == refused


@pytest.mark.parametrize(
    ("entry", "refused"),
    [
        ("01:00.0", False),
        ("01:00.0,permissive=1,rdm_policy=strict", False),
        ("01:00.0, permissive=1", True),
        ("01:00.0,romfile=/x", True),
        ("01:00.0,", False),
    ],
)
def test_words_of_pci(entry: str, refused: bool) -> None:
    found = guest({"type": "pv", "pci": [entry], "msr_relaxed": "1"}, "4.14", "4.15")
    assert ("pci" in [f.name for f in found]) == refused


def test_removed_boot_parameters_are_reported_from_4_10_on() -> None:
    found = boot(f"pku=0 {QUIET}", "4.17", "4.18")
    assert [(f.name, f.effect, f.severity) for f in found] == [("pku", "ignored", "error")]
    assert "cpuid=no-pku" in found[0].cure
    early = boot(f"tmem_dedup {QUIET}", "4.7", "4.8")
    assert [(f.name, f.severity) for f in early] == [("tmem_dedup", "warning")]
    late = boot(f"tmem {QUIET}", "4.12", "4.13")
    assert [(f.name, f.severity) for f in late] == [("tmem", "error")]


def test_words_inside_a_parameter() -> None:
    found = changed(f"ucode=scan,allow-same spec-ctrl=no-eager-fpu {QUIET}", "4.19", "4.22")
    assert brief(found) == [("4.20", "ucode", "error"), ("4.22", "spec-ctrl", "error")]
    assert changed(f"ucode=scan spec-ctrl=xen {QUIET}", "4.19", "4.22") == []
    bugs = boot(f"iommu=workaround_bios_bug {QUIET}", "4.11", "4.12")
    assert [f.name for f in bugs] == ["iommu"]
    assert "workaround_bios_bug" in bugs[0].message


def test_defaults_of_the_boot_line() -> None:
    assert ("4.18", "loglvl", "default") in brief(boot("dom0_mem=1G", "4.17", "4.18"))
    assert changed(f"dom0_mem=1G {QUIET}", "4.14", "4.22") == []
    # What a release for that architecture does not have has no default there.
    assert "fred" not in [f.name for f in boot("dom0_mem=1G", "4.21", "4.22", "arm")]


def test_no_boot_line_or_no_guest_is_not_an_empty_one() -> None:
    assert upgrade_findings({}, [], "4.14", "4.22", boot=False, guest=False) == []


def test_the_no_prefix() -> None:
    assert [f.name for f in boot(f"no-pku {QUIET}", "4.17", "4.18")] == ["pku"]


def test_going_back_lists_what_the_older_release_does_not_know() -> None:
    settings = {"type": "hvm", "hvm_pirq": "1", "vpmu": "1", "memory": "1"}
    found = guest(settings, "4.20", "4.15")
    assert brief(found) == [("4.18", "hvm_pirq", "ignored"), ("4.15", "vpmu", "ignored")]
    assert [f.name for f in boot("fred vpid", "4.22", "4.20")] == ["fred"]


def test_the_same_release_changes_nothing() -> None:
    assert upgrade_findings({"rdm": "policy=strict"}, ["pku"], "4.17", "4.17") == []


def test_findings_come_in_the_order_of_releases() -> None:
    settings = {"type": "hvm", "bios": "rombios", "vpmu": "1", "rdm": "policy=strict"}
    found = upgrade_findings(settings, ["pku", "gdb=com1", "cpu_type=x"], "4.14", "4.22")
    indexes = [catalogue.release_index(f.release) for f in found]
    assert indexes == sorted(indexes)
    assert {f.name for f in found} >= {"rdm", "vpmu", "pku", "gdb", "bios", "cpu_type"}


@pytest.mark.parametrize(
    ("settings", "arch", "kind"),
    [
        ({}, "x86", "pv"),
        ({}, "arm", "pvh"),
        ({"type": "h"}, "x86", "hvm"),
        ({"type": ""}, "x86", "hvm"),
        ({"type": "p"}, "x86", "pv"),
        ({"type": "pvh"}, "x86", "pvh"),
        ({"builder": "hvm"}, "x86", "hvm"),
        ({"builder": "generic"}, "x86", "pv"),
        ({"type": ["hvm"]}, "x86", "pv"),
    ],
)
def test_the_guest_type(settings: dict[str, object], arch: str, kind: str) -> None:
    assert guest_type(settings, arch) == kind  # type: ignore[arg-type]


def test_hostile_values_do_no_harm() -> None:
    deep: list[object] = []
    for _ in range(20_000):
        deep = [deep]
    long = "a=" * 200_000
    settings = {"type": "hvm", "p9": deep, "pci": [long, ""], "cpuid": ["0:" * 100_000], "x": long}
    assert guest(settings, "4.4", "4.22")
    assert boot("no- = no-= " + "spec-ctrl=" + "no-" * 100_000, "4.4", "4.22")


def test_unknown_releases_are_refused() -> None:
    with pytest.raises(catalogue.UnknownReleaseError):
        upgrade_findings({}, [], "4.14", "4.99")


def test_what_depends_on_the_host_is_no_error() -> None:
    settings = {
        "type": "hvm",
        "bootloader": "/usr/bin/pygrub",
        "device_model_stubdomain_override": "1",
        "cpuid": ["0:eax=00000000000000000000000000001101"],
    }
    found = guest(settings, "4.17", "4.22")
    assert {f.name for f in found} == {"bootloader", "device_model_stubdomain_override", "cpuid"}
    assert "error" not in {f.severity for f in found}
