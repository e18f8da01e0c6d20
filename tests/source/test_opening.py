"""Inputs that are no plain files are refused at once, by every command; deep folders are read."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import ZYGOTE
from xlcfg.core.source import Source
from xlcfg.source.files import expand, read_file
from xlcfg.source.opening import NotPlainError, open_descriptor, open_plain, walk
from zygote import checkout_env

CONFIG = b'name = "web"\nmemory = 512\nvcpus=1\n'
ROOT = Path(__file__).resolve().parents[2]


def cli(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command that has to end within seconds."""
    done = ZYGOTE.run([*arguments], checkout_env(os.environ), cwd, timeout=60)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


@pytest.fixture
def fifo(tmp_path: Path) -> str:
    path = tmp_path / "queue.jsonl"
    os.mkfifo(path)
    return str(path)


@pytest.mark.fault(
    "a FIFO that nobody reads in place of `--output`, `--html` or a baseline",
    says="2: `nobody reads from it`",
    lost="nothing",
)
@pytest.mark.parametrize(
    "command",
    ["check {config} --output {fifo}", "check {config} --write-baseline {fifo}",
     "replay {trace} --html {fifo}"],
)  # fmt: skip
def test_no_command_waits_for_a_reader(tmp_path: Path, fifo: str, command: str) -> None:
    config = tmp_path / "g.cfg"
    config.write_bytes(CONFIG)
    trace = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
    done = cli(*command.format(config=config, trace=trace, fifo=fifo).split())
    assert done.returncode == 2
    assert "nobody reads from it" in done.stdout + done.stderr


def test_a_fifo_that_somebody_reads_is_written_to(tmp_path: Path, fifo: str) -> None:
    config = tmp_path / "g.cfg"
    config.write_bytes(CONFIG + b"vcpu = 1\n")
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert cli("check", str(config), "--output", fifo).returncode == 1
        assert b"XL101" in os.read(reader, 65536)
    finally:
        os.close(reader)


def test_a_fifo_is_not_opened(fifo: str) -> None:
    for pipes in (False, True):
        with pytest.raises(NotPlainError, match="not a plain file"):
            open_plain(fifo, pipes=pipes)


def test_a_device_and_a_socket_are_not_opened(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        for name in ("/dev/zero", "/dev/null", path):
            with pytest.raises(NotPlainError):
                open_plain(name, pipes=True)


def test_what_is_put_in_place_of_a_file_is_not_read(
    tmp_path: Path, fifo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a path and its opening somebody may put a FIFO there."""
    plain = tmp_path / "web.cfg"
    plain.write_bytes(CONFIG)
    status = os.stat(plain)
    monkeypatch.setattr(os, "stat", lambda *_, **__: status)
    with pytest.raises(NotPlainError):
        open_plain(fifo)


def test_nothing_stays_open(fifo: str) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for path in (fifo, "/dev/zero", os.path.dirname(fifo), "/nonexistent"):
        with pytest.raises(OSError, match=r"not a plain file|[Ii]s a directory|No such file"):
            open_plain(path, pipes=True)
    assert len(os.listdir("/proc/self/fd")) == before


def test_what_a_shell_hands_over_is_waited_for() -> None:
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        os.write(writing, CONFIG[:10])
        time.sleep(0.2)
        os.write(writing, CONFIG[10:])
        os._exit(0)
    os.close(writing)
    try:
        item = read_file(f"/dev/fd/{reading}")
    finally:
        os.close(reading)
        os.waitpid(pid, 0)
    assert isinstance(item, Source)
    assert item.data == CONFIG
    assert item.origin == ""


@pytest.mark.parametrize(
    "command",
    ["check", "parse", "fmt", "policy", "convert --to libvirt", "replay", "trace lint",
     "trace info", "verdict", "merge", "check --baseline", "check --host"],
)  # fmt: skip
@pytest.mark.fault(
    "a FIFO, a device or a socket in place of an input",
    says="2: `it is not a plain file`", lost="nothing; the others are checked",
)  # fmt: skip
def test_no_command_waits_for_a_fifo(command: str, fifo: str) -> None:
    config = Path(fifo).with_name("web.cfg")
    config.write_bytes(CONFIG)
    given = (str(config),) if command in ("check --baseline", "check --host") else ()
    done = cli(*command.split(), fifo, *given)
    assert done.returncode == 2
    assert "it is not a plain file" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_fifo_in_a_folder_of_traces_is_told(fifo: str) -> None:
    done = cli("verdict", os.path.dirname(fifo))
    assert "queue.jsonl" in done.stdout + done.stderr
    assert "cannot be read: it is not a plain file" in done.stdout + done.stderr


#: Deeper than Python calls, and yet short enough for a path.
DEPTH = 1200


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    top = tmp_path_factory.mktemp("top")
    here = os.getcwd()
    os.chdir(top)
    try:
        for _ in range(DEPTH):
            os.mkdir("d")
            os.chdir("d")
        Path("web.cfg").write_bytes(CONFIG)
        Path("t.jsonl").write_bytes(b"{}\n")
    finally:
        os.chdir(here)
    yield top
    # shutil.rmtree of old Pythons calls itself for each level, too.
    subprocess.run(["rm", "-rf", str(top)], check=True)


def test_folders_nest_deeper_than_calls(deep: Path) -> None:
    (found,) = expand([str(deep)])
    assert isinstance(found, Source)
    assert found.data == CONFIG


@pytest.mark.fault(
    "folders nested deeper than Python calls", says="as of any folder", lost="nothing"
)
@pytest.mark.parametrize("command", ["check", "fmt --check", "upgrade --from 4.14 --to 4.17",
                                     "verdict", "policy"])  # fmt: skip
def test_commands_go_down_deep_folders(command: str, deep: Path) -> None:
    done = cli(*command.split(), str(deep))
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert ("t.jsonl" if command == "verdict" else "web.cfg") in done.stdout + done.stderr


def test_a_walk_goes_in_order_and_follows_no_links(tmp_path: Path) -> None:
    for name in ("b/2", "b/1", "a", "skip/x"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("b/2/f", "b/1/f", "a/g", "z", "skip/x/f"):
        (tmp_path / name).touch()
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/gone").symlink_to(tmp_path / "nowhere")
    failed: list[OSError] = []
    found = [
        (os.path.relpath(root, tmp_path), names, plain)
        for root, names, plain in walk(str(tmp_path), failed.append, frozenset(("skip",)))
    ]
    assert found == [
        (".", ["z"], {"z"}),
        ("a", ["g", "gone"], {"g"}),
        ("b", [], set()),
        ("b/1", ["f"], {"f"}),
        ("b/2", ["f"], {"f"}),
    ]
    assert failed == []


def test_a_listed_file_may_be_something_else_by_now(tmp_path: Path) -> None:
    """Nobody waits for the writer of a FIFO that has taken its place, and nobody reads a folder."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotPlainError):
        open_descriptor(str(tmp_path / "pipe"), listed=True)
    with pytest.raises(OSError, match="directory"):
        open_descriptor(str(tmp_path), listed=True)


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path) -> None:
    failed: list[OSError] = []
    assert list(walk(str(tmp_path / "gone"), failed.append)) == []
    assert [type(error) for error in failed] == [FileNotFoundError]


def test_an_entry_point_that_is_a_fifo_is_passed_over(tmp_path: Path) -> None:
    """`python -m xlcfg` looks for plugins in the working directory, too."""
    info = tmp_path / "a-1.dist-info"
    info.mkdir()
    os.mkfifo(info / "entry_points.txt")
    (tmp_path / "g.cfg").write_text('name = "x"\nkernel = "/k"\n')
    done = cli("check", "g.cfg", cwd=tmp_path)
    assert done.returncode == 0


def test_readers_of_recordings_open_plain_files_only(fifo: str) -> None:
    from xlcfg_traces.plugin import xlcfg_read_trace
    from xlcfg_traces.recording import open_recording

    for path in (fifo, "/dev/zero"):
        assert xlcfg_read_trace(path, None) is None
        with pytest.raises(NotPlainError):
            open_recording(path)


#: Modules that open what is no input: files of their own, or what they have just written; in
#: `lsp/texts.py` it is the editor that opens a text.
OPEN_THEMSELVES = {
    "core/replace.py", "cli/__init__.py", "lsp/texts.py", "many/cache.py",
    "source/opening.py", "traces/stream_copy.py",
}  # fmt: skip


def test_inputs_are_opened_in_one_way() -> None:
    call = re.compile(r"(?<![\w.])open\(|os\.open\(|\.read_bytes\(|gzip\.open\(")
    found = set()
    for top in (ROOT / "xlcfg", ROOT / "plugins"):
        for path in top.rglob("*.py"):
            name = path.relative_to(top).as_posix()
            if not name.startswith(("record/", "docs/")) and not name.endswith("build.py"):
                if call.search(path.read_text(encoding="utf-8")):
                    found.add(name)
    assert found == OPEN_THEMSELVES
