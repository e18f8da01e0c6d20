"""`--host` and `--dialect`: what is known of the machine, and of the xl that runs on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from test_check import GOOD, diagnostics, write

import xlcfg
from support import Cli, make_linter
from xlcfg.checks.guest import check_source
from xlcfg.core.host import Host
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.model.xl import Reading

SCHEMA = json.loads((Path(xlcfg.__file__).parent / "model/schema/host.schema.json").read_text())
HOST = {"cpus": 4, "nodes": 1, "memory_mb": 8192, "pools": ["Pool-0", "lab"]}


def host(folder: Path, **changes: Any) -> Path:
    described = {**HOST, **changes}
    jsonschema.validate(described, SCHEMA)
    return write(folder, "host.json", json.dumps(described))


def test_what_the_host_lacks_is_refused() -> None:
    def reading(machine: Host | None) -> Reading:
        linter = make_linter("4.17", "x86_64", Hooks(plugins=False), host=machine)
        report = check_source(Source("g.cfg", (GOOD + 'pool = "lab"\n').encode()), linter)
        assert report.guest is not None
        return report.guest.reading

    assert not reading(None).refused
    assert reading(Host(4)).refused
    assert not reading(Host(4, pools=("Pool-0", "lab"))).refused


def test_the_host_gives_defaults_that_options_override(cli: Cli, tmp_path: Path) -> None:
    described = host(
        tmp_path, xen="4.14.6", architecture="arm64", cmdline="runstate-translation=update"
    )
    guest = write(tmp_path, "g.cfg", GOOD)
    found = json.loads(cli("check", guest, "--host", described, "--format", "json").stdout)
    assert (found["xen"], found["arch"]) == ("4.14", "arm64")
    assert found["policies"][0]["decided_by"] == "released Xen"
    asked = cli("check", guest, "--host", described, "--format", "json", "--as-proposed").stdout
    assert json.loads(asked)["policies"][0]["decided_by"] == "boot"
    more = ("--xen", "4.17", "--arch", "x86_64", "--cmdline", "loglvl=all", "--as-proposed")
    found = json.loads(cli("check", guest, "--host", described, "--format", "json", *more).stdout)
    assert (found["xen"], found["arch"]) == ("4.17", "x86_64")
    assert found["policies"][0]["decided_by"] == "architecture"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"cpus": "many"}', "cpus: 'many' is not of type 'integer'"),
        ("{}", "'cpus' is a required property"),
        ('{"cpus": 4, "cpu": 3}', "'cpu' was unexpected"),
        ('{"cpus": 0}', "less than the minimum"),
        ('{"cpus": 4, "xen": "3.4"}', "xen: no Xen release '3.4'"),
        ('{"cpus": 4, "pools": ["a", ""]}', "pools: 1: "),
        ('{"cpus": 4,\n "nodes": }', "host.json:2:11: not JSON"),
        ("[" * 100000, "nested too deep"),
        (b"\xff\xfe\xfd", "not "),
        ('{"cpus": ' + "9" * 5000 + "}", "host.json: "),
    ],
)
def test_a_bad_host_file_is_a_usage_error(
    cli: Cli, tmp_path: Path, content: str | bytes, said: str
) -> None:
    done = cli(
        "check", write(tmp_path, "g.cfg", GOOD), "--host", write(tmp_path, "host.json", content)
    )
    assert done.returncode == 2
    assert done.stderr.startswith("xlcfg: --host: ")
    assert said in done.stderr
    assert len(done.stderr) < 500
    assert done.stdout == ""


def test_a_host_file_that_is_not_there(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", write(tmp_path, "g.cfg", GOOD), "--host", tmp_path / "none.json")
    assert done.returncode == 2
    assert "none.json: cannot be read" in done.stderr


def test_a_dialect_makes_its_keys_known(cli: Cli, tmp_path: Path) -> None:
    guest = write(tmp_path, "g.cfg", GOOD + 'dt_compatible = [ "board" ]\n')
    (found,) = diagnostics(cli, guest, "--arch", "arm64")
    assert found["code"] == "XL101"
    assert "--dialect epam" in found["help"]
    assert diagnostics(cli, guest, "--arch", "arm64", "--dialect", "epam") == []
    both = ("--dialect", "libvirt", "--dialect", "gvt-g")
    assert [d["code"] for d in diagnostics(cli, guest, "--arch", "arm64", *both)] == ["XL101"]


def test_a_dialect_that_nobody_speaks(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", write(tmp_path, "g.cfg", GOOD), "--dialect", "xm")
    assert done.returncode == 2
    assert "--dialect: there is no 'xm'; choose from" in done.stderr


# ---- xl info ---------------------------------------------------------------------------------

INFO = """\
host                   : h1
machine                : x86_64
nr_cpus                : 8
nr_nodes               : 2
virt_caps              : pv hvm hap shadow
total_memory           : 16000
free_memory            : 900
xen_major              : 4
xen_minor              : 17
xen_version            : 4.17.3
xen_caps               : xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_64
xen_commandline        : placeholder loglvl=all
"""
HVM = 'name = "a"\ntype = "hvm"\nmemory = 512\n'
PV = 'name = "a"\ntype = "pv"\nkernel = "/k"\nmemory = 512\n'


def info(folder: Path, *changes: tuple[str, str]) -> Path:
    text = INFO
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return write(folder, "info.txt", text)


def test_xl_info_is_a_host(cli: Cli, tmp_path: Path) -> None:
    guest = write(tmp_path, "g.cfg", GOOD)
    found = json.loads(cli("check", guest, "--host", info(tmp_path), "--format", "json").stdout)
    assert (found["xen"], found["arch"], found["diagnostics"]) == ("4.17", "x86_64", [])
    arm = info(
        tmp_path,
        (": x86_64", ": aarch64"),
        ("xen-3.0-x86_64 hvm-3.0-x86_32 hvm-3.0-x86_64", "xen-3.0-aarch64 xen-3.0-armv7l"),
        ("placeholder loglvl=all", "tpyo"),
    )
    found = json.loads(cli("check", guest, "--host", arm, "--format", "json").stdout)
    assert found["arch"] == "arm64"
    assert [d["code"] for d in found["diagnostics"]] == ["BL101"]
    pool = write(tmp_path, "p.cfg", GOOD + 'cpus = "7,8"\n')
    assert "XL3" in cli("check", pool, "--host", info(tmp_path, (": 8", ": 4"))).stdout


@pytest.mark.parametrize(
    ("changes", "guest", "codes"),
    [
        ([], HVM, []),
        ([], PV, []),
        ([("pv hvm hap", "pv")], HVM, ["XH111"]),
        ([("pv hvm hap", "pv")], PV, []),
        ([("xen-3.0-x86_64 ", "")], PV, ["XH111"]),
        ([("xen-3.0-x86_64 ", "")], HVM, []),
        ([], HVM + 'pci = [ "01:00.0" ]\n', ["XH111"]),
        ([("hap", "hvm_directio hap")], HVM + 'pci = [ "01:00.0" ]\n', []),
        ([("4.17.3", "4.12.3")], HVM + 'pci = [ "01:00.0" ]\n', []),
        ([("hap ", "")], HVM + "hap = 1\n", ["XH111"]),
        ([("hap ", "")], HVM + "hap = 0\n", []),
        ([], HVM.replace("512", "16000"), ["XH112"]),
        ([], HVM.replace("512", "16001"), ["XH112"]),
        ([("virt_caps", "other_caps"), ("xen_caps", "other")], HVM, []),
    ],
)
def test_what_the_host_cannot_do(
    cli: Cli, tmp_path: Path, changes: list[tuple[str, str]], guest: str, codes: list[str]
) -> None:
    path = write(tmp_path, "g.cfg", guest)
    found = [d["code"] for d in diagnostics(cli, path, "--host", info(tmp_path, *changes))]
    assert found == codes


def test_more_than_all_memory_is_refused(cli: Cli, tmp_path: Path) -> None:
    found = [
        diagnostics(
            cli,
            write(tmp_path, "g.cfg", HVM.replace("512", str(memory))),
            "--host",
            info(tmp_path),
        )
        for memory in (900, 16000, 16001)
    ]
    assert [[d["severity"] for d in one] for one in found] == [[], ["info"], ["error"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (INFO.replace(": 8\n", ": many\n"), "nr_cpus"),
        (INFO.replace(": 8\n", ": 0\n"), "nr_cpus"),
        (INFO.replace("4.17.3", "x"), "xen_version"),
        (INFO.replace(": 8\n", ": 99999\n"), "maximum"),
        ("host : h\nrelease : 5\n", "info.txt: neither what `xl info` prints nor JSON"),
    ],
)
def test_a_bad_xl_info_is_a_usage_error(cli: Cli, tmp_path: Path, text: str, said: str) -> None:
    guest = write(tmp_path, "g.cfg", GOOD)
    done = cli("check", guest, "--host", write(tmp_path, "info.txt", text))
    assert done.returncode == 2
    assert said in done.stderr
