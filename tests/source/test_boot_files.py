"""Problems of the files that boot lines come from: open quotes, what xen.efi never reads."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from support import make_linter
from xlcfg.checks.host import check_boot_file
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.source.boot import lines_from
from xlcfg.source.kinds import recognise


def found(kind: str, text: str) -> list[tuple[str, str]]:
    """Severity and code of each finding, and what it lies on."""
    report = check_boot_file(
        Source("f", text.encode()), kind, make_linter("4.22", "x86_64", Hooks(plugins=False))
    )
    return [(f"{d.code}:{report.source.position(d.start or 0).line}",
             text.encode()[d.start : d.end].decode()) for d in report.diagnostics]  # fmt: skip


OPEN = [
    ('A=1\nGRUB_CMDLINE_XEN="dom0_mem=1024M,max:1024M\n', [("BL210:2", '"')]),
    ("GRUB_CMDLINE_XEN='dom0_mem=1024M\n", [("BL210:1", "'")]),
    # the missing quote turns the later ones around
    ('GRUB_CMDLINE_XEN="dom0_mem=1G\nGRUB_CMDLINE_LINUX="quiet"\nX=1\n', [("BL210:1", '"')]),
    ('A="1"\nGRUB_CMDLINE_XEN="dom0_mem=1G\nB="2"\nC="3"\n', [("BL210:2", '"')]),
    ("GRUB_CMDLINE_XEN=`uname\n", [("BL210:1", "`")]),
    ('GRUB_CMDLINE_XEN="dom0_mem=1G\\"\n', [("BL210:1", '"')]),
]
CLOSED = [
    'GRUB_CMDLINE_XEN="dom0_mem=1024M"\n',
    '# it\'s fine\nGRUB_CMDLINE_XEN="dom0_mem=1024M"\n',
    "GRUB_CMDLINE_XEN='dom0_mem=1024M'\"\"\n",
    'GRUB_CMDLINE_XEN="dom0_mem=1024M \\\nsync_console"\n',
    'GRUB_DISTRIBUTOR=`lsb_release -i -s`\nGRUB_CMDLINE_XEN=""\n',
]


@pytest.mark.parametrize(("text", "expected"), OPEN)
def test_an_open_quote_is_all_that_is_said(text: str, expected: list[tuple[str, str]]) -> None:
    assert found("grub-default", text) == expected


@pytest.mark.parametrize("text", CLOSED)
def test_closed_quotes(text: str) -> None:
    assert found("grub-default", text) == []


@pytest.mark.parametrize("text", [text for text, _ in OPEN] + CLOSED)
def test_as_the_shell_has_it(text: str, tmp_path: Path) -> None:
    shell = shutil.which("sh")
    assert shell is not None
    path = tmp_path / "grub"
    path.write_text(text)
    done = subprocess.run([shell, "-n", str(path)], capture_output=True, check=False)
    assert bool(done.returncode) == (text not in CLOSED)


XEN_CFG = "[global]\ndefault=a\n[a]\noptions=dom0_mem=1G\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", []),
        ("[b]\noptions=foo=1\n", [("BL101:6", "foo")]),
        ("[a]\noptions=foo=1\n", [("BL211:5", "[a]")]),
        ("[a]\nkernel=k\n[a]\n", [("BL211:5", "[a]"), ("BL211:7", "[a]")]),
        ("options=foo=1\n", [("BL211:5", "options")]),
        ("kernel=k\n[global]\ndefault=b\n", [("BL211:6", "[global]")]),
        # only the whole name counts
        ("[aa]\n[A]\n#[a]\n", []),
    ],
)
def test_what_xen_efi_never_reads(more: str, expected: list[tuple[str, str]]) -> None:
    assert found("xen-cfg", XEN_CFG + more) == expected


IN_MENU = [
    # GRUB reads the value again, as text of grub.cfg
    ('"dom0_mem=1G\n loglvl=all"', "dom0_mem=1G", [("BL212:2", "loglvl=all")]),
    ("'dom0_mem=1G\nloglvl=all'", "dom0_mem=1G", [("BL212:2", "loglvl=all")]),
    ('"dom0_mem=1G\n"', "dom0_mem=1G", []),
    ('"\n dom0_mem=1G"', "", [("BL212:2", "dom0_mem=1G")]),
    ('"dom0_mem=1G \\\nloglvl=all"', "dom0_mem=1G loglvl=all", []),
    ("'dom0_mem=1G \\\nloglvl=all'", "dom0_mem=1G loglvl=all", []),
    ('"rmrr=1=0:1;2=0:2 hap"', "rmrr=1=0:1", [("BL212:1", "2=0:2")]),
    ("\"rmrr='1=0:1;2=0:2' hap\"", "rmrr=1=0:1;2=0:2 hap", []),
    ('"rmrr=1=0:1\\\\;2=0:2 hap"', "rmrr=1=0:1;2=0:2 hap", []),
    ('"hap # all"', "hap", [("BL212:1", "#")]),
    ('"console=a#b hap;"', "console=a#b hap", []),
    ('"hap; { x"', "hap", [("BL212:1", "x")]),
    ('"hap\n<>{}"', "hap", []),
    ('"hap & x"', "hap", [("BL212:1", "&")]),
    ('"hap a{b}"', "hap a", [("BL212:1", "{")]),
    ('"hap don\'t"', "hap", [("BL212:1", "'")]),
    ('"hap  loglvl=all "', "hap loglvl=all", []),
    ('"hap $unknown loglvl=all"', "hap loglvl=all", []),
    ("'hap $unknown loglvl=all'", "hap loglvl=all", [("BL212:1", "$unknown")]),
    ('"hap \\\\${a}\\$b"', "hap", [("BL212:1", "$b")]),
    ("'hap a`b'", "hap a`b", []),
]


@pytest.mark.parametrize(("value", "line", "expected"), IN_MENU)
def test_a_value_as_grub_reads_it_in_its_menu(
    value: str, line: str, expected: list[tuple[str, str]]
) -> None:
    text = f"GRUB_CMDLINE_XEN={value}\n"
    (got,) = lines_from(Source("grub", text.encode()), "grub-default")
    assert got.text.strip() == line
    told = [one for one in found("grub-default", text) if one[0].startswith("BL212")]
    assert told == expected


def test_a_line_end_in_one_setting_cuts_the_next_one() -> None:
    text = 'GRUB_CMDLINE_XEN_DEFAULT="hap"\nGRUB_CMDLINE_XEN="loglvl=all\n"\n'
    (got,) = lines_from(Source("grub", text.encode()), "grub-default")
    assert got.text == "loglvl=all"
    assert found("grub-default", text) == [("BL212:1", "hap")]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("'a b'", '"a b"'),
        ("'a\"b'", 'a\\"b'),
        ("'a\\b'", "a\\\\b"),
        ("'a\\x41'", "a\\x41"),
        ("a`b`", "a`b`"),
    ],
)
def test_grub_protects_quotes_and_backslashes(word: str, line: str) -> None:
    text = f"menuentry Xen {{\n multiboot2 /xen.gz {word}\n}}\n"
    (got,) = lines_from(Source("grub.cfg", text.encode()), "grub-cfg")
    assert got.text == line


@pytest.mark.parametrize(
    ("entry", "line", "expected"),
    [
        ("efi /EFI/xen/xen.efi\noptions -cfg=a x -- hap\n", "hap", []),
        ("linux /xen.efi\noptions -- hap\n", "hap", []),
        ("linux \\EFI\\xen-4.17.efi\noptions --\noptions hap\n", "hap", []),
        ("uki /EFI/Linux/xen.efi\noptions --\thap\n", "hap", []),
        ("linux /xen.efi\noptions a=1 b=1\n", "", [("BL213:2", "a=1"), ("BL213:2", "b=1")]),
        ("efi /xen.efi\noptions a=1 -- hap\n", "hap", [("BL213:2", "a=1")]),
        ("efi /xen.efi\noptions qubes\n", "", []),
        ("efi /xen.efi\n", "", []),
    ],
)  # fmt: skip
def test_an_entry_that_starts_xen_efi(
    entry: str, line: str, expected: list[tuple[str, str]]
) -> None:
    source = Source("loader/entries/a.conf", f"title A\n{entry}".encode())
    assert recognise(source.path, source.data) == "systemd-boot"
    assert [found.text for found in lines_from(source)] == ([line] if line else [])
    moved = [
        (f"{code[:-1]}{int(code[-1]) - 1}", on)
        for code, on in found("systemd-boot", f"title A\n{entry}")
    ]
    assert moved == expected


@pytest.mark.parametrize(
    "entry",
    ["linux /vmlinuz\noptions xen=1\n", "linux /vmlinuz-xen\noptions a=1 -- b\n", "efi /a.efi\n"],
)
def test_other_entries_are_not_about_xen(entry: str) -> None:
    assert recognise("loader/entries/a.conf", f"title Xen\n{entry}".encode()) == ""
