"""Boot lines in menus, settings, scripts and logs: what is read of them, and where it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import xlcfg
from support import make_linter
from xlcfg.checks.file import check_any
from xlcfg.core.diagnostics import Diagnostic
from xlcfg.core.source import Source
from xlcfg.source.boot import lines_from, sniff
from xlcfg.source.kinds import KINDS, recognise

LIMINE = """\
timeout: 5
${OPTS}=dom0_mem=4G
/Xen
    protocol: multiboot2
    path: boot():/xen.gz
    cmdline: ${OPTS} bogus=1 ${ARCH}x
    module_path: boot():/vmlinuz
    module_cmdline: dom0_mem=lots
/Linux
    protocol: linux
    path: boot():/vmlinuz
    cmdline: quiet
"""
OLD_LIMINE = """\
TIMEOUT=5
:Xen
PROTOCOL=multiboot2
KERNEL_PATH=boot:///boot/xen.gz
KERNEL_CMDLINE=dom0_mem=4G
MODULE_PATH=boot:///vmlinuz
MODULE_CMDLINE=quiet
"""
EFI_LIMINE = """\
/Xen
protocol: efi
path: boot():/xen.efi
cmdline: -cfg=xen.cfg -- dom0_mem=4G
"""
LOADER = """\
xen_kernel="/boot/xen"
#xen_cmdline="old"
xen_cmdline="first"
xen_cmdline="dom0_mem=2048M dom0=pvh"   # last one counts
if_tap_load="YES"
"""
KEXEC = (
    "Qubes|xen|kernel /xen.gz placeholder console=none|module /vmlinuz root=/dev/x|module /i\n"
    "Linux|elf|kernel /vmlinuz root=/dev/x\n"
)
NIX = """\
{ pkgs, lib, config, ... }:
{
  /* dom0_mem=1G; */
  virtualisation.xen = {
    enable = true;
    # boot.params = [ "no" ];
    boot.params = lib.mkForce ([ "loglvl=all" ''noreboot'' ] ++ [ "x=${toString 3}" "vga=ask" ]);
    dom0Resources = { memory = 512; maxMemory = 1024; maxVCPUs = 2; };
  };
  boot.kernelParams = [ "quiet" ];
  specialisation.debug.configuration.virtualisation.xen.bootParams = [ "noreboot" ];
}
"""
SCRIPT = """\
#!/bin/bash
set -e
MEM=4096M
# xen-cmdline --set-xen comment=1
/opt/xensource/libexec/xen-cmdline --set-xen dom0_mem=$MEM,max:$MEM "iommu=1 noreboot"
/opt/xensource/libexec/xen-cmdline --set-dom0 "xen-pciback.hide=(02:00.0)"
ssh root@h sudo xen-cmdline --set-xen crashkernel=$SIZE watchdog && echo done
xen-cmdline --get-xen dom0_mem
xen-cmdline --delete-xen watchdog
"""
BLS = "title Xen\nmultiboot2 /xen.gz dom0_mem=4G\nmodule2 /vmlinuz quiet\n"
INFO = """\
host                   : h1
release                : 5.15.0
machine                : x86_64
nr_cpus                : 8
xen_major              : 4
xen_minor              : 18
xen_version            : 4.18.0
xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_64
xen_commandline        : placeholder dom0_mem=4G smt=0
cc_compiler            : gcc
"""


@pytest.mark.parametrize(
    ("name", "text", "kind", "lines"),
    [
        ("limine.conf", LIMINE, "limine", ["dom0_mem=4G bogus=1 "]),
        ("limine.cfg", OLD_LIMINE, "limine", ["dom0_mem=4G"]),
        ("limine.conf", EFI_LIMINE, "limine", ["dom0_mem=4G"]),
        ("loader.conf", LOADER, "loader-conf", ["dom0_mem=2048M dom0=pvh"]),
        ("kexec_default.1.txt", KEXEC, "kexec-menu", ["placeholder console=none"]),
        (
            "xen.nix",
            NIX,
            "nix",
            [
                "loglvl=all noreboot vga=ask dom0_mem=512M,max:1024M dom0_max_vcpus=2",
                "noreboot",
            ],
        ),
        (
            "x.sh",
            SCRIPT,
            "xen-cmdline",
            ["dom0_mem=4096M,max:4096M iommu=1 noreboot", "watchdog"],
        ),
        ("xen.conf", BLS, "grub-cfg", ["dom0_mem=4G"]),
        ("info", INFO, "xl-info", ["placeholder dom0_mem=4G smt=0"]),
        ("info", INFO.replace("\n", "\r\n"), "xl-info", ["placeholder dom0_mem=4G smt=0"]),
    ],
)
def test_lines_of_other_places(name: str, text: str, kind: str, lines: list[str]) -> None:
    source = Source(name, text.encode())
    assert recognise(f"/x/{name}", source.data) == kind
    assert sniff(source) == kind
    found = lines_from(source, kind)
    assert [line.text for line in found] == lines
    for line in found:
        for word in line.text.split():
            at = line.text.index(word)
            start, end = line.span(at, at + len(word))
            assert 0 <= start < end <= len(source.data)
            if kind not in ("nix", "xen-cmdline"):
                assert source.text[start:end] == word


def test_a_number_of_nixos_is_where_its_word_is() -> None:
    source = Source("xen.nix", NIX.replace("maxVCPUs = 2", "maxVCPUs = 70000").encode())
    (line, _) = lines_from(source, "nix")
    at = line.text.index("dom0_max_vcpus=")
    start, end = line.span(at, len(line.text))
    assert source.text[start:end] == "70000"


# ---- logs ------------------------------------------------------------------------------------

X86 = """\
(XEN) parameter "basevideo" unknown!
(XEN) parameter "iommu" has invalid value "bogus", rc=-22!
 Xen 4.14.3
(XEN) Xen version 4.14.3 (@) (x86_64-linux-gnu-gcc 10.3.0) debug=n  Fri Dec 10 16:11:21 UTC 2021
(XEN) Bootloader: EFI
(XEN) Command line: basevideo dom0_mem=6G iommu=bogus
(XEN) Xen image load base address: 0x6e000000
"""
ARM = """\
(XEN) Command line: console=dtuart tpyo=1 dom0_mem=1G
(XEN) parameter "tpyo" unknown!
(XEN) Domain heap initialised
 Xen 4.17.2
(XEN) Xen version 4.17.2 (u@h) (aarch64-linux-gnu-gcc 12.2.0) debug=y Mon Jan 1 2024
(XEN) 64-bit Execution:
"""


def check(text: str, kind: str = "xen-log", release: str = "4.22") -> list[Diagnostic]:
    source = Source("log", text.encode())
    source.kind = kind
    (report,) = check_any(source, make_linter(release, "x86_64"))
    for found in report.diagnostics:
        for start, end, _ in ((found.start, found.end, ""), *found.related):
            assert start is None or end is None or start <= end <= len(source.data)
    return report.diagnostics


def lined(text: str, found: Diagnostic) -> int:
    assert found.start is not None
    return text.encode()[: found.start].count(b"\n") + 1


def test_a_log_is_checked_for_the_release_that_wrote_it() -> None:
    assert recognise("dmesg.txt", X86.encode()) == "xen-log"
    found = check(X86)
    assert [(d.code, lined(X86, d)) for d in found] == [("BL101", 6), ("BL201", 6)]
    assert "Xen 4.14 has no parameter" in found[0].message
    assert [text for d in found for _, _, text in d.related] == ["Xen says so here"] * 2


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace("(XEN) ", "(XEN) [    0.000000] "),
        lambda line: line.replace("(XEN) ", "(XEN) [2024-01-01 10:00:00.123] "),
        lambda line: line.replace("(XEN) ", "(XEN) [0000001234abcdef] "),
        lambda line: line + "\r",
        lambda line: "Jan 01 00:00:00 con1: " + line,
        lambda line: "\x1b[2J\x1b[0m" + line + "\x1b[K",
        lambda line: "[    1.5] dom0 says Command line: dom0_mem=lots\n" + line,
    ],
)
def test_whatever_stands_before_what_xen_prints(change) -> None:  # type: ignore[no-untyped-def]
    text = "\n".join(map(change, X86.splitlines())) + "\n"
    assert [d.code for d in check(text)] == ["BL101", "BL201"]
    assert all(len(d.related) == 1 for d in check(text))


def test_an_arm_log_has_its_line_first() -> None:
    (found,) = check(ARM)
    assert (found.code, lined(ARM, found), len(found.related)) == ("BL101", 1, 1)
    (line,) = lines_from(Source("l", ARM.encode()), "xen-log")
    assert (line.arch, line.release) == ("arm64", "4.17.2")


@pytest.mark.parametrize("one", [X86, ARM])
@pytest.mark.parametrize("two", [X86, ARM])
def test_several_boots_in_one_log(one: str, two: str) -> None:
    lines = lines_from(Source("l", (one + two).encode()), "xen-log")
    assert [line.release for line in lines] == [
        "4.14.3" if text is X86 else "4.17.2" for text in (one, two)
    ]
    assert [len(line.said) for line in lines] == [2 if text is X86 else 1 for text in (one, two)]
    assert {d.code for d in check(one + two)} <= {"BL101", "BL201"}


def test_a_log_put_together_from_pieces() -> None:
    lines = X86.splitlines(keepends=True)
    text = "".join(lines[2:] + lines[:2])
    found = check(text)
    assert [(d.code, len(d.related)) for d in found] == [("BL101", 1), ("BL201", 1)]
    # the next boot says the same, and is cut off
    assert [d.code for d in check(X86 + "".join(lines[:2]))][2:] == ["BL106", "BL106"]
    # nothing tells the machine but the line
    text = "(XEN) Xen version 4.19.0 debug=n\n(XEN) Command line: dtuart=serial0 tpyo=1\n"
    assert [d.code for d in check(text)] == ["BL101"]


def test_what_xen_alone_reports_is_an_error() -> None:
    text = X86.replace("basevideo dom0", "dom0")
    found = check(text)
    assert [(d.code, d.severity, lined(text, d)) for d in found] == [
        ("BL106", "error", 1),
        ("BL201", "error", 6),
    ]
    # of a line that is cut off, the messages are left
    cut = "".join(X86.splitlines(keepends=True)[:3])
    assert [d.code for d in check(cut)] == ["BL106", "BL106"]


def test_what_this_xen_took_is_no_error() -> None:
    text = X86.replace("Command line: ", "Command line: vendor=1 ")
    assert [(d.code, d.severity) for d in check(text)] == [
        ("BL107", "info"),
        ("BL101", "error"),
        ("BL201", "error"),
    ]
    # a message that a log has lost is one from its beginning
    text = X86.replace('(XEN) parameter "basevideo" unknown!\n', "")
    assert [(d.code, d.severity) for d in check(text)] == [
        ("BL107", "info"),
        ("BL201", "error"),
    ]
    text = X86.replace('(XEN) parameter "iommu" has invalid value "bogus", rc=-22!\n', "")
    assert [d.code for d in check(text)] == ["BL101", "BL201"]


def test_versions_that_are_not_known() -> None:
    assert next(d.severity for d in check(X86.replace("4.14.3", "3.4.3"))) != "info"
    old = check(X86.replace("4.14.3", "4.2.5").split("Xen 4.2.5\n")[1])
    assert {d.severity for d in old} == {"warning"}
    new = check(X86.replace("4.14.3", "5.1.0"))
    assert [d.code for d in new] == ["BL101", "BL201"]


def test_a_line_of_the_printers_length_is_cut() -> None:
    words = "dom0_mem=4G " * 90
    text = X86.replace("basevideo dom0_mem=6G iommu=bogus", words[:1005] + "x")
    assert "BL101" not in [d.code for d in check(text)]


def test_the_release_that_is_asked_for_counts() -> None:
    source = Source("log", INFO.replace("smt=0", "tpyo=1").encode())
    source.kind = "xl-info"
    own = make_linter("4.4", "x86_64")
    named = make_linter("4.4", "x86_64", given=("xen",))
    said = [check_any(source, linter)[0].diagnostics for linter in (own, named)]
    assert "4.18" in "".join(d.message for d in said[0])
    assert "4.18" not in "".join(d.message for d in said[1])


@pytest.mark.parametrize(
    ("caps", "machine", "arch"),
    [
        ("xen-3.0-x86_64 hvm-3.0-x86_32", "i686", "x86_64"),
        ("xen-3.0-aarch64 xen-3.0-armv7l", "aarch64", "arm64"),
        ("xen-3.0-armv7l", "armv7l", "arm32"),
        ("", "armv7l", "arm32"),
        ("", "aarch64", "arm64"),
        ("", "", ""),
    ],
)
def test_the_machine_of_xl_info(caps: str, machine: str, arch: str) -> None:
    text = INFO.replace("xen-3.0-x86_64 hvm-3.0-x86_64", caps).replace(": x86_64", f": {machine}")
    (line,) = lines_from(Source("i", text.encode()), "xl-info")
    assert line.arch == arch


def test_the_schema_of_parse_knows_every_kind() -> None:
    schema = json.loads(
        (Path(xlcfg.__file__).parent / "report/schema/parse.schema.json").read_text()
    )
    assert set(KINDS) <= set(schema["properties"]["kind"]["enum"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("loader.conf", 'xen_cmdline="dom0_mem=2G \\\n  loglvl=all"\n', {"IO014": "warning"}),
        ("loader.conf", "xen_kernel='/boot/xen'\n", {"IO014": "warning"}),
        ("loader.conf", "xen_kernel=/boot/xen\n", {"IO014": "warning"}),
        ("loader.conf", "xen_cmdline=dom0_mem=2G # mine\n", {"IO014": "warning"}),
        ("loader.conf", 'xen_cmdline="dom0_mem=2G" loglvl=all\n', {"IO014": "warning"}),
        ("loader.conf", 'xen_cmdline="dom0_mem=2G"  # mine\n', {}),
        ("loader.conf", "xen_cmdline=watchdog\n", {}),
        (
            "loader.conf",
            'xen_cmdline="a=1"\nxen_cmdline="$xen_cmdline ${foo}"\n',
            {"BL101": "error"},
        ),
        ("grub", "GRUB_CMDLINE_XEN=dom0_mem=2G sync_console\n", {"IO014": "error"}),
        ("grub", "GRUB_CMDLINE_XEN=dom0_mem=2G loglvl=all\n", {"IO014": "warning"}),
        ("grub", 'GRUB_CMDLINE_XEN = "dom0_mem=2G"\nGRUB_TIMEOUT=1\n', {"IO014": "error"}),
        ("grub", 'if true; then\nGRUB_CMDLINE_XEN ="x"\nfi\n', {"IO014": "error"}),
        ("grub", 'GRUB_CMDLINE_XEN="$(cat /etc/line"\n', {"BL210": "error"}),
        ("grub", "GRUB_CMDLINE_XEN=`cat /etc/line\n", {"BL210": "error"}),
        ("grub", "GRUB_TIMEOUT=1 GRUB_CMDLINE_XEN=loglvl=all\n", {}),
        ("grub", "export GRUB_CMDLINE_XEN GRUB_TIMEOUT\nGRUB_CMDLINE_XEN=loglvl=all\n", {}),
        ("grub", "if true; then\n  :\nfi\nGRUB_CMDLINE_XEN=loglvl=all\n", {}),
    ],
)
def test_lines_that_set_nothing_are_said_to(name: str, text: str, said: dict[str, str]) -> None:
    source = Source(name, text.encode())
    source.kind = recognise(name, source.data)
    (report,) = check_any(source, make_linter("4.20", "x86_64"))
    assert {d.code: d.severity for d in report.diagnostics if d.code != "IO013"} == said


@pytest.mark.parametrize(
    "text",
    [
        "machine : x86_64\nxen_version : 4.14.6\nxen_commandline : dom0_mem=2048M bogus\n",
        "xen_caps               : xen-3.0-aarch64\nxen_commandline        : console=dtuart bogus\n",
    ],
)
def test_a_part_of_xl_info_is_xl_info(text: str) -> None:
    assert [d.code for d in check(text, recognise("info.txt", text.encode()))] == ["BL101"]
