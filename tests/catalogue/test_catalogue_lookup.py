"""Looking options and releases up, merging contributed ones, suggesting names."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xlcfg import catalogue
from xlcfg.catalogue import (
    BootParameter,
    Catalogue,
    GuestOption,
    ParameterKind,
    UnknownReleaseError,
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("4.17", "4.17"),
        ("4.17.3", "4.17"),
        ("4.4", "4.4"),
        (" 4.22.0 ", "4.22"),
        ("4.17.7+13-g2445b30a44-0+deb12u1", "4.17"),
        ("4.20-rc1", "4.20"),
        ("Xen-4.18.1", "4.18"),
        ("RELEASE-4.19.6", "4.19"),
        ("master", "unstable"),
        ("unstable", "unstable"),
        ("staging", "unstable"),
    ],
)
def test_releases_people_write(text: str, line: str) -> None:
    assert catalogue.parse_release(text) == line


#: the one line to change here when a release is added
NEWEST = "4.22"


@pytest.mark.parametrize(
    "text",
    ["", "4", "4.", "4.3", "4.99", "5.0", "4.17x", "4.1٧", "newest", "4.17 4.18", "x" * 9999],
)
def test_an_unknown_release_names_those_known(text: str) -> None:
    with pytest.raises(UnknownReleaseError, match=f"4.4 to {NEWEST} and 'unstable'") as caught:
        catalogue.parse_release(text)
    assert len(str(caught.value)) < 140


def test_release_order() -> None:
    lines = catalogue.releases()
    assert lines[0] == "4.4"
    assert lines[-2:] == (NEWEST, "unstable")
    assert catalogue.newest_release() == NEWEST
    assert catalogue.release_index("4.9") < catalogue.release_index("4.10")
    with pytest.raises(UnknownReleaseError):
        catalogue.release_index("4.17.3")


def test_a_guest_key() -> None:
    vpmu = catalogue.guest_option("vpmu")
    assert vpmu is not None
    assert (vpmu.kind, vpmu.first, vpmu.last) == ("defbool", "4.16", "unstable")
    assert not vpmu.is_read("4.15")
    assert vpmu.is_read("4.16", "x86")
    assert vpmu.is_read("4.16", "arm")
    assert catalogue.guest_option("vpmu") is vpmu
    assert catalogue.guest_option("nonsense") is None


def test_an_arm_key_is_parsed_but_means_nothing_on_x86() -> None:
    sve = catalogue.guest_option("sve")
    assert sve is not None
    assert sve.is_parsed("4.20")
    assert sve.is_read("4.20", "arm")
    assert sve.is_read("4.20", "arm64")
    assert not sve.is_read("4.20", "x86")


def test_a_removed_key_knows_what_took_its_place() -> None:
    pvh = catalogue.guest_option("pvh")
    assert pvh is not None
    assert pvh.last == "4.8"
    assert pvh.replacement == 'type="pvh"'
    assert not pvh.is_read("4.9")


def test_a_boot_parameter_by_release_and_architecture() -> None:
    vcpus = catalogue.boot_parameter("dom0_max_vcpus")
    assert vcpus is not None
    assert vcpus.kind("4.17", "x86") == "custom"
    assert vcpus.kind("4.17", "arm") == "integer"
    sleep = catalogue.boot_parameter("acpi_sleep")
    assert sleep is not None
    assert (sleep.kind("4.12", "x86"), sleep.kind("4.13", "x86")) == ("string", "custom")
    assert sleep.kind("4.13", "arm") == ""


def test_bracket_names_match_up_to_the_bracket() -> None:
    parameter = catalogue.boot_parameter("ivrs_ioapic[4]")
    assert parameter is not None
    assert parameter.name == "ivrs_ioapic["
    assert parameter.bracket
    assert catalogue.boot_parameter("dom0_mem[4]") is None


def test_words_of_a_list_parameter_come_and_go() -> None:
    spec = catalogue.boot_parameter("spec-ctrl")
    assert spec is not None
    assert "eager-fpu" in spec.takes("4.21")
    assert "eager-fpu" not in spec.takes("4.22")
    ucode = catalogue.boot_parameter("ucode")
    assert ucode is not None
    gone = [s for s in ucode.suboptions if s.name == "allow-same"]
    assert [(s.state, s.replacement) for s in gone] == [("removed", "digest-check")]


def test_a_parameter_only_a_manual_had_is_never_read() -> None:
    parameter = catalogue.boot_parameter("tmem_lock")
    assert parameter is not None
    assert (parameter.first, parameter.last) == ("", "")
    assert not any(parameter.is_read(r) for r in catalogue.releases())


def test_details_come_with_a_description_and_a_link() -> None:
    memory = catalogue.guest_option("memory")
    assert memory is not None
    assert memory.detail["unit"] == "MiB"
    assert memory.detail is catalogue.detail("memory")
    assert catalogue.manual_url(memory).endswith("/man/xl.cfg.5.html")
    dom0_mem = catalogue.boot_parameter("dom0_mem")
    assert dom0_mem is not None
    assert catalogue.manual_url(dom0_mem).endswith("#dom0_mem-x86")
    gdb = catalogue.boot_parameter("gdb")
    assert gdb is not None
    assert catalogue.manual_url(gdb) == ""
    with pytest.raises(KeyError):
        catalogue.detail("nonsense")


def test_contributed_options_are_found_beside_those_of_xen() -> None:
    ours = GuestOption("runstate_thing", "enum-string", detail={"description": "Ours."})
    word = BootParameter("runstate-thing", (ParameterKind("custom", ("any",), catalogue.ALWAYS),))
    merged = Catalogue([ours], [word])
    assert merged.guest_option("runstate_thing") is ours
    assert ours in merged.guest_options()
    assert len(merged.guest_options()) == len(catalogue.guest_options()) + 1
    assert merged.boot_parameter("runstate-thing") is word
    assert word.kind("4.22", "x86") == "custom"
    assert merged.suggest_guest_key("runstate_thin") == "runstate_thing"
    assert merged.guest_option("memory") is not None
    assert catalogue.guest_option("runstate_thing") is None
    assert ours.detail["description"] == "Ours."


def test_a_contribution_cannot_change_what_xen_reads() -> None:
    with pytest.raises(ValueError, match="memory"):
        Catalogue(guest=[GuestOption("memory", "string")])
    with pytest.raises(ValueError, match="dom0_mem"):
        Catalogue(boot=[BootParameter("dom0_mem", ())])


def test_dialects_are_layers() -> None:
    assert catalogue.guest_option("parallel") is None
    for name in catalogue.dialects():
        layer = Catalogue(guest=catalogue.dialect_options(name))
        assert len(layer.guest_options()) > len(catalogue.guest_options())
    libvirt = Catalogue(guest=catalogue.dialect_options("libvirt"))
    option = libvirt.guest_option("parallel")
    assert option is not None
    assert option.detail["description"]
    with pytest.raises(KeyError):
        catalogue.dialect_options("klingon")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("vcpu", "vcpus"),
        ("maxcpus", "maxvcpus"),
        ("memroy", "memory"),
        ("vncused", "vncunused"),
        ("vncpassword", "vncpasswd"),
        ("network", "vif"),
        ("permissive", "pci_permissive"),
        ("dtb", "device_tree"),
        ("nestedhmv", "nestedhvm"),
        ("Memory", "memory"),
        ("device-model-version", "device_model_version"),
        ("vncviewer_", None),
        ("loader", None),
        ("ept", None),
        ("iommu", "passthrough"),
        ("pvh", "type"),
        # No silly ones.
        ("foo", None),
        ("foobar", None),
        ("x", None),
        ("", None),
        ("abc", None),
        ("colour", None),
        ("vnccolsole", None),
        ("paused", None),
        ("memory", None),
        ("m" * 100_000, None),
        ("ü" * 7, None),
    ],
)
def test_suggestions_for_guest_keys(written: str, meant: str | None) -> None:
    assert catalogue.suggest_guest_key(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("com0_mem", "dom0_mem"),
        ("log_lvl", "loglvl"),
        ("loglevel", "loglvl"),
        ("sync_console_to_ring", "console_to_ring"),
        ("dom0-mem", "dom0_mem"),
        ("gnttab-max-frames", "gnttab_max_frames"),
        ("flask_enforcing", "flask"),
        ("dom0pvh", "dom0"),
        ("pku", "cpuid"),
        ("nosmt", "smt"),
        ("memory", None),
        ("earlyprintk", None),
        ("nomodeset", None),
        ("allowsuperpage", None),
        ("root", None),
        ("console", None),
        ("zzzzzzzz", None),
    ],
)
def test_suggestions_for_boot_parameters(written: str, meant: str | None) -> None:
    assert catalogue.suggest_boot_parameter(written) == meant


def test_suggestions_keep_to_what_the_release_reads() -> None:
    assert catalogue.suggest_guest_key("vpmuu", "4.17") == "vpmu"
    assert catalogue.suggest_guest_key("vpmuu", "4.15") is None
    assert catalogue.suggest_guest_key("msr_relaxd", "4.15") == "msr_relaxed"
    assert catalogue.suggest_guest_key("msr_relaxd", "4.14") is None
    assert catalogue.suggest_guest_key("trap_unmaped_accesses", "4.22", "arm") is not None
    assert catalogue.suggest_guest_key("trap_unmaped_accesses", "4.22", "x86") is None


def test_advice_on_mistakes() -> None:
    paused = catalogue.guest_mistake("paused")
    assert paused is not None
    assert "xl create -p" in paused.advice
    assert catalogue.guest_mistake("memory") is None
    ept = catalogue.guest_mistake("ept")
    assert ept is not None
    assert ept.kind == "misplaced"
    disk = catalogue.boot_mistake("disk")
    assert disk is not None
    assert disk.kind == "misplaced"
    linux = catalogue.boot_mistake("earlyprintk")
    assert linux is not None
    assert linux.kind == "linux"
    assert catalogue.boot_mistake("console", "com1,vga") is None
    assert catalogue.boot_mistake("console", "ttyS0,115200") is not None


def test_the_cold_path_loads_only_its_half_and_nothing_heavy() -> None:
    script = (
        "import sys; before = set(sys.modules); from xlcfg import catalogue; "
        "catalogue.guest_option('memory').is_read('4.17', 'x86'); "
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "xlcfg.catalogue._compiled.guest" in loaded
    assert not loaded & {"dataclasses", "enum", "json", "pathlib", "re", "typing"}
    # what is compiled loads its library, and that importlib
    assert {name for name in loaded if name.partition(".")[0] == "xlcfg"} <= {
        "xlcfg",
        "xlcfg.catalogue",
        "xlcfg.catalogue._compiled",
        "xlcfg.catalogue._compiled.guest",
        "xlcfg.catalogue.lookup",
        "xlcfg.catalogue.options",
        "xlcfg.catalogue.releases",
    }


def test_properties_of_dom0less_guests() -> None:
    names = {p["name"] for p in catalogue.dom0less_properties("xen,domain")}
    assert {"memory", "cpus", "xen,enhanced"} <= names
    assert "xen,xen-bootargs" not in names
    assert len(catalogue.dom0less_properties()) > len(names)
    assert [p["name"] for p in catalogue.dom0less_properties("xen,vcpu")] == ["id", "hard-affinity"]
