"""`xlcfg check` on what is no guest config: xl.conf, and the files boot lines come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_check import GOOD, diagnostics, write

from support import ROOT, Cli, make_linter
from xlcfg.catalogue import xl_conf_options
from xlcfg.checks.host import check_boot_file, check_xl_conf
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.source.boot import KINDS as BOOT
from xlcfg.source.kinds import BOOT_KINDS, recognise

FILES = ROOT / "tests/cmdline/files"
GRUB = """\
# a host
GRUB_TIMEOUT=5
GRUB_CMDLINE_XEN="loglvl=all dom0_memory=4G"
"""


def codes(cli: Cli, *arguments: Any) -> list[tuple[str, int | None, str]]:
    return [
        (Path(d["path"]).name, d["line"], d["code"])
        for d in diagnostics(cli, *arguments)
        if d["severity"] != "info"
    ]


def conf(text: str, release: str = "4.17") -> list[str]:
    linter = make_linter(release, "x86_64", Hooks(plugins=False))
    report = check_xl_conf(Source("xl.conf", text.encode()), linter.target)
    return [f"{d.code} {d.severity}" for d in report.diagnostics]


# ---- what a file is --------------------------------------------------------------------------


def test_the_kinds_are_those_of_the_readers() -> None:
    assert set(BOOT_KINDS) - {"boot-line", "grub"} == set(BOOT) - {"line"}


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("g.cfg", GOOD, "guest"),
        ("line.txt", "console=com1 dom0_mem=1G bogus\n", "boot-line"),
        ("lines", "# two hosts\nloglvl=all\n\nnoreboot com1=115200,8n1\n", "boot-line"),
        ("both", "dom0_mem=2G -- root=/dev/sda quiet ro\n", "boot-line"),
        ("cmdline", "root=/dev/sda1 ro quiet console=ttyS0 mem=4G\n", ""),
        ("note", "Boot with dom0_mem=1G to see it.\n", ""),
        ("settings", "dom0_mem = 1G\n", ""),
        ("xl.conf", "", "xl.conf"),
        ("conf", '# xl\nautoballoon="off"\n', "xl.conf"),
        ("conf", 'vif.default.bridge="br0"\n', "xl.conf"),
        ("rsyncd", 'lockfile="/run/x"\n', ""),
        ("grub", GRUB, "grub-default"),
        ("pip.conf", "[global]\ndefault=1\noptions=x\n", ""),
        ("xen.cfg", "[global]\ndefault=a\n[a]\noptions=loglvl=all\nkernel=vmlinuz\n", "xen-cfg"),
        ("other", "\0\0\0", ""),
        ("empty", "", ""),
    ],
)
def test_a_file_is_known_by_its_contents(name: str, head: str, kind: str) -> None:
    assert recognise(f"/somewhere/{name}", head.encode()) == kind


@pytest.mark.parametrize(
    "path", [p for p in sorted(FILES.iterdir()) if p.suffix != ".expected"], ids=lambda p: p.name
)
def test_every_sample_is_recognised(path: Path) -> None:
    assert recognise(str(path), path.read_bytes()) in BOOT_KINDS


# ---- xl.conf ---------------------------------------------------------------------------------


def test_xl_conf_by_its_name(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "xl.conf", '#comment\nautobaloon="off"\n')
    (found,) = diagnostics(cli, path)
    assert (found["code"], found["line"], found["help"]) == ("XC101", 2, "write `autoballoon`")


def test_kind_overrides_the_looks(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "some.cfg", GOOD)
    found = codes(cli, "--kind", "xl.conf", path)
    assert found == [("some.cfg", line, "XC101") for line in (1, 2, 3)]
    assert codes(cli, "--kind", "guest", write(tmp_path, "xl.conf", GOOD)) == []
    assert codes(cli, "--kind", "boot-line", write(tmp_path, "line", "loglvl=all vpcus=2\n")) == [
        ("line", 1, "BL101")
    ]


@pytest.mark.parametrize(
    ("text", "release", "said"),
    [
        ("", "4.17", []),
        ('autoballoon="off"\nclaim_mode=0\nvm.cpumask="0-3,^2"\n', "4.17", []),
        ("max_grant_frames=2147483647\n", "4.17", []),
        ("max_grant_frames=2147483648\n", "4.17", ["XC201 error"]),
        ("max_grant_frames='-1'\n", "4.13", ["XC201 error"]),
        ("max_grant_frames='-1'\n", "4.12", []),
        ("max_grant_frames=[1]\n", "4.12", ["XC202 warning"]),
        ("max_grant_frames=[1]\n", "4.13", ["XC201 error"]),
        ("max_grant_version=9\n", "4.14", ["XC102 warning"]),
        ("claim_mode = 1\nclaim_mode = 0\n", "4.17", ["XL105 warning"]),
        ("claim_mode = 1\nclaim_mode += 0\n", "4.12", ["XC202 warning", "XL106 error"]),
        ("vcpus = 2\n", "4.17", ["XC101 warning"]),
        ("run_hotplug_scripts = 'yes'\n", "4.17", ["XC202 warning"]),
        ('lockfile = "/run/xl"\nlockfile\n', "4.17", ["XL017 error"]),
    ],
)
def test_what_xl_makes_of_xl_conf(text: str, release: str, said: list[str]) -> None:
    assert sorted(conf(text, release)) == said


@pytest.mark.parametrize("name", sorted(xl_conf_options()))
def test_examples_of_xl_conf_are_accepted(name: str) -> None:
    from xlcfg.catalogue.page import option_data

    (entry,) = [e for e in option_data(name) if e["place"] == "xl.conf"]
    if "example" in entry:
        assert conf(entry["example"] + "\n", "4.22") == []


# ---- boot lines ------------------------------------------------------------------------------


def test_places_point_into_the_file(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "grub", GRUB)
    (found,) = diagnostics(cli, path)
    assert (found["code"], found["severity"]) == ("BL101", "error")
    assert (found["line"], found["column"], found["end_column"]) == (3, 30, 41)
    done = cli("check", path)
    assert '3 | GRUB_CMDLINE_XEN="loglvl=all dom0_memory=4G"' in done.stdout


@pytest.mark.parametrize("kind", ["grub", "grub-default"])
def test_a_boot_file_by_its_kind(cli: Cli, kind: str) -> None:
    done = cli("check", "--kind", kind, "-", stdin=GRUB.encode())
    assert done.returncode == 1
    assert "<stdin>:3:30: error[BL101]" in done.stdout


def test_text_that_entries_share_is_told_once() -> None:
    entry = "menuentry 'Xen' {\n  multiboot2 /xen.gz $memory\n}\n"
    text = "memory=dom0_memory=1G\n" + entry * 2
    source = Source("grub.cfg", text.encode())
    report = check_boot_file(
        source, "grub-cfg", make_linter("4.17", "x86_64", Hooks(plugins=False))
    )
    assert len(report.boots) == 2
    assert [(d.code, d.start) for d in report.diagnostics] == [("BL101", text.index("dom0_"))]


def test_directories_are_searched_for_the_host_s_files_too(cli: Cli, tmp_path: Path) -> None:
    for folder in ("default", "xen", "boards"):
        (tmp_path / folder).mkdir()
    write(tmp_path / "default", "grub", GRUB)
    write(tmp_path / "xen", "xl.conf", "clame_mode=1\n")
    write(tmp_path / "xen", "g.cfg", GOOD + "vcpu = 1\n")
    write(tmp_path / "boards", "plain.dts", '/dts-v1/;\n/ { chosen { bootargs = "x=1"; }; };\n')
    xen = '/dts-v1/;\n/ { chosen { xen,xen-bootargs = "loglvl"; nosuch; }; };\n'
    write(tmp_path / "boards", "xen.dts", xen.replace("loglvl", "dom0_memory=1"))
    assert codes(cli, tmp_path) == [
        ("xen.dts", 2, "BL101"),
        ("grub", 3, "BL101"),
        ("g.cfg", 4, "XL101"),
        ("xl.conf", 1, "XC101"),
    ]
    assert codes(cli, "--kind", "guest", tmp_path) == [("g.cfg", 4, "XL101")]


def policy(cli: Cli, *arguments: Any) -> tuple[str, str]:
    document = json.loads(cli("check", "--format", "json", *arguments).stdout)
    (found,) = document["policies"]
    return found["policy"], found["decided_by"]


def test_the_boot_line_beside_guests_counts_for_them(cli: Cli, tmp_path: Path) -> None:
    guest = write(tmp_path, "g.cfg", GOOD)
    grub = write(tmp_path, "grub", 'GRUB_CMDLINE_XEN="runstate-translation=hypercall"\n')
    assert policy(cli, guest) == ("update", "architecture")
    for order in ((guest, grub), (grub, guest)):
        assert policy(cli, *order) == ("hypercall", "boot")
    # what is said on xlcfg's own command line goes before
    assert policy(cli, guest, grub, "--cmdline", "loglvl=all") == ("update", "architecture")
    done = cli("check", guest, grub)
    assert "hypercall (boot parameter runstate-translation=hypercall; as proposed" in done.stdout


def test_boot_lines_that_differ_count_for_nobody(cli: Cli, tmp_path: Path) -> None:
    guest = write(tmp_path, "g.cfg", GOOD)
    write(tmp_path, "grub", 'GRUB_CMDLINE_XEN="runstate-translation=hypercall"\n')
    text = "menuentry 'Xen' {\n  multiboot2 /xen.gz loglvl=all\n}\n"
    menu = write(tmp_path, "grub.cfg", text)
    assert policy(cli, guest, tmp_path / "grub", menu) == ("update", "architecture")
    done = cli("check", guest, tmp_path / "grub", menu)
    assert "IO008" in done.stdout
    assert "--cmdline" in done.stdout
    # the same said twice is no difference
    menu.write_text(text * 2)
    assert "IO008" not in cli("check", guest, menu).stdout


@pytest.mark.parametrize("kind", BOOT_KINDS)
def test_damaged_files_are_no_traceback(kind: str) -> None:
    linter = make_linter("4.17", "x86_64", Hooks(plugins=False))
    for content in (b"", b"\xd0\x0d\xfe\xed" + b"\xff" * 60, b"\0" * 50, b"GRUB_X='\n" * 9):
        check_boot_file(Source("x", content), kind, linter)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"[vm]\nvcpus = 2\nmemory = 512\n", ""),
        (b'name = "x"\ntype = "y"\n' + b"# \n" * 200 + b'[deps]\na = "1"\n', ""),
        (b'name = "x"\nvcpus = 2\n[net]\nmemory = 512\n', "guest"),  # xl refuses it
        (b"name = \"x\"\nvcpus = 2\nextra = '''\n[a]\n'''\n", "guest"),
        (b'name = "x"\nmemory = 512\ndisk = [\n["a"],\n[ "b" ]\n]\n', "guest"),
    ],
)
def test_sections_make_no_guest_unless_behind_its_settings(text: bytes, kind: str) -> None:
    assert recognise("x.cfg", text) == kind
