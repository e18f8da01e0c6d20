"""Results of parts make the result of the whole, what guests take from each other included."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support import ROOT, Cli

SCHEMAS = ROOT / "xlcfg" / "report" / "schema"
PARTS = 4


def guest(name: str, mac: int, more: str = "") -> str:
    return (
        f'name = "{name}"\nkernel = "/k"\nmemory = 512\n'
        f'vif = [ "mac=00:16:3e:00:00:{mac:02x},bridge=xenbr0" ]\n{more}'
    )


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Two hosts whose guests clash in names, MACs, disks and displays, across any parts."""
    choose = random.Random(7)
    top = tmp_path / "fleet"
    for host in ("one", "two"):
        (top / host / "auto").mkdir(parents=True)
        for n in range(40):
            more = f"vcpu = {n}\n" if n % 9 == 4 else ""
            if n % 5 == 0:
                more += 'disk = [ "format=raw,vdev=xvda,access=rw,target=/dev/vg/shared" ]\n'
            if n % 6 == 1:
                more += 'type = "hvm"\nvnc = 1\nvncunused = 0\nvncdisplay = 5\n'
            if n == 17:
                more += "vcpus = [\n"
            text = guest(f"g{choose.randrange(25)}", choose.randrange(30), more)
            if n == 23:
                text = text.replace("\n", " # xlcfg: ignore[XL151]\n", 1)
            (top / host / f"g{n:02}.cfg").write_text(text)
        (top / host / "auto" / "linked.cfg").symlink_to("../g03.cfg")
        (top / host / "xen.cfg").write_text(
            "[global]\ndefault=xen\n[xen]\noptions=runstate-translation=new\nkernel=vmlinuz\n"
        )
    (top / "odd.cfg").write_bytes(guest("n\xe4me\xff", 1).encode("latin-1"))
    (top / "odd2.cfg").write_bytes(guest("n\xe4me\xff", 2).encode("latin-1"))
    return top


def parts(cli: Cli, folder: Path, *arguments: Any, number: int = PARTS) -> list[Path]:
    out = []
    for k in range(1, number + 1):
        done = cli(*arguments, "--format", "json", "--shard", f"{k}/{number}")
        assert done.stderr == ""
        path = folder / f"part{k}.json"
        path.write_text(done.stdout)
        out.append(path)
    return out


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-j1"],
        ["--ignore", "XL153,XL101"],
        ["--select", "XL151"],
        ["--cmdline", "runstate-translation=old"],
        ["--arch", "arm64", "--xen", "4.14"],
    ],
    ids=" ".join,
)
def test_all_parts_are_the_whole_byte_for_byte(
    cli: Cli, fleet: Path, tmp_path: Path, options: list[str]
) -> None:
    command = ["check", fleet, fleet / "none.cfg", tmp_path / "nothing", "--no-cache", *options]
    (tmp_path / "nothing").mkdir()
    whole = cli(*command, "--format", "json")
    if not options:
        codes = {found["code"] for found in json.loads(whole.stdout)["diagnostics"]}
        assert codes >= {"XL151", "XL153", "XL154", "XL155", "IO001", "IO004"}
    made = parts(cli, tmp_path, *command)
    for order in (made, made[::-1]):
        done = cli("merge", *order)
        assert done.stdout == whole.stdout
        assert done.returncode == whole.returncode
    # some now, the rest later
    early, late = tmp_path / "early.json", tmp_path / "late.json"
    early.write_text(cli("merge", made[2], made[0]).stdout)
    late.write_text(cli("merge", made[3], made[1]).stdout)
    assert json.loads(early.read_text())["shard"]["parts"] == [1, 3]
    assert cli("merge", late, early).stdout == whole.stdout


def test_a_list_in_parts(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    files = sorted(fleet.rglob("*.cfg"))
    random.Random(3).shuffle(files)
    listed = tmp_path / "list"
    listed.write_text("".join(f"{path.relative_to(tmp_path)}\n" for path in files))
    command = ["check", "--files-from", listed, "--no-cache", "--format", "json"]
    whole = cli(*command, cwd=tmp_path).stdout
    made = []
    for k in (1, 2, 3):
        part = tmp_path / f"{k}.json"
        part.write_text(cli(*command, "--shard", f"{k}/3", cwd=tmp_path).stdout)
        made.append(part)
    assert cli("merge", *made).stdout == whole


def test_machines_keep_the_files_at_different_places(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    import shutil

    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.copytree(fleet, other / "fleet", symlinks=True)
    whole = cli("check", "fleet", "--no-cache", "--format", "json", cwd=tmp_path).stdout
    made = []
    for k, here in ((1, tmp_path), (2, other)):
        done = cli(
            "check", "fleet", "--no-cache", "--format", "json", "--shard", f"{k}/2", cwd=here
        )
        made.append(tmp_path / f"{k}.json")
        made[-1].write_text(done.stdout)
    assert cli("merge", *made).stdout == whole


def test_a_clash_that_is_ignored_is_not_told_of(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    for name in "abcdef":
        (folder / f"{name}.cfg").write_text(guest("same", ord(name)))
    (folder / "d.cfg").write_text(guest("same", 1).replace("\n", " # xlcfg: ignore[XL151]\n", 1))
    (folder / "e.cfg").write_text(guest("same", 2).replace("\n", " # xlcfg: ignore\n", 1))
    whole = cli("check", folder, "--format", "json")
    found = [(Path(d["path"]).stem, d["code"]) for d in json.loads(whole.stdout)["diagnostics"]]
    assert found == [("b", "XL151"), ("c", "XL151"), ("f", "XL151")]
    assert cli("merge", *parts(cli, tmp_path, "check", folder)).stdout == whole.stdout
    none = json.loads(cli("check", folder, "--format", "json", "--ignore", "XL15").stdout)
    assert none["diagnostics"] == []


def test_results_have_their_schemas(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    check = json.loads((SCHEMAS / "report.schema.json").read_text())
    verdict = json.loads((SCHEMAS / "verdict.schema.json").read_text())
    for schema in (check, verdict):
        jsonschema.Draft202012Validator.check_schema(schema)
    made = parts(cli, tmp_path, "check", fleet, "--no-cache", number=2)
    for path in made:
        jsonschema.validate(json.loads(path.read_text()), check)
    jsonschema.validate(json.loads(cli("merge", *made).stdout), check)
    assert "shard" not in json.loads(cli("check", fleet, "--format", "json").stdout)


BROKEN: list[Any] = [
    3,
    {},
    {"parts": [1], "of": 2},
    {"parts": [1], "of": 2, "places": {}, "guests": []},
    {"parts": "x", "of": 2, "places": {}, "guests": []},
    {"parts": [1], "of": 2, "places": [], "guests": []},
    {"parts": [1], "of": 2, "places": {}, "guests": [{}]},
    {"parts": [1], "of": 2, "places": {"a": "b", "c": 1}, "guests": []},
    {
        "parts": [1], "of": 2, "places": {"a": 1},
        "guests": [{"path": "a", "file": "a", "findings": [0], "claims": {}}],
    },
    {
        "parts": [1], "of": 1, "places": {"a": 1, "b": 2},
        "guests": [
            {"path": p, "file": p, "findings": [0, 0], "claims": {"XL155": [{"what": "x"}]}}
            for p in "ab"
        ],
    },
    {
        "parts": [1], "of": 1, "places": {"a": 1},
        "guests": [{"path": "a", "file": "a", "findings": [0, 0], "claims": {"XL151": [{}]}}],
    },
]  # fmt: skip


@pytest.mark.parametrize("shard", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_part_is_refused(cli: Cli, tmp_path: Path, shard: Any) -> None:
    path = tmp_path / "x.json"
    path.write_text(
        json.dumps(
            {"version": 1, "xen": "4.20", "arch": "x86_64", "diagnostics": [], "policies": []}
            | {"shard": shard}
        )
    )
    for form in ("json", "text", "junit"):
        done = cli("merge", path, "--format", form)
        # what lacks a part can be joined further; what does not make sense cannot
        assert done.returncode == 2 or (form == "json" and "missing" in done.stderr)
        assert len(done.stderr.splitlines()) == 1
        assert (done.stdout == "") == (done.returncode == 2)


@pytest.mark.parametrize("form", ["text", "sarif", "junit", "gitlab"])
def test_a_missing_part_is_told(cli: Cli, fleet: Path, tmp_path: Path, form: str) -> None:
    """Nobody takes a result that lacks a part for a clean one."""
    made = parts(cli, tmp_path, "check", fleet, "--no-cache", number=4)
    done = cli("merge", made[1], made[3], "--format", form)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "xlcfg: parts 1, 3 of 4 are missing; --format json joins what there is\n"
    )
    some = cli("merge", *made[:3])
    assert "xlcfg: part 4 of 4 is missing\n" in some.stderr
    assert json.loads(some.stdout)["shard"]["parts"] == [1, 2, 3]
    assert "missing" not in cli("merge", *made, "--format", form).stderr


def test_a_part_and_a_whole_result(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    (part, _) = parts(cli, tmp_path, "check", fleet, "--no-cache", number=2)
    whole = tmp_path / "whole.json"
    whole.write_text(cli("check", fleet, "--no-cache", "--format", "json").stdout)
    done = cli("merge", whole, part)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"xlcfg: {part} is a part of --shard, {whole} is none\n"


def test_parts_of_no_number_of_parts(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    result = {"version": 1, "xen": "4.20", "arch": "x86_64", "diagnostics": [], "policies": []}
    for of in (0, -1, True, "2", 2.5, None, 10**12):
        for known in ([], [2], [0], ["a"], [10**13]):
            shard = {"parts": known, "of": of, "places": {}, "guests": []}
            path.write_text(json.dumps(result | {"shard": shard}))
            done = cli("merge", path, "--format", "text")
            assert (done.returncode, done.stdout) == (2, ""), (of, known)


def test_parts_of_different_numbers(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    one.write_text(cli("check", fleet, "--format", "json", "--shard", "1/2").stdout)
    two.write_text(cli("check", fleet, "--format", "json", "--shard", "2/3").stdout)
    done = cli("merge", one, two)
    assert done.returncode == 2
    assert "is a part of 2" in done.stderr


def test_standard_input_is_in_one_part(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "b.cfg").write_text(guest("b", 1))
    text = guest("a", 1).encode()
    command = ("check", "-", "b.cfg", "--format", "json")
    for k in (1, 2):
        done = cli(*command, "--shard", f"{k}/2", stdin=text, cwd=tmp_path)
        (tmp_path / f"{k}.json").write_text(done.stdout)
    joined = cli("merge", tmp_path / "1.json", tmp_path / "2.json")
    assert joined.stdout == cli(*command, stdin=text, cwd=tmp_path).stdout
    assert "XL153" in joined.stdout


def test_parts_that_are_mended_make_the_whole(cli: Cli, tmp_path: Path, fleet: Path) -> None:
    command = ("check", "--fix", fleet, "--format", "json")
    outs = [tmp_path / "1.json", tmp_path / "2.json"]
    for k, out in enumerate(outs, 1):
        out.write_text(cli(*command, "--shard", f"{k}/2").stdout)
    joined = cli("merge", *outs)
    assert joined.stdout == cli("check", fleet, "--format", "json").stdout
    assert "runstate-translation=new" in joined.stdout


def test_a_trace_is_for_all_parts(cli: Cli, fleet: Path) -> None:
    done = cli("check", fleet, "--shard", "1/2", "--trace", "none.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--trace goes with no --shard" in done.stderr
