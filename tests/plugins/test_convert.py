"""`xlcfg convert`, `check` and `plugins` over the files of other toolstacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xlcfg.cli import run

XL = """\
name = "web"
type = "hvm"
memory = 512
vcpus = 2
disk = [ "/dev/vg/web,raw,xvda,rw" ]
vif = [ "bridge=xenbr0" ]
nomigrate = 1
runstate_translation = "hypercall"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "web.cfg"
    path.write_text(XL)
    return path


#: The module that every domain of a device tree needs.
KERNEL = 'k { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 1 1>; };'


def test_there_and_back(config: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", str(config), "--to", "libvirt"]) == 1
    out, err = capfd.readouterr()
    assert err.splitlines() == [
        f"{config}:7:1: lost: `nomigrate`: domain XML has no element for it that xlcfg knows of"
    ]
    xml = tmp_path / "web.xml"
    xml.write_text(out)
    assert run(["check", str(xml)]) == 0
    out, _ = capfd.readouterr()
    assert "web.xml: runstate translation: hypercall (guest setting" in out
    assert run(["convert", str(xml), "--to", "xl"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert 'disk = ["format=raw,vdev=xvda,access=rw,target=/dev/vg/web"]' in out
    assert 'runstate_translation = "hypercall"' in out


def test_json(config: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", str(config), "--to", "libvirt", "--format", "json"]) == 1
    answer = json.loads(capfd.readouterr().out)
    assert (answer["from"], answer["to"], answer["guest"]) == ("xl", "libvirt", "web")
    assert [(lost["what"], lost["line"], lost["column"]) for lost in answer["lost"]] == [
        ("`nomigrate`", 7, 1)
    ]
    assert answer["text"].startswith("<domain type=")


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("name = \n", ["--to", "xl"], ":1:1:"),
        ("this is no config\nof any kind\n", ["--to", "xl"], "no guest config: it sets nothing"),
        ('GRUB_CMDLINE_XEN="hap"\n', ["--to", "xl"], "no guest is in this file (grub-default)"),
        ("{\"a\": 1}", ["--to", "libvirt"], "no guest config: it is JSON"),
        (XL, ["--to", "vmware"], "choose from dom0less, libvirt, xapi, xl"),
        (XL, ["--to", "xl", "--guest", "db"], "there is no guest 'db' in it, but web"),
        ("<domains>" + "<domain type='xen'><name>a</name></domain>" * 2 + "</domains>",
         ["--to", "xl"], "name one of its guests by --guest: a, a"),
        ("<domains>" + "<domain type='xen'><name>a</name></domain>"
         "<domain type='xen'><name>b</name></domain></domains>",
         ["--to", "xl"], "name one of its guests by --guest: a, b"),
        ("<!DOCTYPE x><domain/>", ["--to", "xl"], "document type"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    text: str,
    arguments: list[str],
    expected: str,
) -> None:
    path = tmp_path / "g"
    path.write_text(text)
    assert run(["convert", str(path), *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert expected in err


def test_json_names_the_guest_of_several(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.dts"
    path.write_text(
        "/dts-v1/; / { chosen { "
        + "".join(
            f'd{i} {{ compatible = "xen,domain"; cpus = <1>; memory = <0 {i}0000>; {KERNEL} }};'
            for i in (1, 2)
        )
        + " }; };"
    )
    assert run(["check", str(path), "--format", "json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert [p["guest"] for p in answer["policies"]] == ["d1", "d2"]
    assert run(["check", "--show-policy", str(path)]) == 0
    out = capfd.readouterr().out
    assert "two.dts (d2): runstate translation: hypercall (arm64 default; as proposed" in out
    assert out.endswith("in 1 file.\n")


def test_plugins_lists_those_who_wait(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["plugins", "--no-plugins"]) == 0
    out = capfd.readouterr().out
    assert "xlcfg_libvirt.plugin (built in, for files of its kind): " in out


def test_a_tree_is_for_arm_whatever_the_run_is_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "board.dts"
    path.write_text(
        '/dts-v1/; / { chosen { xen,xen-bootargs = "console=dtuart dtuart=serial0"; '
        'd { compatible = "xen,domain"; cpus = <1>; memory = <0 10000>; '
        f"{KERNEL} }}; }}; }};"
    )
    assert run(["check", "--show-policy", str(path)]) == 0
    assert "hypercall (arm64 default; as proposed" in capfd.readouterr().out
    assert run(["check", "--show-policy", "--arch", "arm32", str(path)]) == 0
    assert "hypercall (arm32 default; as proposed" in capfd.readouterr().out
    assert run(["policy", str(path)]) == 0
    assert "arm64 defaults to hypercall" in capfd.readouterr().out
