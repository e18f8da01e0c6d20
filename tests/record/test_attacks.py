"""What a new user may meet before anything is recorded: one line, and nothing left behind."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from record_help import image_with_symbols, made_kernel, many_symbols
from support import ROOT, Cli
from xlcfg.record import machine
from xlcfg.record.errors import RecordError
from xlcfg.record.machine import work_folder
from xlcfg.record.packages import alone
from xlcfg.record.writing import Writer

xlcfg = Cli()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """--kernel and --xen for arm64 that get as far as QEMU."""
    (tmp_path / "kernel").write_bytes(made_kernel("arm64"))
    image = image_with_symbols(many_symbols(0x20_0000, {"_start": 0x20_0000}))
    (tmp_path / "xen").write_bytes(image)
    qemu = tmp_path / "qemu"
    qemu.write_text("#!/bin/sh\necho QEMU emulator version 11.0.0\n")
    qemu.chmod(0o755)
    return {name: str(tmp_path / name[2:]) for name in ("--kernel", "--xen", "--qemu")}


def refused(files: dict[str, str], *words: str, **env: str) -> str:
    """What it says, in one line."""
    given = [word for pair in files.items() for word in pair]
    done = xlcfg("record", "--arch", "arm64", *given, *words, env=env)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_no_apt(tmp_path: Path, files: dict[str, str]) -> None:
    cache = ("--cache-dir", str(tmp_path / "cache"), "-o", str(tmp_path / "t"))
    # nor is there a QEMU on this path
    said = refused({**files, "--kernel": "debian:6.1"}, *cache, PATH=str(tmp_path))
    assert "on Debian: apt-get install apt" in said
    del files["--qemu"]
    assert "name a QEMU with --qemu" in refused(files, *cache, PATH=str(tmp_path))


def test_no_mirror(tmp_path: Path, files: dict[str, str]) -> None:
    # one that does not answer is asked again and again, which takes long
    words = ("--mirror", f"copy:{tmp_path}/none", "--cache-dir", str(tmp_path / "cache"))
    said = refused({**files, "--kernel": "debian:6.1"}, *words, "-o", str(tmp_path / "t"))
    assert re.search(r"does not have a Release file|is missing", said), said
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize(
    ("option", "data", "why"),
    [
        ("--kernel", b"root:x:0:0\n" * 99, "is no kernel that Xen boots"),
        ("--kernel", made_kernel("x86_64"), "is for x86_64, not for arm64"),
        ("--kernel", b"", "is no kernel"),
        ("--xen", b"root:x:0:0\n" * 99, "this is no image of Xen"),
        ("--xen", made_kernel("x86_64"), "is for x86_64, not for arm64"),
    ],
)
def test_files_that_are_something_else(
    tmp_path: Path, files: dict[str, str], option: str, data: bytes, why: str
) -> None:
    (tmp_path / "other").write_bytes(data)
    said = refused({**files, option: str(tmp_path / "other")}, "-o", str(tmp_path / "t"))
    assert f"xlcfg: {option}: " in said
    assert str(tmp_path / "other") in said
    assert why in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("-o", "."), "-o: .: is a directory"),
        (("-o", "/proc/none/t"), "-o: /proc/none/t: no such file"),
        (("-o", "t", "--console", "/proc/none/c"), "--console: /proc/none/c: no such file"),
        (("-o", "t", "--until", "console=("), "--until: console=(: missing )"),
        (("-o", "t", "--initrd", "/proc"), "--initrd: there is no file /proc"),
    ],
)
def test_places_and_words(
    tmp_path: Path, files: dict[str, str], words: tuple[str, ...], why: str
) -> None:
    given = [word for pair in files.items() for word in pair]
    done = xlcfg("record", "--arch", "arm64", *given, *words, cwd=tmp_path)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"kernel", "xen", "qemu"}


def test_what_the_console_file_held_stays_when_nothing_is_recorded(
    tmp_path: Path, files: dict[str, str]
) -> None:
    console = tmp_path / "c"
    console.write_text("before")
    words = ("--console", str(console), "--initrd", "/proc", "-o", str(tmp_path / "t"))
    refused(files, *words)
    assert console.read_text() == "before"


# -- room -----------------------------------------------------------------------------------------


def test_memory_that_is_too_small_for_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Usage:
        def __init__(self, free: int) -> None:
            self.free = free

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    free = {"/dev/shm": 64 << 20, str(tmp_path): 2048 << 20}
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: Usage(free[path]))
    folder = work_folder(1024)
    assert folder.parent == tmp_path
    free[str(tmp_path)] = 1024 << 20
    with pytest.raises(RecordError, match=r"no 1,280 MiB free in /dev/shm or "):
        work_folder(1024)


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is not here")
    writer = Writer("/dev/full")
    writer.add("note", text="x" * 100_000)
    with pytest.raises(OSError, match="No space left"):
        writer.finish({}, [])


# -- where the trace goes -------------------------------------------------------------------------


def test_devices_and_links_are_written_to_not_replaced(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    Writer(pipe).finish({"a": 1}, [])
    assert reader.communicate(timeout=30)[0] == b'{"a":1}\n'
    assert pipe.is_fifo()
    link.symlink_to(tmp_path / "real")
    Writer(link).finish({"a": 2}, [])
    assert link.is_symlink()
    assert (tmp_path / "real").read_text() == '{"a":2}\n'


def test_standard_output(tmp_path: Path) -> None:
    script = "from xlcfg.record.writing import Writer; Writer('-').finish({'a': 1}, []); print('x')"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout == b'{"a":1}\nx\n'
    assert not list(tmp_path.iterdir())


# -- two at once ----------------------------------------------------------------------------------


def test_who_comes_second_waits(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from xlcfg.record.packages import alone\n"
        "with alone(Path(sys.argv[1]), lambda text: print(text, flush=True)): print('in')"
    )
    with (tmp_path / "lock").open("a") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert second.stdout is not None
        assert b"waiting for another recording" in second.stdout.readline()
        assert second.poll() is None
    assert second.communicate(timeout=60)[0] == b"in\n"
    said: list[str] = []
    with alone(tmp_path, said.append):
        assert not said


def test_a_cache_that_cannot_be_written_needs_no_lock() -> None:
    with alone(Path("/proc/none"), lambda _: None):
        pass
