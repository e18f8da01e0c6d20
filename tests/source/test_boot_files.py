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
