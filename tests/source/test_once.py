"""A file that several paths or results name is one file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import Cli

GUEST = 'name = "a"\nkernel = "/k"\nvcpus = 1\nvcpu = 2\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "xen"
    (home / "auto").mkdir(parents=True)
    (home / "a.cfg").write_text(GUEST)
    (home / "odd").write_text("vcpu = 2\n")
    (home / "auto" / "b.cfg").symlink_to("../a.cfg")
    (tmp_path / "linked").symlink_to(home)
    return home


def paths(cli: Cli, folder: Path, *arguments: Any) -> tuple[int, list[str]]:
    done = cli("check", "--no-cache", "--format", "json", *arguments, cwd=folder)
    found = json.loads(done.stdout)["diagnostics"]
    return done.returncode, [d["path"] for d in found if d["code"] in ("XL101", "IO001", "IO004")]


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (["a.cfg", "./a.cfg", "."], ["a.cfg"]),
        (["a.cfg", "a.cfg"], ["a.cfg"]),
        (["auto/../a.cfg", "a.cfg"], ["auto/../a.cfg"]),
        (["a.cfg", "../linked/a.cfg"], ["a.cfg"]),
        (["auto", "../linked/auto/b.cfg", "a.cfg"], ["../linked/auto/b.cfg"]),
        ([".", "../linked", "auto"], ["./a.cfg"]),
        (["-j2", "./a.cfg", "a.cfg", "."], ["./a.cfg"]),
        # what a search passes over or leaves out is checked when it is named as well
        ([".", "odd"], ["./a.cfg", "odd"]),
        (["--exclude", "a.cfg", ".", "a.cfg"], ["a.cfg"]),
        (["none.cfg", "./none.cfg"], ["none.cfg"]),
    ],
)
def test_a_file_is_checked_once(
    cli: Cli, folder: Path, given: list[str], checked: list[str]
) -> None:
    code, found = paths(cli, folder, *given)
    assert found == checked
    assert code == (2 if "none.cfg" in given else 1)


def test_shards_agree_on_which_name_counts(cli: Cli, folder: Path, tmp_path: Path) -> None:
    given = ["a.cfg", "./a.cfg", "../linked/a.cfg", ".", "odd"]
    parts = []
    for k in (1, 2, 3):
        part = tmp_path / f"{k}.json"
        part.write_text(
            cli("check", "--format", "json", "--shard", f"{k}/3", *given, cwd=folder).stdout
        )
        parts.append(part)
    joined = json.loads(cli("merge", *parts).stdout)
    assert [d["path"] for d in joined["diagnostics"] if d["code"] == "XL101"] == ["a.cfg", "odd"]


def test_standard_input_is_read_once(cli: Cli) -> None:
    done = cli("check", "-", "-", stdin=GUEST.encode())
    assert done.stdout.count("XL101") == 1
    assert "in 1 file." in done.stdout


def test_results_about_one_file_are_joined(cli: Cli, folder: Path, tmp_path: Path) -> None:
    results = []
    for number, name in enumerate(("a.cfg", "./a.cfg", "auto/../a.cfg")):
        result = tmp_path / f"{number}.json"
        result.write_text(cli("check", "--format", "json", name, cwd=folder).stdout)
        results.append(result)
    done = cli("merge", *results)
    joined = json.loads(done.stdout)
    assert [(d["path"], d["code"]) for d in joined["diagnostics"]] == [("a.cfg", "XL101")]
    assert [p["path"] for p in joined["policies"]] == ["a.cfg"]
    assert "in 1 file." in cli("merge", "--format", "text", *results).stdout


def test_a_trace_is_judged_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(cli("trace", "generate", "--events", "9").stdout)
    done = cli("verdict", "--format", "json", "t.jsonl", "./t.jsonl", ".", cwd=tmp_path)
    assert [row["path"] for row in json.loads(done.stdout)["traces"]] == ["t.jsonl"]


def test_a_trace_is_replayed_once(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(cli("trace", "generate", "--events", "9").stdout)
    (tmp_path / "u.jsonl").symlink_to("t.jsonl")
    for options in ([], ["--compare"]):
        names = ("t.jsonl", "./t.jsonl", "u.jsonl")
        done = cli("replay", "--format", "json", *options, *names, cwd=tmp_path)
        assert [row["path"] for row in json.loads(done.stdout)["replays"]] == ["t.jsonl"]


SCRIPT = b'fdt set /chosen xen,xen-bootargs "tpyo=1"\nbooti 1 - 2\n'


def image(script: bytes) -> bytes:
    """The script as mkimage wraps it."""
    body = len(script).to_bytes(4, "big") + bytes(4) + script
    sized = bytes.fromhex("27051956") + bytes(8) + len(body).to_bytes(4, "big")
    return sized.ljust(30, b"\0") + b"\x06".ljust(34, b"\0") + body


@pytest.mark.parametrize(
    ("given", "checked"),
    [
        (["."], ["./boot.cmd", "./other/boot.scr"]),
        # what is named is checked, and what nobody else reports is reported
        (["boot.scr", "."], ["boot.scr", "./boot.cmd", "./other/boot.scr"]),
        (["--exclude", "boot.cmd", "."], ["./boot.scr", "./other/boot.scr"]),
        (["-j2", "boot.cmd", "boot.scr"], ["boot.cmd", "boot.scr"]),
    ],
)
def test_a_script_and_its_image_are_one(
    cli: Cli, tmp_path: Path, given: list[str], checked: list[str]
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "boot.cmd").write_bytes(SCRIPT)
    (tmp_path / "boot.scr").write_bytes(image(SCRIPT))
    (tmp_path / "other" / "boot.scr").write_bytes(image(SCRIPT))
    done = cli("check", "--no-cache", "--format", "json", *given, cwd=tmp_path)
    found = json.loads(done.stdout)["diagnostics"]
    assert sorted(d["path"] for d in found if d["code"] == "BL101") == sorted(checked)


def test_an_image_of_another_script_is_checked(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "boot.cmd").write_bytes(SCRIPT)
    (tmp_path / "boot.scr").write_bytes(image(SCRIPT.replace(b"tpyo", b"oypt")))
    done = cli("check", "-v", tmp_path)
    assert ("tpyo" in done.stdout, "oypt" in done.stdout) == (True, True)
    (tmp_path / "boot.scr").write_bytes(image(SCRIPT))
    said = cli("check", "-v", tmp_path).stderr
    assert "boot.scr: passed over: it is the script of boot.cmd" in said
    (tmp_path / "a\x1b[31m.cmd").write_bytes(SCRIPT)
    said = cli("check", "-v", tmp_path).stderr
    assert r"it is the script of a\x1b[31m.cmd" in said
