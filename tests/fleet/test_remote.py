"""Inputs behind URLs: read through fsspec, bounded, without a word of their secrets."""

from __future__ import annotations

import gzip
import http.server
import importlib
import io
import json
import shutil
import sys
import threading
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import needs
from support import ROOT, Cli, make_linter
from xlcfg.checks.linter import Linter
from xlcfg.checks.report import Result
from xlcfg.hooks import Hooks
from xlcfg.many.serialize import pack
from xlcfg.run import check_paths
from xlcfg.settings.project import Projects
from xlcfg.source import files, paths, remote, threads
from xlcfg.source.files import expand, read_file
from xlcfg.source.paths import Unreadable, display
from xlcfg.source.shard import Shard
from xlcfg.traces.replaying import replay_report

needs.require("fsspec")
fsspec = importlib.import_module("fsspec")
KPTI = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
#: Secrets that must be nowhere in what is printed.
SECRETS = ("hunter2", "s3cr3t", "AKIA")

# aiohttp's sessions are closed by fsspec when Python ends, or not at all
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


def linter() -> Linter:
    return make_linter("4.20", "x86_64", Hooks(plugins=False))


def told(result: Result) -> list[Any]:
    return [(r.source.path, r.unreadable, pack(r)) for r in result.reports]


def complaints(result: Result) -> list[tuple[str, str, str]]:
    return [(r.source.path, d.code, d.message) for r in result.reports for d in r.diagnostics]


@pytest.fixture
def memory() -> Iterator[Any]:
    """A bucket in memory: 60 configs of three hosts, and what is not to be checked."""
    store = fsspec.filesystem("memory")
    for number in range(60):
        name = "twin" if number in (3, 33) else f"g{number}"
        text = f'name = "{name}"\nkernel = "/k"\n{"vcpu" if number % 7 == 2 else "vcpus"} = 1\n'
        store.pipe(f"/bucket/host{number % 3}/g{number:02}.cfg", text.encode())
    store.pipe("/bucket/README.md", b'name = "x"\nvcpus = 1\n')
    store.pipe("/bucket/other.cfg", b"[section]\nkey = value\n")
    store.pipe("/bucket/node_modules/a.cfg", b'name = "x"\nvcpus = 1\n')
    yield store
    store.rm("/bucket", recursive=True)


# ---- file systems ------------------------------------------------------------------------------


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_bucket_is_a_directory(memory: Any, tmp_path: Path, jobs: int) -> None:
    result = check_paths(["memory://bucket/"], linter(), jobs=jobs)
    memory.get("/bucket/", str(tmp_path / "bucket"), recursive=True)
    here = check_paths([str(tmp_path / "bucket")], linter(), jobs=1)
    expected = [
        (path.replace(f"{tmp_path}/", "memory://"), unreadable, packed)
        for path, unreadable, packed in told(here)
    ]
    expected = json.loads(json.dumps(expected).replace(f"{tmp_path}/", "memory://"))
    assert json.loads(json.dumps(told(result))) == expected
    assert len(expected) == 60
    assert "XL151" in {code for _, code, _ in complaints(result)}


def test_lists_of_urls_keep_their_order(memory: Any, tmp_path: Path) -> None:
    local = tmp_path / "l.cfg"
    local.write_text('name = "l"\nkernel = "/k"\n')
    paths = [f"memory://bucket/host{n % 3}/g{n:02}.cfg" for n in range(59, -1, -1)]
    paths[20] = str(local)
    result = check_paths(paths, linter(), jobs=2)
    assert [report.source.path for report in result.reports] == paths


def test_shards_of_a_bucket(memory: Any) -> None:
    whole = [item.path for item in expand(["memory://bucket/"])]
    parts = []
    for k in (1, 2, 3):
        shard = Shard(k, 3)
        parts.append([item.path for item in expand(["memory://bucket/"], shard=shard)])
        assert sorted(shard.places) >= sorted(parts[-1])
        assert [shard.places[path] for path in parts[-1]] == sorted(
            shard.places[path] for path in parts[-1]
        )
    assert all(parts)
    assert sorted(path for part in parts for path in part) == sorted(whole)


def test_what_is_not_there(memory: Any) -> None:
    result = check_paths(
        ["memory://bucket/none.cfg", "memory://bucket/nothing/", "memory://bucket/host0"],
        linter(),
    )
    assert result.exit_code == 2
    assert [(code, message) for _, code, message in complaints(result)] == [
        ("IO001", "cannot be read: no such file or directory")
    ] * 3
    memory.pipe("/bucket/empty/x.txt", b"nothing to see")
    (report,) = check_paths(["memory://bucket/empty/"], linter()).reports
    assert report.diagnostics[0].code == "IO004"


def test_a_local_file_by_url(tmp_path: Path) -> None:
    path = tmp_path / "g.cfg"
    path.write_text('name = "g"\nkernel = "/k"\nvcpu = 1\n')
    (tmp_path / "loop").symlink_to(tmp_path)
    here = told(check_paths([str(path)], linter()))
    there = told(check_paths([f"file://{path}"], linter()))
    assert there[0][2] == here[0][2]
    assert [p for p, *_ in told(check_paths([f"file://{tmp_path}/"], linter()))] == [
        f"file://{path}"
    ]


def test_no_project_holds_for_a_url(memory: Any, tmp_path: Path) -> None:
    monkey = pytest.MonkeyPatch()
    monkey.chdir(tmp_path)
    (tmp_path / ".xlcfg.toml").write_text('ignore = ["XL101"]\n')
    (tmp_path / "g.cfg").write_text('name = "g"\nkernel = "/k"\nvcpu = 1\n')
    memory.pipe("/bucket/v.cfg", (tmp_path / "g.cfg").read_bytes())
    about = linter()
    about.projects = Projects()
    result = check_paths(["g.cfg", "memory://bucket/v.cfg"], about)
    monkey.undo()
    assert [(path, code) for path, code, _ in complaints(result)] == [
        ("memory://bucket/v.cfg", "XL101")
    ]


class Fake(fsspec.AbstractFileSystem):  # type: ignore[misc, name-defined]
    """Something like S3 that shows its teeth."""

    protocol = "s3"

    def ls(self, path: str, detail: bool = True, **_: Any) -> list[Any]:
        names = {"b/p/one.cfg": 40, "b/p/two.cfg": 40}
        return [{"name": name, "size": size, "type": "file"} for name, size in names.items()]

    def isdir(self, path: str) -> bool:
        return path.endswith("b/p")

    def _open(self, path: str, mode: str = "rb", **_: Any) -> Any:
        if path.endswith(("b/p", "empty.cfg")):
            return io.BytesIO()  # as s3fs has it
        if "endless" in path:
            return Endless()
        if "slow" in path:
            time.sleep(30)
        if "denied" in path:
            raise PermissionError(13, "denied for hunter2")
        if "odd" in path:
            raise RuntimeError("https://x.example/?sig=hunter2 with key s3cr3t says no")
        if "cut" in path:
            return Cut()
        return io.BytesIO(b'name = "x"\nkernel = "/k"\nvcpus = 1\n')


class Endless(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        return b"#" * size


class Cut(io.RawIOBase):
    def read(self, size: int = -1) -> bytes:
        raise OSError("connection reset by peer")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    from fsspec.registry import _registry

    monkeypatch.setitem(_registry, "s3", Fake)


@pytest.mark.usefixtures("fake")
def test_s3_by_whatever_reads_it() -> None:
    result = check_paths(["s3://b/p/", "s3://b/x.cfg"], linter())
    assert [path for path, *_ in told(result)] == [
        "s3://b/p/one.cfg", "s3://b/p/two.cfg", "s3://b/x.cfg",
    ]  # fmt: skip
    assert [code for _, code, _ in complaints(result)] == ["XL151"]


@pytest.mark.usefixtures("fake")
def test_a_folder_is_no_empty_file() -> None:
    folder, empty = check_paths(["s3://b/p", "s3://b/empty.cfg"], linter()).reports
    assert [(d.code, d.message) for d in folder.diagnostics] == [
        ("IO001", "cannot be read: it is a directory")
    ]
    assert "with a / at its end" in folder.diagnostics[0].help
    assert not empty.unreadable
    trace = replay_report("s3://b/p", linter())
    assert [d.message for d in trace.diagnostics] == ["cannot be read: it is a directory"]


@pytest.mark.usefixtures("fake")
def test_no_more_is_read_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "SIZE_LIMIT", 3 << 20)
    monkeypatch.setattr(files, "SIZE_LIMIT", 3 << 20)
    monkeypatch.setattr(paths, "SIZE_LIMIT", 3 << 20)
    monkeypatch.setattr(remote._take, "__defaults__", ((3 << 20) + 1,))
    (item,) = expand(["s3://b/endless.cfg"])
    assert isinstance(item, Unreadable)
    assert item.code == "IO002"


@pytest.mark.usefixtures("fake")
@pytest.mark.fault(
    "a server does not answer",
    says="2: `nothing came for N seconds`",
    lost="nothing; the others are checked",
)
def test_who_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLCFG_REMOTE_TIMEOUT", "0.5")
    began = time.monotonic()
    items = list(expand(["s3://b/slow.cfg", *(f"s3://b/{n}.cfg" for n in range(40))]))
    assert time.monotonic() - began < 10
    assert isinstance(items[0], Unreadable)
    assert items[0].message == "cannot be read: nothing came for 0.5 seconds"
    assert not any(isinstance(item, Unreadable) for item in items[1:])


@pytest.mark.usefixtures("fake")
def test_all_threads_kept_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLCFG_REMOTE_TIMEOUT", "0.2")
    monkeypatch.setattr(threads, "THREADS", 3)
    slow = [f"s3://b/{n}/slow.cfg" for n in range(6)]
    items = list(expand([*slow, "s3://b/x.cfg"]))
    assert [isinstance(item, Unreadable) for item in items] == [True] * 6 + [False]


@pytest.mark.usefixtures("fake")
def test_what_goes_wrong_is_said_without_secrets() -> None:
    said = {}
    for name in ("denied", "odd", "cut"):
        item = read_file(f"s3://AKIA:s3cr3t@b/{name}.cfg?token=hunter2")
        assert isinstance(item, Unreadable)
        said[name] = f"{item.path}: {item.message}"
        assert not any(secret in said[name] for secret in SECRETS)
    assert said["denied"].endswith("cannot be read: permission denied")
    assert said["cut"].endswith("connection reset by peer")


def test_what_is_printed_of_a_url() -> None:
    for url, shown in {
        "https://user:hunter2@host:8443/a/b.cfg": "https://host:8443/a/b.cfg",
        "https://host/x?X-Amz-Signature=hunter2&vm=3": "https://host/x?X-Amz-Signature=...&vm=...",
        "https://host/x?hunter2": "https://host/x?...",
        "https://host/x#hunter2": "https://host/x",
        "https://user:hun/ter2@host/x": "https://...host/x",
        "http://[::1]:80/x": "http://[::1]:80/x",
        "s3://bucket/mail@example.org.cfg": "s3://bucket/mail@example.org.cfg",
        "./s3://local": "./s3://local",
    }.items():
        assert display(url) == shown


def test_a_package_that_is_missing(cli: Cli, tmp_path: Path) -> None:
    for url, package in (("gs://b/x.cfg", "gcsfs"), ("s3://b/x.cfg", "s3fs")):
        try:
            __import__(package)
        except ImportError:
            done = cli("check", url)
            assert done.returncode == 2
            assert f"error[IO011]: cannot be read: needs {package}: pip install {package}" in (
                done.stdout
            )
    done = cli("check", "nosuch://x")
    assert "fsspec knows no nosuch://" in done.stdout
    assert done.returncode == 2
    (tmp_path / "fsspec.py").write_text("raise ImportError\n")
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from xlcfg.__main__ import main;"
        "sys.exit(main())"
    )
    import subprocess

    for command in ("check", "replay", "verdict", "trace info"):
        run = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path), *command.split(), "https://h/x.jsonl"],
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"},
        )
        assert run.returncode == 2
        assert "pip install 'xlcfg[remote]'" in run.stdout + run.stderr
        assert "Traceback" not in run.stderr


def test_nothing_is_written_to_a_url(cli: Cli) -> None:
    for command in (["check", "--fix"], ["check", "--diff"], ["fmt"], ["fmt", "--check"]):
        done = cli(*command, "https://u:hunter2@host/x.cfg")
        assert done.returncode == 2
        assert "writes local files only, not https://host/x.cfg" in done.stderr
        assert "hunter2" not in done.stderr


def test_a_url_in_a_config_is_not_followed(
    cli: Cli, tmp_path: Path, web: tuple[str, list[str]]
) -> None:
    url, asked = web
    (tmp_path / "g.cfg").write_text(
        f'name = "g"\nkernel = "{url}/k"\ndisk = [ "target={url}/d,vdev=xvda,access=rw" ]\n'
    )
    cli("check", tmp_path / "g.cfg")
    assert asked == []


# ---- the web -----------------------------------------------------------------------------------


@pytest.fixture
def web(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """A web server with files in it; the paths it was asked for."""
    folder = tmp_path / "web"
    folder.mkdir()
    for n in range(40):
        (folder / f"g{n:02}.cfg").write_text(f'name = "g{n}"\nkernel = "/k"\nvcpus = 1\n')
    shutil.copy(KPTI, folder / "kpti.jsonl.gz")
    (folder / "kpti.jsonl").write_bytes(gzip.decompress(KPTI.read_bytes()))
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, directory=str(folder), **more)

        def do_GET(self) -> None:
            asked.append(self.path)
            if self.path.startswith("/error"):
                self.send_error(503)
            elif self.path.startswith("/auth"):
                known = self.headers.get("Authorization", "").startswith("Basic ")
                self.path = "/g01.cfg" if known else "/none"
                super().do_GET()
            elif self.path.startswith("/liar"):
                # says that it is short, and never ends
                self.send_response(200)
                self.end_headers()
                try:
                    while True:
                        self.wfile.write(b"# more\n" * 10_000)
                except OSError:
                    pass
            else:
                super().do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.needs("aiohttp")
def test_files_of_the_web(cli: Cli, web: tuple[str, list[str]], tmp_path: Path) -> None:
    url, asked = web
    urls = [f"{url}/g{n:02}.cfg" for n in range(40)]
    listed = "".join(f"{one}\n" for one in urls).encode()
    done = cli("check", "--files-from", "-", "--no-cache", stdin=listed)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No findings in 40 files." in done.stdout
    assert sorted(asked) == sorted(one[len(url) :] for one in urls)
    wrong = (f"{url}/none.cfg", f"{url}/error?k=hunter2")
    one = cli("check", "--show-policy", f"{url}/g00.cfg?token=hunter2", *wrong)
    assert one.returncode == 2
    assert "/g00.cfg?token=...: runstate" in one.stdout
    assert "cannot be read: no such file or directory" in one.stdout
    assert "the server answers 503 Service Unavailable" in one.stdout
    assert "hunter2" not in one.stdout + one.stderr
    host = url.removeprefix("http://")
    done = cli("check", f"http://me:hunter2@{host}/auth.cfg")
    assert done.returncode == 0
    assert "hunter2" not in done.stdout
    assert "http://127.0.0.1:1/x: error[IO001]" in cli("check", "http://127.0.0.1:1/x").stdout


@pytest.mark.needs("aiohttp")
@pytest.mark.fault(
    "a server sends more than it has announced, without end",
    says="2: `IO002`",
    lost="nothing; the others are checked",
)
def test_a_server_that_never_ends(web: tuple[str, list[str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "SIZE_LIMIT", 3 << 20)
        patch.setattr(paths, "SIZE_LIMIT", 3 << 20)
        patch.setattr(remote, "SIZE_LIMIT", 3 << 20)
        patch.setattr(remote._take, "__defaults__", ((3 << 20) + 1,))
        item = read_file(f"{web[0]}/liar.cfg")
    assert isinstance(item, Unreadable)
    assert item.code == "IO002"


@pytest.mark.needs("aiohttp")
@pytest.mark.parametrize("name", ["kpti.jsonl", "kpti.jsonl.gz"])
def test_traces_of_the_web(cli: Cli, web: tuple[str, list[str]], tmp_path: Path, name: str) -> None:
    url = f"{web[0]}/{name}"
    local = tmp_path / "web" / name
    for command in (["replay", "--compare"], ["verdict"], ["trace", "info"], ["trace", "lint"]):
        here = cli(*command, local, "--format", "json")
        there = cli(*command, f"{url}?sig=hunter2", "--format", "json")
        assert there.stdout == here.stdout.replace(str(local), f"{url}?sig=...")
        assert (there.returncode, there.stderr) == (here.returncode, "")
    both = cli("verdict", url, f"{web[0]}/none.jsonl", url, "-j2")
    assert both.returncode == 2
    assert "none.jsonl: cannot be read: no such file or directory" in both.stdout


def test_recordings_by_url(memory: Any, tmp_path: Path) -> None:
    console = (
        "(XEN) Xen version 4.17.0 (x@y) (gcc) debug=n Mon Jan  1 00:00:00 UTC 2024\n"
        "(XEN) *** Serial input to DOM0\n"
    )
    path = tmp_path / "xen.log"
    path.write_text(console * 50)
    memory.pipe("/bucket/xen.log", path.read_bytes())
    here = replay_report(str(path), linter(), both=True)
    there = replay_report("memory://bucket/xen.log", linter(), both=True)
    assert [d.message for d in there.diagnostics] == [d.message for d in here.diagnostics]
    assert there.source.path == "memory://bucket/xen.log"
    memory.pipe("/bucket/t/kpti.jsonl.gz", KPTI.read_bytes())
    memory.pipe("/bucket/t/notes.txt", b"")
    from xlcfg.traces.verdict import gather

    for jobs in (1, 2):
        table = gather(["memory://bucket/t/"], linter(), jobs=jobs)
        assert [row.path for row in table.rows] == ["memory://bucket/t/kpti.jsonl.gz"]
        assert table.rows[0].update == "loses updates"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_refused_rule_is_told_once(
    memory: Any, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rules are gathered before processes are made, which then have nothing to tell of that."""
    rule = types.SimpleNamespace(
        CODE="XL101", NAME="mine", SUMMARY="mine", check=lambda guest: [], __doc__="Mine."
    )
    module = types.ModuleType("a_taken_code")
    module.xlcfg_rules = lambda: [rule]  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "a_taken_code", module)
    monkeypatch.setenv("XLCFG_PLUGINS", "a_taken_code:")
    result = check_paths(["memory://bucket/"], make_linter("4.20", "x86_64", Hooks()), jobs=jobs)
    told = [d.message for r in result.reports for d in r.diagnostics if d.code == "PL001"]
    assert len(told) == 1, told
    assert "XL101 is already taken" in told[0]


def test_a_folder_of_traces_that_cannot_be_listed_is_told(
    memory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlcfg.traces.verdict import gather

    memory.pipe("/bucket/t/one/kpti.jsonl.gz", KPTI.read_bytes())
    memory.pipe("/bucket/t/two/kpti.jsonl.gz", KPTI.read_bytes())
    ls = type(memory).ls

    def closed(self: Any, path: str, **options: Any) -> Any:
        if path.endswith("two"):
            raise PermissionError(13, "denied")
        return ls(self, path, **options)

    monkeypatch.setattr(type(memory), "ls", closed)
    table = gather(["memory://bucket/t/"], linter())
    assert [row.path for row in table.rows] == ["memory://bucket/t/one/kpti.jsonl.gz"]
    assert table.unreadable == [("memory://bucket/t/two", "cannot be read: permission denied")]


def test_no_copy_stays_behind(memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    memory.pipe("/bucket/xen.log", b"(XEN) Xen version 4.17.0\n" * 1000)
    memory.pipe("/bucket/odd.bin", b"\x03\xf0\x01\x20" + b"x" * 100_000)
    for name in ("xen.log", "odd.bin"):
        replay_report(f"memory://bucket/{name}", linter(), both=True)
    assert list(tmp_path.iterdir()) == []
