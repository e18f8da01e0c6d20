"""`xlcfg check --watch` in a real process: what happens to files decides what it says, and when."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli

GOOD = 'name = "a"\nkernel = "/k"\n'
BAD = GOOD + "vcpu = 2\n"
PATIENCE = 60


class Watch:
    """A running watch: `out` and `err` are what it has said so far."""

    def __init__(self, *arguments: Any, cwd: Path, terminal: bool = False) -> None:
        self.out = self.err = ""
        path = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
        env = {**os.environ, "PYTHONPATH": path, "TERM": "xterm", "NO_COLOR": "1"}
        env.pop("GITHUB_ACTIONS", None)
        self.terminal = -1
        stdout: int = subprocess.PIPE
        if terminal:
            self.terminal, stdout = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "xlcfg", "check", "--watch", *map(str, arguments)],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
        )
        if terminal:
            os.close(stdout)
            out = self.terminal
        else:
            assert self.process.stdout is not None
            out = self.process.stdout.fileno()
        assert self.process.stderr is not None
        self.readers = [
            threading.Thread(target=self._read, args=(fd, name))
            for fd, name in ((out, "out"), (self.process.stderr.fileno(), "err"))
        ]
        for reader in self.readers:
            reader.start()
        self.runs = 0
        self.done()

    def _read(self, fd: int, name: str) -> None:
        while True:
            try:
                data = os.read(fd, 65536)
            except OSError:  # how a terminal says that nobody is there any more
                return
            if not data:
                return
            setattr(self, name, getattr(self, name) + data.decode("utf-8", "replace"))

    def until(self, happened: Callable[[], object]) -> None:
        """Wait for something to happen; fail when it does not."""
        deadline = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < deadline, (self.out, self.err)
            assert self.process.poll() is None, (self.out, self.err)
            time.sleep(0.02)

    def done(self) -> str:
        """What has been said by the end of the next run, from its beginning."""
        self.runs += 1
        self.until(lambda: self.err.count("Ctrl-C ends\n") >= self.runs)
        # both streams were flushed by then, but two threads read them
        self.until(lambda: self.out.count("runstate") or self.out.count("[IO") or self.err)
        time.sleep(0.1)
        assert self.err.count("Ctrl-C ends\n") == self.runs
        return re.split(r"^(?:\x1b\S*)?--- ", self.out, flags=re.MULTILINE)[-1]

    def end(self) -> int:
        """Press Ctrl-C; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        for reader in self.readers:
            reader.join(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        if self.terminal >= 0:
            os.close(self.terminal)
        return code


@pytest.fixture
def watches() -> Iterator[list[Watch]]:
    started: list[Watch] = []
    yield started
    for watch in started:
        assert watch.end() == 130
        assert "Traceback" not in watch.err


@pytest.fixture
def start(watches: list[Watch], tmp_path: Path) -> Callable[..., Watch]:
    def starter(*arguments: Any, terminal: bool = False) -> Watch:
        watches.append(Watch(*arguments, cwd=tmp_path, terminal=terminal))
        return watches[-1]

    return starter


def replace(path: Path, text: str) -> None:
    """What an editor does: another file takes the place."""
    new = path.with_name(f"{path.name}.new~")
    new.write_text(text)
    new.replace(path)


def test_a_file_that_changes_is_checked_again(start: Callable[..., Watch], tmp_path: Path) -> None:
    path = tmp_path / "web.cfg"
    path.write_text(BAD)
    watch = start("web.cfg")
    assert "web.cfg:3:1: warning[XL101]" in watch.out
    assert "---" not in watch.out
    assert watch.err == "xlcfg: watching 1 file; Ctrl-C ends\n"
    path.write_text(GOOD)
    said = watch.done()
    assert re.match(r"\d\d:\d\d:\d\d web\.cfg changed\n", said)
    assert "No findings in 1 file." in said
    replace(path, BAD + "vcpuz = 1\n")
    assert "2 warnings in 1 file." in watch.done()
    path.unlink()
    said = watch.done()
    assert "web.cfg is gone\n" in said
    assert "error[IO001]" in said
    path.write_text(GOOD)
    said = watch.done()
    assert "web.cfg is new\n" in said
    assert "No findings" in said


def test_files_of_a_folder_come_and_go(start: Callable[..., Watch], tmp_path: Path) -> None:
    guests = tmp_path / "guests"
    guests.mkdir()
    (guests / "a.cfg").write_text(GOOD)
    watch = start("guests")
    (guests / "deep").mkdir()
    (guests / "deep" / "b.cfg").write_text(BAD.replace('"a"', '"b"'))
    said = watch.done()
    assert "guests/deep/b.cfg is new\n" in said
    assert "1 warning in 2 files." in said
    # neither what is no config nor what is as it was starts a run
    (guests / "notes.txt").write_text("buy milk\n")
    (guests / ".a.cfg.swp").write_bytes(b"b0VIM 9.0\0" + GOOD.encode())
    os.utime(guests / "a.cfg", (1, 1))
    replace(guests / "a.cfg", GOOD)
    (guests / "deep" / "b.cfg").unlink()
    said = watch.done()
    assert said.splitlines()[0].endswith(" guests/deep/b.cfg is gone")
    assert "No findings in 1 file." in said


def test_settings_and_the_host_count(start: Callable[..., Watch], tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.cfg").write_text(BAD + 'cpus = "9"\n')
    host = tmp_path / "host.json"
    host.write_text('{"cpus": 16}')
    watch = start("inner/a.cfg", "--host", "host.json")
    (tmp_path / ".xlcfg.toml").write_text('ignore = ["XL101"]\n')
    said = watch.done()
    assert ".xlcfg.toml is new\n" in said
    assert "No findings" in said
    host.write_text('{"cpus": 4}')
    said = watch.done()
    assert "host.json changed\n" in said
    assert "error[XL31" in said
    (inner / "pyproject.toml").write_text("[tool.xlcfg]\nselect = ['XL101']\n")
    assert "warning[XL101]" in watch.done()


def test_what_is_broken_for_a_moment_does_not_end_it(
    start: Callable[..., Watch], tmp_path: Path
) -> None:
    path, settings, host = (tmp_path / n for n in ("a.cfg", ".xlcfg.toml", "host.json"))
    path.write_text(BAD)
    host.write_text('{"cpus": 4}')
    settings.write_text("select = [\n")
    watch = start("a.cfg", "--host", "host.json")
    assert ".xlcfg.toml" in watch.err, "broken settings do not even keep it from starting"
    settings.write_text('select = ["XL101"]\n')
    assert "warning[XL101]" in watch.done()
    host.write_text('{"cp')
    watch.done()
    assert "xlcfg: --host: " in watch.err
    host.unlink()
    watch.done()
    host.write_text('{"cpus": 4}')
    assert "warning[XL101]" in watch.done()
    path.unlink()
    path.mkdir()
    watch.done()
    path.rmdir()
    watch.done()
    path.write_bytes(b"\0\xff" * 999)
    watch.done()
    path.write_text(GOOD)
    assert "No findings" in watch.done()


def test_fixing_ends(start: Callable[..., Watch], tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text("name = 'a'\nkernel = '/k'\nmemory = 1\nmemory = 99\n")
    watch = start("--fix", ".")
    assert "memory = 1" not in path.read_text()
    path.write_text(path.read_text() + "vcpus = 1\nvcpus = 2\n")
    watch.done()
    assert "vcpus = 1" not in path.read_text()
    assert watch.err.count("applied 1 fix in 1 file") == 2
    # nothing else starts a run: the next one is for the next change
    (tmp_path / "b.cfg").write_text(GOOD.replace('"a"', '"b"'))
    assert watch.done().splitlines()[0].endswith(" b.cfg is new")
    assert watch.runs == 3


def test_a_terminal_shows_one_report_at_a_time(start: Callable[..., Watch], tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(BAD)
    watch = start("a.cfg", terminal=True)
    assert "\x1b[2J" not in watch.out
    path.write_text(GOOD)
    watch.done()
    watch.until(lambda: "No findings" in watch.out)
    assert re.search(r"\x1b\[2J\x1b\[H--- \d\d:\d\d:\d\d a\.cfg changed\r\n", watch.out)
    assert watch.out.count("\x1b[2J") == 1


def test_reports_for_programs_have_nothing_between_them(
    start: Callable[..., Watch], tmp_path: Path
) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(BAD)
    watch = start("a.cfg", "--format", "json-lines")
    path.write_text(BAD + "vcpuz = 2\n")
    watch.until(lambda: watch.out.count("vcpuz") and watch.out.endswith("\n"))
    assert {json.loads(line)["code"] for line in watch.out.splitlines() if line} >= {"XL101"}
    assert "a.cfg changed\n" in watch.err


def test_many_files_use_the_cache(start: Callable[..., Watch], tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    for number in range(60):
        (fleet / f"g{number}.cfg").write_text(f'name = "g{number}"\nkernel = "/k"\n')
    watch = start("fleet", "-j2", "--cache-dir", tmp_path / "cache")
    assert "No findings in 60 files." in watch.out
    (fleet / "g7.cfg").write_text('name = "g7"\nkernel = "/k"\nvcpu = 2\n')
    said = watch.done()
    assert said.splitlines()[0].endswith(" fleet/g7.cfg changed")
    assert "1 warning in 60 files." in said


def test_many_changes_are_counted(start: Callable[..., Watch], tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    watch = start("a")
    new = tmp_path / "b"
    new.mkdir()
    for number in range(5):
        (new / f"g{number}.cfg").write_text(f'name = "g{number}"\nkernel = "/k"\n')
    new.rename(folder / "b")
    head = watch.done().splitlines()[0]
    assert head.endswith("a/b/g0.cfg is new, a/b/g1.cfg is new, a/b/g2.cfg is new and 2 more")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "standard input"),
        (("--stdin-filename", "a.cfg"), "standard input"),
        (("--files-from", "-"), "standard input"),
        (("--fix",), "name files or directories"),
        (("a.cfg", "https://u:hunter2@h.example/a.cfg"), "at https://h.example/a.cfg"),
        (("a.cfg", "--write-baseline", "b.json"), "--write-baseline"),
        (("a.cfg", "--select", "QQ"), "'QQ'"),
        (("a.cfg", "--format", "klingon"), "klingon"),
        (("a.cfg", "--host", "missing.json"), "--host"),
    ],
)
def test_wrong_usage(cli: Cli, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    (tmp_path / "a.cfg").write_text(GOOD)
    done = cli("check", "--watch", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
