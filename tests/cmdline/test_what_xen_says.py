"""What Xen says of a line and where its builds differ, read off its sources and its consoles."""

from __future__ import annotations

import pytest

from xlcfg.core.diagnostics import ERROR, INFO, WARNING
from xlcfg.model.boot import read_boot_line
from xlcfg.rules.boot import finding_words, severity


def found(line: str, release: str = "4.22", arch: str = "x86") -> list[tuple[str, str]]:
    """Severity and kind of each finding."""
    findings = read_boot_line(line, release, arch).findings
    return [(severity(f), f.kind) for f in findings]


@pytest.mark.parametrize(
    ("line", "arch", "first", "last"),
    [
        # Arm never selects NUMA, so common/numa.c is not in its builds
        ("numa=on", "arm64", "", ""),
        ("numa=on", "x86", "4.14", "4.22"),
        # opt_grant_transfer is a constant without CONFIG_PV
        ("gnttab=transfer=1", "arm64", "", ""),
        ("gnttab=transfer", "x86", "4.17", "4.22"),
        # ns16550.c has the parameters for x86 alone from 4.15 on
        ("com1=115200,8n1", "arm64", "4.14", "4.14"),
        ("com2=115200", "arm32", "4.14", "4.14"),
        ("com1=115200", "x86", "4.14", "4.22"),
        # CONFIG_HAS_PIRQ came with 4.19
        ("extra_guest_irqs=32,1024", "arm64", "4.14", "4.18"),
        ("extra_guest_irqs=32,1024", "x86", "4.14", "4.22"),
        # HAS_PCI cannot be had on Arm from 4.16, where both began to ask for it, to 4.20
        ("pci-passthrough=on", "arm64", "4.21", "4.22"),
        ("pci-passthrough=on", "arm32", "", ""),
        ("pci-passthrough=on", "x86", "", ""),
        ("iommu=quarantine=scratch-page", "arm64", "4.21", "4.22"),
        ("iommu=quarantine=scratch-page", "x86", "4.16", "4.22"),
    ],
)
def test_which_builds_take_a_word(line: str, arch: str, first: str, last: str) -> None:
    releases = [f"4.{minor}" for minor in range(14, 23)]
    quiet = [r for r in releases if not found(line, r, arch)]
    wanted = releases[releases.index(first) : releases.index(last) + 1] if first else []
    assert quiet == wanted
    assert all(severity_ == ERROR for r in releases for severity_, _ in found(line, r, arch))


def test_quarantine_needs_what_pci_passthrough_needs() -> None:
    quiet = [r for r in range(14, 23) if not found("iommu=quarantine=no", f"4.{r}", "arm64")]
    assert quiet == [14, 15, 21, 22]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("console=com1,vga", []),
        ("console=com1H,vgafoo,nonesense", []),
        ("console=com1,ttyS0", [(ERROR, "bad-console")]),
        ("console=ttyS0,hvc0", [(ERROR, "no-console-left")] * 2),
        ("console=vga,", [(ERROR, "bad-console")]),
        ("console=", [(ERROR, "no-console-left")]),
        ("console=vga,com1,com3", [(ERROR, "bad-console")]),
        # only the last counts
        ("console=tty0 console=com1", [(WARNING, "overridden")]),
        # a debug port has to be set up
        ("console=dbgp", [(ERROR, "no-console-left")]),
        ("console=vga,xhci dbgp=ehci", [(ERROR, "bad-console")]),
        ("console=vga,dbgp,ehci dbgp=ehci@pci00:1a.0", []),
        ("console=xhci dbgp=xhci", []),
        ("console=vga,loglvl=all", [(ERROR, "bad-console")]),
    ],
)
def test_consoles(line: str, expected: list[tuple[str, str]]) -> None:
    assert found(line) == expected


def test_a_bad_console_is_named() -> None:
    (bad,) = read_boot_line("console=com1,ttyS0,vga", "4.10", "x86").findings
    assert finding_words(bad)[1] == (
        'Xen 4.10 has no console "ttyS0" and uses the rest; '
        "it prints: Bad console= option 'ttyS0'"
    )
    # also releases that say nothing of other words
    assert found("console=com1,ttyS0", "4.4") == [(ERROR, "bad-console")]
    assert found("console=vga,xhci dbgp=xhci", "4.16")[0] == (ERROR, "bad-console")


@pytest.mark.parametrize(
    ("value", "rc"),
    [
        ("xhci", 0),
        ("xhci2,share=yes", 0),
        ("xhci@pci00:14.0,share=hwdom", 0),
        ("xhci,no-share", 0),
        ("xhci,", 0),
        ("xhci,share=maybe", -22),
        ("xhci,shared", -22),
        ("xhci@pci00:14", -22),
        ("xhci@00:14.0", -22),
        ("ehci@anything", 0),
    ],
)
def test_debug_ports(value: str, rc: int) -> None:
    (word,) = read_boot_line(f"dbgp={value}", "4.22", "x86").words
    assert word.rc == rc


def test_a_debug_port_of_no_kind_is_nobodys() -> None:
    assert found("dbgp=uhci") == [(WARNING, "unknown-value")]


@pytest.mark.parametrize(
    ("release", "level", "silent"),
    [
        ("4.17", "none", True),
        ("4.17", "error", True),
        ("4.17", "warning", False),
        ("4.17", "error/warning", False),
        ("4.18", "error", True),
        ("4.18", "warning", True),
        ("4.18", "warning/info", False),
        ("4.18", "info", False),
        ("4.22", "all", False),
        ("4.22", "none/all", False),
    ],
)
def test_loglvl_silences_what_comes_after_it(release: str, level: str, silent: bool) -> None:
    line = f"foo=1 loglvl={level} bar=1 console=vga,tty0"
    after = WARNING if silent else ERROR
    assert found(line, release) == [
        (ERROR, "unknown"),
        (after, "unknown"),
        (after, "bad-console"),
    ]
    says = finding_words(read_boot_line(line, release, "x86").findings[1])[1]
    assert ("loglvl= keeps it from printing" in says) is silent
    unknown = [f'parameter "{name}" unknown!' for name in ("foo", "bar")]
    assert read_boot_line(line, release, "x86").xen_messages() == unknown[: 1 if silent else 2]


def test_loglvl_may_silence_the_complaint_about_itself() -> None:
    assert found("loglvl=loud", "4.17") == [(ERROR, "invalid")]
    assert found("loglvl=loud", "4.18") == [(WARNING, "invalid")]


def test_words_of_the_early_boot_code_stay() -> None:
    (early,) = read_boot_line("no-real-mode", "4.14", "x86").findings
    assert "from 4.16 on" in finding_words(early)[2]
    (early,) = read_boot_line("edd=off", "4.14", "x86").findings
    assert "from 4.15 on" in finding_words(early)[2]


def test_the_first_word_of_grub_is_nobodys_fault() -> None:
    assert found("placeholder dom0_mem=1G", "4.22", "arm64") == [(INFO, "placeholder")]
    assert found("placeholder dom0_mem=1G", "4.11") == [(INFO, "placeholder")]
    assert found("placeholder dom0_mem=1G") == []
    assert found("dom0_mem=1G placeholder", "4.22", "arm64") == [(ERROR, "other-arch")]


def test_consoles_as_arm64_took_them() -> None:
    """What 4.17 and 4.20 printed in QEMU: the first serial port is that of the device tree."""
    line = "console=dtuart,foo,com1,vga,,"
    for release in ("4.17", "4.20"):
        bad = [f.args["part"] for f in read_boot_line(line, release, "arm64").findings
               if f.kind == "bad-console"]  # fmt: skip
        assert sorted(bad) == ["", "", "foo"]
