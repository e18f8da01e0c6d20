"""The cache: it remembers, and whatever happens to it, the answer is that of a run without it."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli, make_linter
from xlcfg.checks.file import check_any
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Report, Result
from xlcfg.core.source import Source
from xlcfg.hooks import Hooks
from xlcfg.many import cache as caches
from xlcfg.many import results
from xlcfg.many.serialize import pack
from xlcfg.run import check_paths


def linter(**more: Any) -> Linter:
    return make_linter("4.20", "x86_64", Hooks(plugins=False), **more)


def reported(result: Result) -> list[Any]:
    return [(r.source.path, r.unreadable, pack(r)) for r in result.reports]


def checked(fleet: Path, folder: Path, about: Linter | None = None) -> tuple[list[Any], list[str]]:
    """What a run with a cache says, and the files that it checked: the others were remembered."""
    paths: list[str] = []

    def noted(source: Source, about: Linter) -> list[Report]:
        paths.append(os.path.basename(source.path))
        return check_any(source, about)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(results, "check_any", noted)
        result = check_paths([str(fleet)], about or linter(), jobs=1, cache=str(folder))
    return reported(result), sorted(paths)


def names(fleet: Path) -> list[str]:
    return sorted(path.name for path in fleet.rglob("*.cfg"))


@pytest.fixture
def expected(fleet: Path) -> list[Any]:
    return reported(check_paths([str(fleet)], linter()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def filled(fleet: Path, folder: Path, expected: list[Any]) -> Path:
    """The database of a run over the fleet."""
    assert checked(fleet, folder) == (expected, names(fleet))
    assert checked(fleet, folder) == (expected, [])
    return folder / caches.NAME


@pytest.mark.parametrize("jobs", [0, 1, 2, 3])
def test_every_number_of_processes_remembers(fleet: Path, folder: Path, jobs: int) -> None:
    check_paths([str(fleet)], linter(), jobs=jobs, cache=str(folder))
    assert checked(fleet, folder)[1] == []


def test_another_release_is_remembered_beside(fleet: Path, folder: Path, filled: Path) -> None:
    before = filled.read_bytes()
    assert checked(fleet, folder)[1] == []
    assert filled.read_bytes() == before
    for about in (lambda: make_linter("4.17", "arm64", Hooks(plugins=False)), lambda: linter(as_released=True)):  # fmt: skip  # noqa: E501
        plain = reported(check_paths([str(fleet)], about()))
        assert checked(fleet, folder, about()) == (plain, names(fleet))
        assert checked(fleet, folder, about()) == (plain, [])
    assert checked(fleet, folder)[1] == []
    assert [path.name for path in folder.iterdir()] == [caches.NAME]


def test_what_cannot_be_described_is_not_remembered(tmp_path: Path) -> None:
    other = make_linter("4.20", object())  # type: ignore[arg-type]
    assert caches.open_cache(other, str(tmp_path / "cache")) is None


def test_a_changed_file_is_looked_at(fleet: Path, folder: Path, filled: Path) -> None:
    path = fleet / "host0" / "g002.cfg"
    status = path.stat()
    path.write_text(path.read_text().replace("memory", "memroy"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    reports, files = checked(fleet, folder)
    assert files == ["g002.cfg"]
    (report,) = (packed for at, _, packed in reports if at == str(path))
    assert "XL101" in {finding[0] for finding in report[0]}


def test_a_changed_xlcfg_looks_at_everything(
    fleet: Path, folder: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "_code", lambda: ("another",))
    assert checked(fleet, folder)[1] == names(fleet)


# ---- faults ------------------------------------------------------------------------------------


@pytest.mark.fault(
    "the cache is damaged",
    says="as usual; the damaged part is found anew",
    lost="nothing",
)
def test_damage_is_noticed(fleet: Path, folder: Path, filled: Path, expected: list[Any]) -> None:
    whole = filled.read_bytes()
    damaged = [b"", whole[:20], whole[:-1], whole[:-5000], whole + b"x", b"\0" * len(whole)]
    damaged += [b"not a cache", whole[:4096], whole[:8192], whole[4096:], whole[:100] * 200]
    places = [*range(0, 120, 7), *range(120, len(whole), max(1, len(whole) // 60))]
    damaged += [whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :] for at in places]
    for data in damaged:
        filled.write_bytes(data)
        assert checked(fleet, folder)[0] == expected
        assert checked(fleet, folder)[0] == expected
    filled.write_bytes(b"not a cache")
    checked(fleet, folder)
    assert checked(fleet, folder) == (expected, [])


@pytest.mark.fault(
    "rows of the cache are swapped",
    says="as usual; they are found anew",
    lost="nothing",
)
def test_a_row_counts_for_its_own_file_only(
    fleet: Path, folder: Path, filled: Path, expected: list[Any]
) -> None:
    with sqlite3.connect(filled) as database:
        rows = database.execute("SELECT key, checksum, text FROM reports ORDER BY key").fetchall()
        for (key, *_), (_, checksum, text) in zip(rows, rows[1:] + rows[:1], strict=True):
            database.execute(
                "UPDATE reports SET checksum = ?, text = ? WHERE key = ?", (checksum, text, key)
            )
    database.close()
    assert checked(fleet, folder) == (expected, names(fleet))
    assert checked(fleet, folder) == (expected, [])


def test_a_row_counts_for_its_own_settings_only(fleet: Path, folder: Path, filled: Path) -> None:
    other = linter(as_released=True)
    source = Source("a.cfg", b'name = "a"\nkernel = "/k"\n')
    cache = caches.Cache(str(folder))
    ours, theirs = cache.key(source, linter().target), cache.key(source, other.target)
    cache.put(ours, [pack(check_any(source, linter())[0])])
    cache.close()
    with sqlite3.connect(filled) as database:
        row = (int.from_bytes(key[:8], "little", signed=True) for key in (theirs, ours))
        assert database.execute("UPDATE reports SET key = ? WHERE key = ?", (*row,)).rowcount == 1
    database.close()
    assert caches.Cache(str(folder)).find([(ours, source), (theirs, source)]) == [None, None]


@pytest.mark.fault(
    "the cache belongs to somebody else, or others may write to it",
    says="as without a cache",
    lost="nothing",
)
@pytest.mark.parametrize("what", ["owner", "mode", "journal"])
def test_the_word_of_others_does_not_count(
    fleet: Path, folder: Path, filled: Path, expected: list[Any], what: str
) -> None:
    if what == "mode":
        filled.chmod(0o666)
    elif os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    elif what == "owner":
        os.chown(filled, 65534, 65534)
    else:
        journal = folder / f"{caches.NAME}-journal"
        journal.write_bytes(b"x")
        os.chown(journal, 65534, 65534)
    before = filled.read_bytes()
    assert checked(fleet, folder) == (expected, names(fleet))
    assert filled.read_bytes() == before


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
    "a FIFO, a folder, a device or a link lies where the cache should be",
    says="as without a cache",
    lost="nothing",
)
@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "link", "journal"])
def test_no_file_in_its_place(cli: Cli, fleet: Path, folder: Path, kind: str) -> None:
    expected = cli("check", fleet, "--no-cache").stdout
    folder.mkdir()
    path = folder / caches.NAME
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "link":
        path.symlink_to(folder.parent / "elsewhere")
    else:
        os.mkfifo(folder / f"{caches.NAME}-journal")
    begun = time.monotonic()
    for _ in range(2):
        done = cli("check", fleet, "--cache-dir", folder)
        assert (done.returncode, done.stdout, done.stderr) == (1, expected, "")
    assert time.monotonic() < begun + 30
    assert not (folder.parent / "elsewhere").exists()


@pytest.mark.fault(
    "another program holds the cache locked",
    says="as without a cache, after a few seconds",
    lost="nothing; the run is not remembered",
)
def test_a_locked_cache(
    fleet: Path,
    folder: Path,
    filled: Path,
    expected: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(caches, "_WAIT_TO_READ", 0.1)
    monkeypatch.setattr(caches, "_WAIT_TO_WRITE", 0.1)
    for lock in ("EXCLUSIVE", "IMMEDIATE"):
        holder = sqlite3.connect(filled, isolation_level=None)
        holder.execute(f"BEGIN {lock}")
        about = linter(as_released=True)
        plain = reported(check_paths([str(fleet)], linter(as_released=True)))
        assert checked(fleet, folder)[0] == expected
        assert checked(fleet, folder, about) == (plain, names(fleet))
        holder.close()
    assert checked(fleet, folder) == (expected, [])


def test_a_database_locked_between_two_look_ups(
    fleet: Path, folder: Path, filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "_WAIT_TO_READ", 0.1)
    source = Source("a.cfg", b'name = "a"\n')
    cache = caches.Cache(str(folder))
    holder = sqlite3.connect(filled, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert cache.find([(cache.key(source, linter().target), source)]) == [None]
    holder.close()
    cache.close()
    assert checked(fleet, folder)[1] == []


@pytest.mark.fault(
    "the cache is that of another version of xlcfg",
    says="as usual",
    lost="nothing; what the other version knew is forgotten",
)
def test_a_cache_of_another_form(
    fleet: Path, folder: Path, filled: Path, expected: list[Any]
) -> None:
    with sqlite3.connect(filled) as database:
        database.execute("ALTER TABLE reports ADD COLUMN more")
    database.close()
    assert checked(fleet, folder) == (expected, names(fleet))
    assert checked(fleet, folder) == (expected, [])


@pytest.mark.fault(
    "a database of another program lies where the cache should be",
    says="as without a cache; the database stays as it is",
    lost="nothing",
)
def test_a_database_of_another_program(fleet: Path, folder: Path, expected: list[Any]) -> None:
    folder.mkdir()
    path = folder / caches.NAME
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE reports (key INTEGER PRIMARY KEY, text)")
    database.close()
    path.chmod(0o600)
    before = path.read_bytes()
    assert checked(fleet, folder) == (expected, names(fleet))
    assert path.read_bytes() == before


@pytest.mark.fault(
    "runs at the same time share a cache",
    says="as usual",
    lost="nothing; all of them are remembered",
)
def test_runs_at_the_same_time_share_a_cache(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    """Each with files of its own and with settings of its own, into a cache that is not there."""
    environment = {"XDG_CACHE_HOME": str(tmp_path / "caches")}
    folder = tmp_path / "caches" / "xlcfg"
    runs = [(host, xen) for host in ("host0", "host1") for xen in ("4.14", "4.17", "4.20")]
    plain = {
        run: cli("check", fleet / run[0], "--xen", run[1], "--no-cache").stdout for run in runs
    }
    outputs: dict[tuple[str, str], list[str]] = {run: [] for run in runs}

    def go(run: tuple[str, str]) -> None:
        for _ in range(2):
            done = cli("check", fleet / run[0], "--xen", run[1], env=environment)
            outputs[run].append(done.stdout)

    threads = [threading.Thread(target=go, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {run: [output] * 2 for run, output in plain.items()}
    with sqlite3.connect(folder / caches.NAME) as database:
        ((count,),) = database.execute("SELECT count(*) FROM reports")
    database.close()
    assert count == 3 * len({path.read_bytes() for path in fleet.rglob("*.cfg")})


def test_two_that_write_lose_nothing(folder: Path) -> None:
    """Both have begun before either writes."""
    sources = [Source(f"{n}.cfg", b'name = "g%d"\nkernel = "/k"\n' % n) for n in range(40)]
    both = [caches.Cache(str(folder)), caches.Cache(str(folder))]
    keys = [both[0].key(source, linter().target) for source in sources]
    asked = list(zip(keys, sources, strict=True))
    assert [cache.find(asked) for cache in both] == [[None] * 40] * 2
    for n, (key, source) in enumerate(asked):
        both[n % 2].put(key, [pack(check_any(source, linter())[0])])
    for cache in both:
        cache.close()
    found = caches.Cache(str(folder)).find(asked)
    for source, reports in zip(sources, found, strict=True):
        assert reports is not None
        assert pack(reports[0]) == pack(check_any(source, linter())[0])


@pytest.mark.fault(
    "killed (SIGKILL) while the cache is written",
    says="nothing; the next run is as usual",
    lost="nothing; the killed run is not remembered",
)
def test_killed_while_it_writes(
    fleet: Path, folder: Path, filled: Path, expected: list[Any]
) -> None:
    script = (
        "import os, signal, sys\n"
        "from xlcfg.many import cache\n"
        "class Killer(cache.Cache):\n"
        "    def _make_room(self, database):\n"
        "        database.execute('PRAGMA cache_size = 1')\n"
        "        database.execute('UPDATE reports SET text = zeroblob(5000)')\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "cache.Cache = Killer\n"
        "from xlcfg.__main__ import main\n"
        "sys.argv[0] = 'xlcfg'\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "check", str(fleet), "--xen", "4.14", "--cache-dir", folder],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert (folder / f"{caches.NAME}-journal").exists()
    assert checked(fleet, folder) == (expected, [])
    assert [path.name for path in folder.iterdir()] == [caches.NAME]


@pytest.mark.fault(
    "the cache is full",
    says="as usual",
    lost="nothing; what nobody has asked for longest is forgotten",
)
def test_the_size_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limit = 100 * 4096
    monkeypatch.setattr(caches, "SIZE_LIMIT", limit)
    source = Source("a.cfg", b'name = "a"\nkernel = "/k"\n')
    packed = [pack(check_any(source, linter())[0])]
    largest = 0
    used_always = b""
    for day in range(30):
        cache = caches.Cache(str(folder))
        cache._today = day
        if used_always:
            assert cache.find([(used_always, source)]) != [None]
        for n in range(100):
            one = Source("a.cfg", b'name = "a"\nkernel = "/k"\n#%d %d\n' % (day, n))
            key = cache.key(one, linter().target)
            used_always = used_always or key
            cache.put(key, packed)
        cache.close()
        largest = max(largest, (folder / caches.NAME).stat().st_size)
        last = caches.Cache(str(folder))
        assert last.find([(key, one)]) != [None]
    assert limit // 3 < largest <= limit
    too_much = caches.Cache(str(folder))
    for n in range(5000):
        too_much.put(n.to_bytes(16, "big"), packed)
    too_much.close()
    assert (folder / caches.NAME).stat().st_size <= limit


def test_what_older_versions_have_left_is_removed(fleet: Path, folder: Path) -> None:
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


def test_it_is_private_whatever_the_umask(fleet: Path, folder: Path) -> None:
    mask = os.umask(0)
    try:
        checked(fleet, folder)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((folder / caches.NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_odd_folder(fleet: Path, tmp_path: Path, expected: list[Any]) -> None:
    folder = tmp_path / os.fsdecode(b"a?b#c%20\xff'\n")
    assert checked(fleet, folder) == (expected, names(fleet))
    assert checked(fleet, folder) == (expected, [])


# ---- plugins -----------------------------------------------------------------------------------


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


def test_a_file_of_another_kind_is_another_file(tmp_path: Path) -> None:
    cache = caches.Cache(str(tmp_path))
    target = make_linter("4.17", "x86_64").target
    keys = set()
    for kind in ("", "guest", "xl.conf"):
        source = Source("README", b'name = "a"\n')
        source.kind = kind
        keys.add(cache.key(source, target))
    assert len(keys) == 3
    cache.close()
