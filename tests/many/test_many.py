"""Runs over many files: processes, lists, shards, the cache, joined results."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli, make_linter
from xlcfg.checks.file import FEW, check_any
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report, Result
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.many import cache as caches
from xlcfg.many import pool
from xlcfg.many.packed import pack, unpack
from xlcfg.run import check_paths

GOOD = 'name = "guest{0}"\nkernel = "/k"\nmemory = 512\n'
BAD = 'name = "guest{0}"\nkernel = "/k"\nvcpu = {0}\n'
MANY = 3 * FEW


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Many configs, clean and not, in two folders; two guests of each share a name."""
    for n in range(MANY):
        folder = tmp_path / "fleet" / f"host{n % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        text = (BAD if n % 7 == 3 else GOOD).format(n)
        if n in (MANY - 1, MANY - 2):
            text = text.replace(f"guest{n}", f"guest{n % 2}")
        if n % 11 == 5:
            text += 'runstate_translation = "new"\n'
        (folder / f"g{n:03}.cfg").write_text(text)
    (tmp_path / "fleet" / "host0" / "broken.cfg").write_text('name = "x"\nvcpus = [\nmemory = 1\n')
    return tmp_path / "fleet"


def linter(**more: Any) -> Linter:
    return make_linter("4.20", "x86_64", Hooks(plugins=False), **more)


def told(result: Result) -> list[Any]:
    return [(r.source.path, r.unreadable, pack(r)) for r in result.reports]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(tmp_path / "caches")}


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
    # one for text, one that knows how findings are mended
    assert len(os.listdir(Path(environment["XDG_CACHE_HOME"]) / "xlcfg")) == 2


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

    monkeypatch.setattr(pool, "check_any", dying)
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

    monkeypatch.setattr(pool, "check_any", deadly)
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

    monkeypatch.setattr(pool, "check_any", hungry)
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
    check_paths([str(fleet)], linter(), jobs=3)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


# ---- the cache ---------------------------------------------------------------------------------


def remembered(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_another_release_is_another_cache(fleet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    check_paths([str(fleet)], linter(), cache=str(folder))
    (first,) = remembered(folder)
    before = first.read_bytes()
    check_paths([str(fleet)], linter(), cache=str(folder))
    assert first.read_bytes() == before
    other = make_linter("4.17", "arm64", Hooks(plugins=False))
    plain = told(check_paths([str(fleet)], other))
    assert told(check_paths([str(fleet)], other, cache=str(folder))) == plain
    assert len(remembered(folder)) == 2
    check_paths([str(fleet)], linter(as_released=True), cache=str(folder))
    assert len(remembered(folder)) == 3


def test_settings_that_cannot_be_told_apart_are_not_cached(fleet: Path, tmp_path: Path) -> None:
    other = make_linter("4.20", object())  # type: ignore[arg-type]
    assert caches.open_cache(other, str(tmp_path / "cache")) is None


def test_a_changed_file_is_looked_at(fleet: Path, tmp_path: Path) -> None:
    folder = str(tmp_path / "cache")
    check_paths([str(fleet)], linter(), cache=folder)
    path = fleet / "host0" / "g002.cfg"
    status = path.stat()
    text = path.read_text()
    path.write_text(text.replace("memory", "memroy"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    result = check_paths([str(fleet)], linter(), cache=folder)
    report = next(r for r in result.reports if r.source.path == str(path))
    assert "XL101" in {d.code for d in report.diagnostics}


@pytest.mark.fault(
    "the cache is damaged",
    says="as usual; the damaged part is found anew",
    lost="nothing",
)
def test_damage_is_noticed(fleet: Path, tmp_path: Path) -> None:
    expected = told(check_paths([str(fleet)], linter()))
    folder = tmp_path / "cache"
    check_paths([str(fleet)], linter(), cache=str(folder))
    (file,) = remembered(folder)
    whole = file.read_bytes()
    damaged = [b"", whole[:20], whole[:-1], whole + b"x", b"\0" * len(whole), b"not a cache"]
    places = range(0, len(whole), max(1, len(whole) // 60))
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in places]
    for data in damaged:
        file.write_bytes(data)
        assert told(check_paths([str(fleet)], linter(), cache=str(folder))) == expected
    assert file.read_bytes() == whole


@pytest.mark.fault(
    "the cache belongs to somebody else",
    says="as without a cache",
    lost="nothing",
)
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
def test_the_word_of_others_does_not_count(fleet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    check_paths([str(fleet)], linter(), cache=str(folder))
    (file,) = remembered(folder)
    os.chown(file, 65534, 65534)
    assert caches.Cache(str(folder), file.name)._rows == 0


@pytest.mark.parametrize("kind", ["file", "missing-home", "relative", "read-only"])
def test_nowhere_to_remember_is_fine(cli: Cli, fleet: Path, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    environment = {"XDG_CACHE_HOME": str(place)}
    if kind == "file":
        place.write_text("")
    elif kind == "missing-home":
        environment = {"XDG_CACHE_HOME": "", "HOME": "/nonexistent"}
    elif kind == "relative":
        environment = {"XDG_CACHE_HOME": "not/absolute", "HOME": str(place)}
    else:
        environment = {"XDG_CACHE_HOME": "/proc/self"}
    done = cli("check", fleet, env=environment, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == ""
    assert not (tmp_path / "not").exists()


@pytest.mark.fault(
    "runs at the same time share a cache",
    says="as usual",
    lost="nothing; one of them is remembered",
)
def test_runs_at_the_same_time_share_a_cache(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    environment = {"XDG_CACHE_HOME": str(tmp_path / "caches")}
    expected = cli("check", fleet, "--no-cache", env=environment).stdout
    outputs: list[str] = []

    def run() -> None:
        outputs.extend(cli("check", fleet, env=environment).stdout for _ in range(3))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == [expected] * 9
    assert len(remembered(tmp_path / "caches" / "xlcfg")) == 1


def test_what_nobody_uses_is_removed(fleet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    old = [folder / ("ab" * 16), folder / ".new-abandoned"]
    kept = [folder / ("cd" * 16), folder / "of-somebody-else"]
    for path in old + kept:
        path.write_bytes(b"")
    for path in (*old, kept[1]):
        os.utime(path, (0, 0))
    check_paths([str(fleet)], linter(), cache=str(folder))
    assert not any(path.exists() for path in old)
    assert all(path.exists() for path in kept)


def test_plugins_switch_the_cache_off(
    cli: Cli, fleet: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "sites.py").write_text("def xlcfg_policy(guest):\n    return None\n")
    path = os.pathsep.join(map(str, (ROOT, ROOT / "plugins", tmp_path)))
    more = {**environment, "XLCFG_PLUGINS": "sites:"}
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", "check", str(fleet)],
        capture_output=True,
        check=False,
        env={**os.environ, **more, "PYTHONPATH": path},
    )
    assert done.returncode == 1, done.stderr
    assert not Path(environment["XDG_CACHE_HOME"]).exists()


def test_plugins_that_wait_switch_the_cache_off(
    cli: Cli, tmp_path: Path, environment: dict[str, str]
) -> None:
    """What they say of their files is not to be there when they are gone, or others."""
    info = tmp_path / "late-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[xlcfg.starts.{b'#late'.hex()}]\nlate = late_one\n")
    plugin = tmp_path / "late_one.py"
    said = (
        "from xlcfg.policy import Vote\ndef xlcfg_policy(guest):\n"
        "    return Vote('{}', 'toolstack', 'late', 'late')\n"
    )
    configs = [tmp_path / f"{n}.cfg" for n in range(30)]
    for n, config in enumerate(configs):
        config.write_text(f'#late\nname = "g{n}"\nkernel = "/k"\n')
    more = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "plugins", tmp_path)))}
    for policy in ("hypercall", "update"):
        plugin.write_text(said.format(policy))
        done = subprocess.run(
            [sys.executable, "-m", "xlcfg", "check", *map(str, configs)],
            capture_output=True,
            check=False,
            env={**os.environ, **environment, **more},
        )
        assert done.stdout.count(b"translation: " + policy.encode()) == 30, done.stdout


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
    done = cli("check")
    assert done.returncode == 2
    assert "nothing to check" in done.stderr


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
    assert cli("merge", *parts, parts[0]).stdout == whole


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

    class Slow(pool._Run):
        def take(self, index: int, packed: list[Any]) -> None:
            time.sleep(0.02)
            super().take(index, packed)

    try:
        controller, terminal = pty.openpty()
    except OSError as error:
        pytest.skip(f"no pseudo-terminal here: {error}")
    with os.fdopen(terminal, "w") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        patch.setattr(pool, "_Run", Slow)
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
