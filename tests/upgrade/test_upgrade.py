"""`xlcfg upgrade`: what strikes these files, where it is written, and once when it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

import xlcfg
from support import Cli, make_linter
from xlcfg.catalogue import release_index, releases
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.report.links import evidence
from xlcfg.upgrade import Upgrade, _file

SCHEMAS = Path(xlcfg.__file__).parent / "report/schema"
SCHEMA = json.loads((SCHEMAS / "upgrade.schema.json").read_text())
REPORT = json.loads((SCHEMAS / "report.schema.json").read_text())
REGISTRY: Any = Registry().with_resource("report.schema.json", Resource.from_contents(REPORT))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, registry=REGISTRY)

HEAD = 'name = "a"\nkernel = "/k"\nmemory = 512\n'
OLD_MODEL = 'type = "hvm"\ndevice_model_version = "qemu-xen-traditional"\n'


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def upgrade(cli: Cli, *arguments: Any, code: int | None = None) -> dict[str, Any]:
    done = cli("upgrade", "--format", "json", *arguments)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    VALIDATOR.validate(document)
    return document


def compared(text: str, start: str, end: str, kind: str = "guest", arch: str = "x86_64") -> Upgrade:
    hooks = Hooks(plugins=False)
    result = Upgrade(make_linter(start, arch, hooks), make_linter(end, arch, hooks))
    source = Source("x", text.encode())
    source.kind = kind
    _file(source, result)
    return result


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_plain_guest_has_nothing_to_fear(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", HEAD + 'type = "pvh"\n')
    found = upgrade(cli, "--from", "4.15", "--to", "4.22", path, code=0)
    assert found["changes"] == []
    assert found["files"] == [
        {"path": str(path), "kind": "guest", "accepted_from": True, "accepted_to": True}
    ]
    assert "Nothing changes in 1 file." in cli("upgrade", "--from", "4.15", path).stdout


def test_what_is_written_is_told_at_its_place(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", HEAD + OLD_MODEL)
    found = upgrade(cli, "--from", "4.17", "--to", "4.22", path, code=1)
    refused = [c for c in found["changes"] if c["severity"] == "error" and c["effect"] == "error"]
    assert [(c["release"], c["name"]) for c in refused] == [("4.21", "device_model_version")]
    assert [(p["line"], p["column"]) for p in refused[0]["places"]] == [(5, 1)]
    assert refused[0]["evidence"]
    done = cli("upgrade", "--from", "4.17", "--to", "4.22", path)
    assert f"{path}:5:1: error[4.21]: `device_model_version`:" in done.stdout
    assert "= evidence: " in done.stdout


def test_what_is_not_written_is_told_once(cli: Cli, tmp_path: Path) -> None:
    for number in range(6):
        write(tmp_path, f"g{number}.cfg", HEAD.replace('"a"', f'"a{number}"'))
    found = upgrade(cli, "--from", "4.14", "--to", "4.22", tmp_path, code=1)
    (change,) = found["changes"]
    assert (change["name"], change["effect"]) == ("msr_relaxed", "default")
    assert len(change["places"]) == 6
    assert {place["line"] for place in change["places"]} == {None}
    done = cli("upgrade", "--from", "4.14", "--to", "4.22", tmp_path)
    assert done.stdout.count("msr_relaxed`: ") == 1
    assert "6 files: warning[4.15]" in done.stdout
    # what is set is not counted
    write(tmp_path, "g3.cfg", HEAD + "msr_relaxed = 1\n")
    found = upgrade(cli, "--from", "4.15", "--to", "4.22", tmp_path, code=0)
    assert found["changes"] == []


def test_a_boot_line(cli: Cli) -> None:
    found = upgrade(cli, "--from", "4.12", "--to", "4.14", "--cmdline", "loglvl=all tmem", code=1)
    gone = [c for c in found["changes"] if c["name"] == "tmem"]
    assert [(c["release"], c["scope"], c["severity"]) for c in gone] == [("4.13", "boot", "error")]
    (place,) = gone[0]["places"]
    assert (place["path"], place["column"], place["end_column"]) == ("boot line", 12, 16)
    # what is behind -- is not for Xen
    line = "loglvl=all -- tmem"
    found = upgrade(cli, "--from", "4.12", "--to", "4.14", "--cmdline", line)
    assert [c for c in found["changes"] if c["name"] == "tmem"] == []


def test_the_boot_line_of_a_boot_loader_s_file(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "grub", '# grub\nGRUB_CMDLINE_XEN="loglvl=all tmem"\n')
    found = upgrade(cli, "--from", "4.12", "--to", "4.14", path, code=1)
    (gone,) = [c for c in found["changes"] if c["name"] == "tmem"]
    assert [(p["path"], p["line"], p["column"]) for p in gone["places"]] == [(str(path), 2, 30)]


def test_a_key_of_xl_conf(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "xl.conf", 'max_grant_frames="x"\n')
    found = upgrade(cli, "--from", "4.12", "--to", "4.13", path, code=1)
    (change,) = found["changes"]
    assert (change["effect"], change["code"], change["severity"]) == ("check", "XC201", "error")
    assert found["files"][0]["accepted_from"] is True
    assert found["files"][0]["accepted_to"] is False


@pytest.mark.parametrize(
    "text",
    [
        HEAD + OLD_MODEL + 'bios = "rombios"\n',
        HEAD + 'type = "pvh"\npvh = 1\n',
        HEAD + 'builder = "hvm"\n',
        HEAD + "vif = [ 'a=b' ]\nvif += [ 'c=d' ]\n",
        HEAD + "x = [ [ 1 ] ]\n",
        HEAD + 'tsc_mode = "native_paravirt"\ntee = "ffa"\nsve = "hw"\n',
    ],
)
def test_a_file_that_is_newly_refused_always_shows(text: str) -> None:
    lines = releases()
    for start in lines[:-1]:
        for end in (lines[release_index(start) + 1], lines[-1]):
            result = compared(text, start, end)
            (file,) = result.files
            errors = [c for c in result.changes if c.severity == "error"]
            if file.accepted_before and not file.accepted_after:
                assert errors, (start, end)
            assert result.exit_code in (0, 1)


def test_one_thing_is_not_told_twice() -> None:
    result = compared(HEAD + OLD_MODEL, "4.20", "4.22")
    reported = [
        (c.effect, p.start) for c in result.changes for p in c.places if c.severity == "error"
    ]
    assert [effect for effect, _ in reported] == ["error"]


def test_a_file_that_no_parser_takes(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", HEAD + "memory = = 1\n")
    found = upgrade(cli, "--from", "4.14", "--to", "4.22", path, code=0)
    assert found["changes"] == []
    assert found["files"][0]["accepted_from"] is False
    done = cli("upgrade", "--from", "4.14", "--to", "4.22", path)
    assert "4.14 finds an error in" in done.stdout


def test_deep_nesting() -> None:
    compared("x = " + "[" * 3000 + "]" * 3000 + "\n", "4.14", "4.22")


def test_down_as_well(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", HEAD + "vpmu = 1\n")
    found = upgrade(cli, "--from", "4.22", "--to", "4.14", path, code=1)
    assert [(c["release"], c["name"], c["effect"]) for c in found["changes"]] == [
        ("4.15", "vpmu", "ignored")
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--from", "4.17", "--to", "4.17", "x.cfg"], "are the same release"),
        (["--from", "3.4", "x.cfg"], "--from: no Xen release '3.4'"),
        (["--from", "4.17", "--to", "9.9", "x.cfg"], "--to: no Xen release '9.9'"),
        (["--from", "4.17"], "nothing to compare"),
        (["x.cfg"], "--from"),
    ],
)
def test_usage(cli: Cli, arguments: list[str], expected: str) -> None:
    done = cli("upgrade", *arguments)
    assert done.returncode == 2
    assert expected in done.stderr


def test_a_file_that_is_no_config_has_no_boot_line(cli: Cli, tmp_path: Path) -> None:
    text = "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/bin/sh\n"
    path = write(tmp_path, "passwd", text)
    found = upgrade(cli, "--from", "4.17", "--to", "4.22", path, code=1)
    assert (found["changes"], found["files"]) == ([], [])
    assert [p["code"] for p in found["problems"]] == ["IO012"]


def test_what_cannot_be_read_exits_2(cli: Cli, tmp_path: Path) -> None:
    found = upgrade(cli, "--from", "4.17", "--to", "4.22", tmp_path / "none.cfg", code=2)
    assert [p["code"] for p in found["problems"]] == ["IO001"]
    assert "cannot be read" in cli("upgrade", "--from", "4.17", tmp_path / "none.cfg").stdout


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("0570d7f276", ["a=commit;h=0570d7f276"]),
        ("6ba7010642, 7f7e55b85f", ["a=commit;h=6ba7010642", "a=commit;h=7f7e55b85f"]),
        (
            "tools/xl/xl_parse.c at 4.9.4 and 4.10.4",
            [
                "a=blob;f=tools/xl/xl_parse.c;hb=RELEASE-4.9.4",
                "a=blob;f=tools/xl/xl_parse.c;hb=RELEASE-4.10.4",
            ],
        ),
        ("CHANGELOG.md at 4.20.0", ["a=blob;f=CHANGELOG.md;hb=RELEASE-4.20.0"]),
        ("the keys xl reads at 4.17.7 and 4.18.5", []),
        ("", []),
    ],
)
def test_evidence_has_links(text: str, pages: list[str]) -> None:
    links = evidence(text)
    assert [link.partition("p=xen.git;")[2] for link in links] == pages
    assert all(link.startswith("https://xenbits.xen.org/") for link in links)
