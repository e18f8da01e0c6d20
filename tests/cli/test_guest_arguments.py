"""`xlcfg check FILE -- key=value`: settings behind a file, as `xl create` takes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from test_check import GOOD, write

from support import Cli
from xlcfg.checks.arguments import joined
from xlcfg.core.source import Source


def found(cli: Cli, *arguments: Any, stdin: bytes = b"") -> list[tuple[str, int | None, str]]:
    done = cli("check", "--format", "json", *arguments, stdin=stdin)
    return [
        (Path(d["path"]).name, d["column"], d["code"])
        for d in json.loads(done.stdout)["diagnostics"]
    ]


def test_a_mistake_in_an_argument_is_told_there(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD)
    assert found(cli, path, "--", "vcpus=4", 'extra="quiet"') == []
    assert found(cli, path, "--", "vcpus=4", "vcpu=4") == [("argument 2", 1, "XL101")]
    assert found(cli, path, "--", 'extra="a') == [("argument 1", 7, "XL007")]
    done = cli("check", path, "--", "vcpus=two")
    assert done.returncode == 1
    assert "argument 1:1:7: error[XL005]: `two` needs quotes" in done.stdout
    assert "1 error in 1 file." in done.stdout


def test_findings_of_the_file_stay_there(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + "vcpu = 3")
    assert found(cli, path, "--", "memory=64") == [("g.cfg", 1, "XL101")]


def test_an_argument_replaces_what_the_file_says(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + "vcpus = 2\n")
    assert found(cli, path, "--", "vcpus=4") == []
    assert found(cli, path, "--", "vcpus=1", "vcpus=4") == [("argument 1", 1, "XL105")]
    # and mends it
    broken = write(tmp_path, "b.cfg", 'name = "b"\n')
    assert [code for _, _, code in found(cli, broken)] == ["XL304"]
    assert found(cli, broken, "--", 'kernel="/k"') == []


def test_what_the_file_leaves_open_goes_on_in_the_arguments(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + 'disk = [ "/a,raw,xvda,rw",')
    assert found(cli, path, "--", ' "/b,raw,xvdb,rw", "x=y" ]') != []
    assert found(cli, path, "--", "vcpus=2")[0][0] == "g.cfg"


def test_arguments_alone(cli: Cli) -> None:
    assert found(cli, "/dev/null", "--", 'name="x"', 'kernel="/k"') == []
    assert [f[2] for f in found(cli, "/dev/null", "--", 'name="x"')] == ["XL304"]
    assert [f[2] for f in found(cli, "/dev/null", "--", 'name="x"', 'sched="y"')] == ["CP201"]
    assert found(cli, "-", "--", "vcpu=1", stdin=GOOD.encode()) == [("argument 1", 1, "XL101")]


def test_a_cpupool(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "p.cfg", 'name = "p"\nsched = "credit2"\n')
    assert found(cli, path, "--", 'cpus=["1"]') == []
    assert found(cli, path, "--", 'sched="credit9"') == [("argument 1", 7, "CP201")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["g.cfg", "--", "vcpus=4", "other.cfg"], "'other.cfg' behind -- is no key=value"),
        (["g.cfg", "g.cfg", "--", "vcpus=4"], "go with one file"),
        ([".", "--", "vcpus=4"], "go with one file"),
        (["--fix", "g.cfg", "--", "vcpus=4"], "--fix goes with no settings"),
        (["xl.conf", "--", "vcpus=4"], "not for xl.conf"),
    ],
)
def test_what_does_not_go_together(
    cli: Cli, tmp_path: Path, arguments: list[str], said: str
) -> None:
    write(tmp_path, "g.cfg", GOOD + "vcpus = 2\nvcpus = 2\n")
    write(tmp_path, "xl.conf", "")
    done = cli("check", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert (tmp_path / "g.cfg").read_text().count("vcpus") == 2


def test_files_behind_the_dashes_are_files(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, "-g.cfg", GOOD)
    write(tmp_path, "a=b.cfg", GOOD)
    assert "in 1 file." in cli("check", "--", "-g.cfg", cwd=tmp_path).stdout
    assert "in 2 files." in cli("check", "--", "-g.cfg", "a=b.cfg", cwd=tmp_path).stdout
    assert "in 2 files." in cli("check", "a=b.cfg", "--", "-g.cfg", cwd=tmp_path).stdout


ARGUMENTS = [
    ["vcpus=4"],
    ["vcpus=4", 'extra="a b"'],
    ["vcpus=four"],
    ['vif=["mac=00:16:3e:00:00:01"]', "vif+=['bridge=b']"],
    ["memory=128", "memory=256"],
    [" vcpus = 3 # a comment"],
    ["vcpus=1;memory=64"],
    ['extra="a'],
    ['disk=["/a,raw,xvda,rw",', '"target=/b,vdev=xvdb"]'],
]


@pytest.mark.needs("xl-4.17")
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda a: " ".join(a))
@pytest.mark.parametrize("file", [GOOD, GOOD.rstrip("\n"), GOOD + "vif = [ ''", ""])
def test_xl_reads_the_same(arguments: list[str], file: str) -> None:
    from oracle.xl_oracle import XlServer

    file = 'uuid = "ad9be4e0-8e19-43a5-9b5b-d9a2b4d9a4c4"\n' + file
    whole, _ = joined(Source("x.cfg", file.encode()), [word.encode() for word in arguments])
    with XlServer("4.17") as xl:
        given = xl.run(["-N", "create", "x.cfg", *arguments], file.encode())
        read = xl.create(whole.data)
    assert (given["rc"], given["out"]) == (read["rc"], read["out"])


def test_guests_of_other_toolstacks_take_none(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "d.xml", '<domain type="xen"><name>d</name></domain>\n')
    done = cli("check", path, "--", "vcpus=4")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "xlcfg: settings behind -- are for xl's guests, not for libvirt's\n"
