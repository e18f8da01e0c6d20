"""Guests and boot lines on RISC-V."""

from __future__ import annotations

import pytest
from plugins.toolstacks import codes, guests, linter, quoted, reports

from xlcfg.checks.file import check_any
from xlcfg.core.source import Source
from xlcfg.model.boot import read_boot_line
from xlcfg.source.devicetree import architecture, read_text

DOMAIN = """domU{n} {{
  compatible = "xen,domain"; #address-cells = <1>; #size-cells = <1>;
  memory = <0 0x20000>; cpus = <1>; {more}
  module@0 {{ compatible = "multiboot,kernel", "multiboot,module"; reg = <0 1>; }};
}};"""


def tree(*more: str, cpus: str = "", line: str = "console=dtuart") -> str:
    domains = "".join(DOMAIN.format(n=n, more=text) for n, text in enumerate(more))
    chosen = f'chosen {{ xen,xen-bootargs = "{line}"; {domains} }};'
    return f"/dts-v1/;\n/ {{ {cpus} {chosen} }};\n"


def cpu(name: str) -> str:
    return f'cpus {{ cpu@0 {{ compatible = "{name}"; }}; }};'


@pytest.mark.parametrize(
    ("text", "arch"),
    [
        (tree("", cpus=cpu("riscv")), "riscv64"),
        (tree("", cpus='cpus { cpu@0 { compatible = "sifive,u74-mc", "riscv"; }; };'), "riscv64"),
        (tree("", cpus='cpus { cpu@0 { mmu-type = "riscv,sv48"; }; };'), "riscv64"),
        (tree('mmu-type = "riscv,sv39";'), "riscv64"),
        (tree("", cpus=cpu("arm,cortex-a53")), "arm"),
        (tree('mmu-type = "riscv,sv39";', cpus=cpu("arm,cortex-a53")), "arm"),
        (tree(""), ""),
    ],
)
def test_a_tree_says_which_machine_it_is_for(text: str, arch: str) -> None:
    assert architecture(read_text(Source("a.dts", text.encode())).root) == arch


@pytest.mark.parametrize("arch", ["x86_64", "arm64", "riscv64"])
def test_the_machine_of_a_guest_is_that_of_its_tree(arch: str) -> None:
    (guest,) = guests(tree("", cpus=cpu("riscv")), arch=arch)
    assert guest.target.arch == "riscv64"
    (guest,) = guests(tree(""), arch=arch)
    assert guest.target.arch == ("arm64" if arch == "x86_64" else arch)


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("riscv,sv39", False), ("RISCV,SV48", False), ("riscv,sv57", False),
        ("riscv,none", True), ("riscv,sv32", True), ("riscv,sv39x4", True), ("riscv,sv", True),
        ("sv39", True), ("", True),
    ],
)  # fmt: skip
def test_mmu_type(value: str, refused: bool) -> None:
    text = tree(f'mmu-type = "{value}";')
    (report,) = reports(text, release="4.22")
    assert ("DT115" in codes(report)) is refused
    if refused:
        assert quoted(report, "DT115") == f'mmu-type = "{value}"'
    (report,) = reports(text, release="4.21")
    assert "DT115" not in codes(report)
    assert "DT103" not in codes(report) or "mmu-type" in quoted(report, "DT103")


def test_all_guests_have_the_same_tables() -> None:
    text = tree('mmu-type = "riscv,sv39";', 'mmu-type = "riscv,sv48";', "")
    first, second, third = reports(text, release="4.22")
    assert "DT115" not in codes(first)
    assert "DT115" in codes(second)
    assert "DT115" not in codes(third)


def test_properties_of_other_machines() -> None:
    (report,) = reports(tree("vpl011; sve = <100>;", cpus=cpu("riscv")), release="4.22")
    assert [d.message for d in report.diagnostics if d.code == "DT102"] == [
        "Xen on riscv64 does not read `vpl011` of a domain",
        "Xen on riscv64 does not read `sve` of a domain",
    ]
    assert "XL103" not in codes(report)
    (report,) = reports(tree('mmu-type = "riscv,none";', cpus=cpu("arm,cortex-a53")))
    assert codes(report) == ["DT102"]


def test_no_policy_holds() -> None:
    (report,) = reports(tree("", cpus=cpu("riscv")))
    assert report.policy is None
    assert "RS004" in codes(report)


def test_the_line_is_read_for_the_machine() -> None:
    source = Source("a.dts", tree("", cpus=cpu("riscv"), line="vmid=no dom0_mem=1G").encode())
    source.kind = "dts"
    file = check_any(source, linter(release="4.22"))[0]
    assert codes(file) == ["BL103"]
    assert quoted(file, "BL103") == "dom0_mem"


@pytest.mark.parametrize(
    ("word", "release", "effect"),
    [
        ("vmid=no", "4.22", "used"), ("console=dtuart", "4.22", "used"),
        ("dtuart=/soc/serial", "4.21", "used"), ("dtuart=/soc/serial", "4.20", "unknown"),
        ("iommu=no", "4.22", "unknown"), ("dom0_mem=1G", "4.22", "unknown"),
        ("pci=no-serr", "4.22", "unknown"), ("sched=credit2", "4.22", "used"),
    ],
)  # fmt: skip
def test_parameters(word: str, release: str, effect: str) -> None:
    (read,) = read_boot_line(word, release, "riscv64").words
    assert read.effect == effect


def test_options_are_those_of_the_machine(capsys: pytest.CaptureFixture[str]) -> None:
    from xlcfg.cli import run

    run(["options", "--kind", "boot", "--arch", "riscv64"])
    shown = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert {"vmid", "dtuart"} <= shown
    assert not {"iommu", "dom0_mem", "acpi"} & shown
