"""Configs of cpupools are no guest configs."""

from __future__ import annotations

from pathlib import Path

import pytest

import needs
from support import Cli, make_linter
from xlcfg.checks.host import check_cpupool
from xlcfg.core.host import Host
from xlcfg.core.source import Source
from xlcfg.source.kinds import recognise


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('name= "Pool-arinc0"\nsched="arinc653"\ncpus=["2"]\n', "cpupool"),
        ('# two nodes\nname = "p"\nnodes = [ "0", "1" ]\n', "cpupool"),
        ('sched = "credit2"\n', "cpupool"),
        ('name="p"; sched="credit"; cpus="0-3"\n', "cpupool"),
        ('name = "p"\nsched = "credit2"\ncpu = [ "2" ]\n', "cpupool"),
        ('name = "a"\nkernel = "/k"\nsched = "credit2"\n', "guest"),
        ('name = "a"\nmemory = 64\ncpus = ["2"]\n', "guest"),
        ('name = "Pool-0"\ncpus = "4-7"\n', "cpupool"),
        ('name = "p"\nsched = "rtds"\ncpus = "0-3"\nfoo = 1\n', "cpupool"),
        ('name = "p"\nsched = "rtds"\nfoo = 1\nvif = [ "" ]\n', "guest"),
        ('cpus = "0-3"\n', ""),
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


def found(text: str, release: str = "4.20", host: Host | None = None) -> list[tuple[str, str]]:
    target = make_linter(release, "x86_64", host=host).target
    report = check_cpupool(Source("p.cfg", text.encode()), target)
    return [(d.code, d.severity) for d in report.diagnostics]


#: what is behind `name = "p"`, and what is found
POOLS = {
    "": [],
    'sched = "CREDIT2"': [],
    "sched = 5": [("CP201", "error")],
    'sched = ""': [("CP201", "error")],
    'sched = "cred"': [("CP201", "error")],
    'sched = "null"': [],
    'sched = [ "credit" ]': [("CP205", "warning")],
    'cpus = [ "-1" ]': [("CP202", "error")],
    'cpus = [ "x" ]': [("CP202", "warning")],
    'cpus = [ "99" ]': [],
    "cpus = [ ]": [],
    'cpus = [ [ "1" ] ]': [],
    "cpus = 3": [],
    'cpus = "1-3"': [],
    'cpus = "all"': [],
    'cpus = "node:0"': [],
    'cpus = "^1"': [],
    'cpus = ""': [],
    'cpus = "3-1"': [("CP202", "error")],
    'cpus = "x"': [("CP202", "error")],
    "nodes = [ ]": [("CP203", "error")],
    'nodes = [ "-1" ]': [("CP203", "error")],
    'nodes = [ [ "0" ] ]': [("CP203", "error")],
    'nodes = [ "0" ]': [],
    'nodes = "0"': [("CP205", "warning")],
    'nodes = [ "0" ]\ncpus = [ "-1" ]': [("CP205", "warning")],
    'name = "Pool-0"': [("CP204", "error"), ("XL105", "warning")],
    'name = [ "p" ]': [("CP205", "warning"), ("XL105", "warning")],
    "cpu = 1": [("CP101", "warning")],
    'nodes = [ "0"': [("XL006", "error")],
}


@pytest.mark.parametrize("text", POOLS)
def test_what_is_found_of_a_cpupool(text: str) -> None:
    assert sorted(found(f'name = "p"\n{text}\n')) == sorted(POOLS[text])


@pytest.mark.parametrize("release", ["4.14", "4.20"])
def test_the_real_xl_refuses_the_same_pools(release: str) -> None:
    """All but what depends on which CPUs of its host are free."""
    needs.require(f"xl-{release}")
    from oracle.xl_oracle import XlServer

    wrong = []
    with XlServer(release) as xl:
        for text in POOLS:
            config = f'name = "p"\n{text}\n'
            answer = xl.run(["cpupool-create", "-n", "x.cfg"], config.encode())
            refused = any(severity == "error" for _, severity in found(config, release))
            taken = answer["err"].startswith(b"cpu ") and b"cpu -" not in answer["err"]
            taken = taken or (b"no free cpu" in answer["err"] and 'nodes = [ "0"' in text)
            if not taken and refused != (answer["rc"] != 0):
                wrong.append((text, answer))
    assert not wrong


@pytest.mark.parametrize(
    ("sched", "release", "refused"),
    [
        ("sedf", "4.5", False),
        ("sedf", "4.6", True),
        ("null", "4.8", True),
        ("null", "4.9", False),
        ("rtds", "4.4", True),
        ("unknown", "4.20", True),
    ],
)
def test_schedulers_come_and_go(sched: str, release: str, refused: bool) -> None:
    assert bool(found(f'name = "p"\nsched = "{sched}"\n', release)) is refused


def test_a_pool_on_a_described_host() -> None:
    host = Host(4, 2, pools=("Pool-0", "lab"))
    for text, codes in (
        ('cpus = [ "3" ]', []),
        ('cpus = [ "4" ]', ["CP202"]),
        ('nodes = [ "1" ]', []),
        ('nodes = [ "2" ]', ["CP203"]),
        ('name = "lab"', ["XL105", "CP204"]),
    ):
        assert [c for c, _ in found(f'name = "p"\n{text}\n', host=host)] == codes
