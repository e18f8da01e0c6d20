"""`xlcfg verdict` over many traces: lists, processes, parts, and results joined."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support import ROOT, Cli, make_linter
from xlcfg.checks.report import Report
from xlcfg.emulator import generate_trace
from xlcfg.hooks import Hooks
from xlcfg.traces import replaying, verdict

SCHEMA = ROOT / "xlcfg" / "report" / "schema" / "verdict.schema.json"
KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    """Boot traces of several kinds, packed and not, and two files that are none."""
    top = tmp_path / "traces"
    for number in range(14):
        folder = top / f"rack{number % 3}"
        folder.mkdir(parents=True, exist_ok=True)
        arch = ("arm64", "x86_64")[number % 2]
        made = generate_trace(number, 150, arch=arch, guest="pvh", vcpus=2, policy="update")
        data = "".join(f"{line}\n" for line in made).encode()
        if number % 4 == 3:
            (folder / f"t{number:02}.jsonl.gz").write_bytes(gzip.compress(data))
        else:
            (folder / f"t{number:02}.jsonl").write_bytes(data)
    shutil.copy(KPTI, top / "rack0")
    (top / "rack1" / "broken.jsonl").write_text("{}\n")
    return top


def test_processes_change_nothing(cli: Cli, traces: Path) -> None:
    for form in ("text", "json", "markdown"):
        plain = cli("verdict", traces, traces / "none.jsonl", "-j1", "--format", form)
        assert plain.returncode == 2
        for options in ([], ["-j2"], ["-j5"]):
            done = cli("verdict", traces, traces / "none.jsonl", "--format", form, *options)
            assert (done.stdout, done.stderr) == (plain.stdout, "")
            assert done.returncode == 2
    jsonschema.validate(
        json.loads(cli("verdict", traces, "--format", "json").stdout),
        json.loads(SCHEMA.read_text()),
    )


def test_a_list_of_traces(cli: Cli, traces: Path) -> None:
    files = sorted(traces.rglob("*.jsonl*"), reverse=True)
    expected = cli("verdict", *files).stdout
    listed = b"\0".join(os.fsencode(f) for f in files)
    assert cli("verdict", "--files-from", "-", stdin=listed).stdout == expected
    done = cli("verdict")
    assert done.returncode == 2
    assert "nothing to replay" in done.stderr


def test_all_parts_are_the_whole(cli: Cli, traces: Path, tmp_path: Path) -> None:
    command = ["verdict", traces, traces / "none.jsonl", "--format", "json"]
    whole = cli(*command)
    made = []
    for k in (1, 2, 3):
        done = cli(*command, "--shard", f"{k}/3")
        made.append(tmp_path / f"{k}.json")
        made[-1].write_text(done.stdout)
        document = json.loads(done.stdout)
        jsonschema.validate(document, json.loads(SCHEMA.read_text()))
        assert 0 < len(document["traces"]) < 15
    done = cli("merge", *made[::-1])
    assert (done.returncode, done.stdout) == (2, whole.stdout)
    early = tmp_path / "early.json"
    early.write_text(cli("merge", made[0], made[2]).stdout)
    jsonschema.validate(json.loads(early.read_text()), json.loads(SCHEMA.read_text()))
    assert cli("merge", made[1], early).stdout == whole.stdout
    for form in ("text", "markdown"):
        alone = cli("verdict", traces, traces / "none.jsonl", "--format", form)
        assert cli("merge", "--format", form, *made).stdout == alone.stdout


def test_what_is_no_verdict(cli: Cli, traces: Path, tmp_path: Path) -> None:
    good, other = tmp_path / "v.json", tmp_path / "c.json"
    good.write_text(cli("verdict", traces, "--format", "json").stdout)
    (tmp_path / "g.cfg").write_text('name = "g"\nkernel = "/k"\n')
    other.write_text(cli("check", tmp_path / "g.cfg", "--format", "json").stdout)
    done = cli("merge", good, other)
    assert done.returncode == 2
    assert "cannot be joined" in done.stderr
    done = cli("merge", other, "--format", "markdown")
    assert done.returncode == 2
    assert "is for results of verdict" in done.stderr
    for trace in ({}, {"path": "x"}, json.loads(good.read_text())["traces"][0] | {"update": 3}):
        other.write_text(
            json.dumps({"version": 1, "traces": [trace | {"path": "x"}], "unreadable": []})
        )
        done = cli("merge", good, other)
        assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.fault(
    "a trace kills the process that replays it",
    says="2: the trace is named",
    lost="nothing; the others are replayed",
)
def test_a_trace_that_kills_its_process_is_named(
    traces: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    parent = os.getpid()
    plain = replaying.replay_report

    def deadly(path: str, *arguments: object, **more: object) -> Report:
        if os.getpid() != parent and "t05" in path:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(path, *arguments, **more)  # type: ignore[arg-type]

    linter = make_linter("4.20", "x86_64", Hooks(plugins=False))
    expected = verdict.gather([str(traces)], linter, jobs=1)
    monkeypatch.setattr(replaying, "replay_report", deadly)
    table = verdict.gather([str(traces)], linter, jobs=2)
    path = str(traces / "rack2" / "t05.jsonl")
    assert (path, "the process that replayed it died: signal 9") in table.unreadable
    assert [r for r in expected.rows if r.path != path] == table.rows
    assert "a worker process died (signal 9)" in capfd.readouterr().err


def test_a_folder_that_cannot_be_listed_is_told(
    traces: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("rack1"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    table = verdict.gather([str(traces)], make_linter("4.17", "x86_64", Hooks(plugins=False)))
    told = (str(traces / "rack1"), "cannot be read: permission denied")
    assert told in table.unreadable
    assert table.exit_code == 2
    assert table.rows
