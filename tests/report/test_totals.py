"""The totals at the end of a run call severities what the findings call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import ROOT, Cli

DEPRECATED = 'disk = [ {} ]\nname = "x"\nkernel = "/k"\nvcpu = 2\n'
OLD_DISK = '"phy:/dev/vg/a,xvda,rw"'
OTHER_OLD_DISK = '"phy:/dev/vg/b,xvdb,rw"'


@pytest.mark.parametrize(
    ("disks", "total"),
    [
        ("", "1 warning in 1 file."),
        (OLD_DISK, "1 warning, 1 info in 1 file."),
        (f"{OLD_DISK}, {OTHER_OLD_DISK}", "1 warning, 2 infos in 1 file."),
    ],
)
def test_findings_and_totals_use_one_word(cli: Cli, tmp_path: Path, disks: str, total: str) -> None:
    config = tmp_path / "a.cfg"
    config.write_text(DEPRECATED.format(disks))
    lines = cli("check", config).stdout.splitlines()
    assert lines[-1] == total
    assert sum("info[XL408]" in line for line in lines) == disks.count("phy:")


def test_upgrade_uses_the_same_words(cli: Cli) -> None:
    printed = cli("upgrade", "--from", "4.4", "--to", "4.22", ROOT / "examples").stdout
    assert "4.4 to 4.22: 2 warnings, 2 infos in 3 files." in printed.splitlines()
