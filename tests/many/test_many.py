"""Runs over many files: processes, lists, shards, the cache, joined results."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from support import Cli, make_linter
from xlcfg.checks.file import FEW, check_any
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report, Result
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.many import results
from xlcfg.many.serialize import pack, unpack
from xlcfg.report import FORMATS
from xlcfg.run import check_paths

BAD = 'name = "guest{0}"\nkernel = "/k"\nvcpu = {0}\n'


def linter(**more: Any) -> Linter:
    return make_linter("4.20", "x86_64", Hooks(plugins=False), **more)


def told(result: Result) -> list[Any]:
    return [(r.source.path, r.unreadable, pack(r)) for r in result.reports]


# ---- the same answer, whoever works it out -----------------------------------------------------


def test_processes_and_cache_change_nothing(
    cli: Cli, fleet: Path, environment: dict[str, str]
) -> None:
    for extra in (["--format", "json"], [], ["--format", "sarif"]):
        plain = cli("check", fleet, "-j1", "--no-cache", *extra, env=environment)
        assert plain.returncode == 1
        assert "XL151" in plain.stdout
        for options in (["-j2", "--no-cache"], ["-j5"], [], ["-j1"]):
            done = cli("check", fleet, *options, *extra, env=environment)
            assert (done.returncode, done.stdout, done.stderr) == (1, plain.stdout, "")
    assert os.listdir(Path(environment["XDG_CACHE_HOME"]) / "xlcfg") == ["reports.sqlite3"]


def test_few_files_in_processes(cli: Cli, fleet: Path, environment: dict[str, str]) -> None:
    files = sorted(fleet.glob("host0/*.cfg"))[:3]
    plain = cli("check", *files, env=environment)
    assert cli("check", "-j2", *files, env=environment).stdout == plain.stdout
    assert not Path(environment["XDG_CACHE_HOME"]).exists()


def test_a_packed_report_is_the_report_under_any_path(fleet: Path) -> None:
    for path in sorted(fleet.glob("*/*.cfg"))[:FEW]:
        data = path.read_bytes()
        (here,) = check_any(Source(str(path), data), linter())
        (there,) = check_any(Source("else/where.cfg", data), linter())
        again = unpack(json.loads(json.dumps(pack(there))), Source(str(path), data))
        assert pack(again) == pack(here)
        assert here.policy is not None
        assert again.policy is not None
        ours = [(s.origin, s.where, s.outcome) for s in here.policy.steps]
        assert [(s.origin, s.where, s.outcome) for s in again.policy.steps] == ours


def test_the_guest_of_a_packed_report_is_read_again(fleet: Path) -> None:
    result = check_paths([str(fleet)], linter(), jobs=2)
    report = next(r for r in result.reports if r.source.path.endswith("g003.cfg"))
    assert report.guest is not None
    assert report.guest.settings.string("name") == "guest3"


def test_a_boot_line_beside_the_guests_counts(cli: Cli, fleet: Path) -> None:
    (fleet / "xen.cfg").write_text(
        "[global]\ndefault=xen\n[xen]\noptions=runstate-translation=new\nkernel=vmlinuz\n"
    )
    one = json.loads(cli("check", fleet, "-j1", "--no-cache", "--format", "json").stdout)
    two = json.loads(cli("check", fleet, "-j2", "--no-cache", "--format", "json").stdout)
    assert one == two
    assert "hypercall" in {entry["policy"] for entry in one["policies"]}


# ---- workers that die --------------------------------------------------------------------------


@pytest.mark.fault(
    "a worker dies",
    says="as usual; its files are checked again",
    lost="nothing",
)
def test_files_of_a_worker_that_died_are_checked_again(
    fleet: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = told(check_paths([str(fleet)], linter()))
    parent = os.getpid()
    once = tmp_path / "once"

    def dying(source: Source, linter: Linter) -> Report:
        if os.getpid() != parent and "g040" in source.path and not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return check_any(source, linter)

    monkeypatch.setattr(results, "check_any", dying)
    result = check_paths([str(fleet)], linter(), jobs=2)
    assert once.exists()
    assert told(result) == expected
    assert "a worker process died (signal 9); its files are checked again" in capfd.readouterr().err


@pytest.mark.fault(
    "a file kills every worker that checks it",
    says="2: the file is named",
    lost="nothing; the others are checked",
)
def test_a_file_that_kills_every_worker_is_named(
    fleet: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = told(check_paths([str(fleet)], linter()))
    parent = os.getpid()

    def deadly(source: Source, linter: Linter) -> Report:
        if os.getpid() != parent and "g040" in source.path:
            os.kill(os.getpid(), signal.SIGKILL)
        return check_any(source, linter)

    monkeypatch.setattr(results, "check_any", deadly)
    result = check_paths([str(fleet)], linter(), jobs=2)
    assert [path for path, *_ in told(result)] == [path for path, *_ in expected]
    changed = [
        (report.source.path, report.diagnostics[0].code, report.diagnostics[0].message)
        for report, before in zip(result.reports, expected, strict=True)
        if pack(report) != before[2]
    ]
    path = str(fleet / "host0" / "g040.cfg")
    assert changed == [(path, "IO010", "the process that checked this file died: signal 9")]
    assert result.exit_code == 2
    capfd.readouterr()


def test_too_little_memory_for_one_file_is_told_of_that_file(
    fleet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hungry(source: Source, linter: Linter) -> Report:
        if "g040" in source.path:
            raise MemoryError
        return check_any(source, linter)

    monkeypatch.setattr(results, "check_any", hungry)
    result = check_paths([str(fleet)], linter(), jobs=2)
    unreadable = [r for r in result.reports if r.unreadable]
    assert [r.source.path for r in unreadable] == [str(fleet / "host0" / "g040.cfg")]
    assert unreadable[0].diagnostics[0].message == "not enough memory for this input"


@pytest.mark.fault(
    "no process can be made",
    says="as usual, in one process",
    lost="time",
)
def test_no_process_can_be_made(fleet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = told(check_paths([str(fleet)], linter()))

    def refused() -> int:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(os, "fork", refused)
    assert told(check_paths([str(fleet)], linter(), jobs=2)) == expected


def test_no_worker_outlives_the_run(fleet: Path) -> None:
    before = children()
    check_paths([str(fleet)], linter(), jobs=3)
    assert children() == before


def children() -> set[str]:
    """The processes that this one has started; what commands are forked from is one of them."""
    found = Path("/proc/self/task").glob("*/children")
    return {pid for path in found for pid in path.read_text().split()}


# ---- lists, shards, joined results -------------------------------------------------------------


@pytest.mark.parametrize("separator", [b"\n", b"\0"])
def test_a_list_of_files(cli: Cli, fleet: Path, tmp_path: Path, separator: bytes) -> None:
    files = sorted(fleet.glob("host0/*.cfg"))
    if separator == b"\0":
        odd = fleet / "host0" / os.fsdecode(b"new\nline\xff.cfg")
        odd.write_text(BAD.format(9))
        files.append(odd)
    listed = tmp_path / "list"
    listed.write_bytes(separator.join(os.fsencode(f) for f in files) + separator)
    expected = cli("check", *files, "--no-cache").stdout
    assert cli("check", "--files-from", listed, "--no-cache").stdout == expected
    done = cli("check", "--files-from", "-", "--no-cache", stdin=listed.read_bytes())
    assert done.stdout == expected
    assert f"in {len(files)} files" in expected


def test_a_list_that_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", "--files-from", tmp_path / "none")
    assert done.returncode == 2
    assert "--files-from" in done.stderr
    done = cli("check", "--fix")
    assert done.returncode == 2
    assert "name files or directories" in done.stderr


def test_shards_are_the_whole_and_merge_to_it(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    whole = cli("check", fleet, "--format", "json", "--no-cache").stdout
    parts = []
    seen: list[str] = []
    for k in (1, 2, 3):
        done = cli("check", fleet, "--format", "json", "--no-cache", "--shard", f"{k}/3")
        part = tmp_path / f"{k}.json"
        part.write_text(done.stdout)
        parts.append(part)
        seen += [entry["path"] for entry in json.loads(done.stdout)["policies"]]
    assert sorted(seen) == sorted(entry["path"] for entry in json.loads(whole)["policies"])
    done = cli("merge", *parts)
    assert done.returncode == 1
    assert done.stdout == whole
    assert done.stderr.startswith("xlcfg: 1 error, ")


def test_no_part_is_taken_twice(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    parts = [tmp_path / f"{k}.json" for k in (1, 2)]
    for k, part in enumerate(parts, 1):
        part.write_text(cli("check", fleet, "--format", "json", "--shard", f"{k}/2").stdout)
    (tmp_path / "copy.json").write_bytes(parts[0].read_bytes())
    (tmp_path / "link.json").symlink_to(parts[1])
    for more, why in (
        (parts[0], f"{parts[0]}: given twice"),
        (tmp_path / "link.json", f"{tmp_path}/link.json: given twice"),
        (tmp_path / "copy.json", f"part 1 of 2 is in {parts[0]} and in {tmp_path}/copy.json"),
    ):
        done = cli("merge", *parts, more)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"xlcfg: {why}\n")


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_joined_results_in_every_format(cli: Cli, fleet: Path, tmp_path: Path, form: str) -> None:
    """As one run prints them, but for lines of the files and fingerprints, which need the text."""
    (fleet / "xen.cfg").write_text("[global]\ndefault=xen\n[xen]\noptions=loglvl=all\nkernel=v\n")
    whole = cli("check", fleet, "--format", form, "--no-cache", "-j1").stdout
    summary = cli("check", fleet, "--no-cache").stdout.splitlines()[-1]
    assert summary.endswith(" in 74 files.")
    parts = []
    for k in (1, 2):
        parts.append(tmp_path / f"{k}.json")
        done = cli("check", fleet, "--format", "json", "--no-cache", "--shard", f"{k}/2")
        parts[-1].write_text(done.stdout)
    shutil.move(fleet, tmp_path / "gone")  # nothing that a result names is looked at
    done = cli("merge", *parts, "--format", form)
    assert done.returncode == 1
    assert done.stderr == f"xlcfg: {summary.rstrip('.')}\n"

    def comparable(text: str) -> list[str]:
        lines = [line for line in text.splitlines() if not re.match(r" *\d* \|", line)]
        lines = [" ".join(re.split(r"^ *= help: ", line)) for line in lines]
        return [re.sub(r'"(xlcfg/v1|fingerprint)": "[^"]*"', "", line).strip() for line in lines]

    if form == "text":  # help is folded at another column where there is no line number
        assert " ".join(comparable(done.stdout)) == " ".join(comparable(whole))
    else:
        assert comparable(done.stdout) == comparable(whole)


def test_formats_of_the_other_command(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    checked, judged = tmp_path / "c.json", tmp_path / "v.json"
    checked.write_text(cli("check", fleet, "--format", "json").stdout)
    judged.write_text(cli("verdict", tmp_path / "none.jsonl", "--format", "json").stdout)
    done = cli("merge", checked, "--format", "markdown")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is for results of verdict" in done.stderr
    done = cli("merge", judged, "--format", "sarif")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is for results of check" in done.stderr
    done = cli("merge", judged)
    assert (done.returncode, done.stderr) == (2, "xlcfg: 1 trace could not be read\n")


@pytest.mark.parametrize("form", ["text", "sarif"])
def test_a_result_that_is_none_of_ours(cli: Cli, fleet: Path, tmp_path: Path, form: str) -> None:
    plain = json.loads(cli("check", fleet, "--format", "json").stdout)
    path = tmp_path / "r.json"
    for name, value in (
        ("severity", "worst"), ("severity", []), ("line", "1"), ("message", None), ("code", 3),
        ("related", [1]), ("fix", {"edits": 3}), ("help", {}), ("end_line", None),
    ):  # fmt: skip
        first, *rest = plain["diagnostics"]
        path.write_text(json.dumps({**plain, "diagnostics": [{**first, name: value}, *rest]}))
        done = cli("merge", path, "--format", form)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.endswith("is not what xlcfg check or verdict --format json prints\n")


def test_what_does_not_belong_together_is_not_merged(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    one, two, text = tmp_path / "1.json", tmp_path / "2.json", tmp_path / "t.json"
    one.write_text(cli("check", fleet, "--format", "json").stdout)
    two.write_text(cli("check", fleet, "--format", "json", "--xen", "4.14").stdout)
    done = cli("merge", one, two)
    assert done.returncode == 2
    assert "is about xen" in done.stderr
    for content in ("{", "[]", "{}", '{"version":1,"diagnostics":[3]}', '{"diagnostics":[]}'):
        text.write_text(content)
        done = cli("merge", one, text)
        assert (done.returncode, done.stdout) == (2, "")
    assert cli("merge", tmp_path / "none").returncode == 2


@pytest.mark.parametrize("shard", ["0/3", "4/3", "a/b", "1", "1/0", "-1/3"])
def test_no_such_shard(cli: Cli, fleet: Path, shard: str) -> None:
    done = cli("check", fleet, f"--shard={shard}")
    assert done.returncode == 2
    assert "--shard" in done.stderr


@pytest.mark.parametrize("jobs", ["0", "-1", "x", "5000"])
def test_no_such_number_of_jobs(cli: Cli, fleet: Path, jobs: str) -> None:
    assert cli("check", fleet, f"-j{jobs}").returncode == 2


def test_a_long_run_shows_on_a_terminal_how_far_it_is(fleet: Path) -> None:
    import pty
    import time

    class Slow(results._Run):
        def take(self, index: int, packed: list[Any]) -> None:
            time.sleep(0.02)
            super().take(index, packed)

    try:
        controller, terminal = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal here: {error}")
    with os.fdopen(terminal, "w") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setattr(results, "_Run", Slow)
        check_paths([str(fleet)], linter(), jobs=2)
        shown = os.read(controller, 100_000).decode()
    os.close(controller)
    assert "files so far" in shown
    assert shown.endswith("\r\x1b[K")


def test_a_file_may_be_called_as_an_architecture(tmp_path: Path) -> None:
    """What is remembered of it holds for the same bytes under another name."""
    source = Source("x86_64", b'name = "a"\nkernel = "/k"\n')
    (report,) = check_any(source, make_linter("4.20", "x86_64", Hooks(plugins=False)))
    again = unpack(pack(report), Source("other", source.data))
    assert again.policy is not None
    assert {step.origin for step in again.policy.steps} == {"", "x86_64"}
