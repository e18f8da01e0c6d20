"""Configs of cpupools are no guest configs."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import Cli
from xlcfg.source.kinds import recognise


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('name= "Pool-arinc0"\nsched="arinc653"\ncpus=["2"]\n', "cpupool"),
        ('# two nodes\nname = "p"\nnodes = [ "0", "1" ]\n', "cpupool"),
        ('sched = "credit2"\n', "cpupool"),
        ('name = "a"\nkernel = "/k"\nsched = "credit2"\n', "guest"),
        ('name = "a"\nmemory = 64\ncpus = ["2"]\n', "guest"),
    ],
)
def test_how_a_cpupool_is_told(text: str, kind: str) -> None:
    assert recognise("x.cfg", text.encode()) == kind


def test_a_cpupool_is_checked_as_one(tmp_path: Path, cli: Cli) -> None:
    good, bad = tmp_path / "good.cfg", tmp_path / "bad.cfg"
    good.write_text('name = "Pool-1"\nsched = "arinc653"\ncpus = [ "2" ]\n')
    bad.write_text('name = "Pool-2"\nsched = "arinc"\ncpus = [ "3" ]\n')
    done = cli("check", tmp_path)
    assert done.returncode == 1
    assert "CP201" in done.stdout
    assert "XL304" not in done.stdout
    assert "XL101" not in done.stdout
    assert 'write "arinc653"' in done.stdout
    assert cli("check", good).returncode == 0
    parsed = cli("parse", good)
    assert parsed.returncode == 0
    assert '"kind": "cpupool"' in parsed.stdout


def test_a_cpupool_that_xl_cannot_parse_is_an_error(tmp_path: Path, cli: Cli) -> None:
    path = tmp_path / "pool.cfg"
    path.write_text('name = "Pool-1"\nsched = credit\n')
    assert cli("check", path).returncode == 1
