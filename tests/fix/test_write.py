"""Files are replaced whole or not at all."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xlcfg.cli import run
from xlcfg.core.replace import WriteError, replace_file

ROOT = Path(__file__).resolve().parents[2]
ROOT_USER = os.geteuid() == 0


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".xlcfg-")]


def test_text_mode_and_attributes(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"old")
    path.chmod(0o640)
    try:
        os.setxattr(path, "user.note", b"kept")
        noted = True
    except OSError:  # not every file system has them
        noted = False
    replace_file(str(path), b"old", b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o7777 == 0o640
    if noted:
        assert os.getxattr(path, "user.note") == b"kept"
    assert os.listdir(tmp_path) == ["x.cfg"]


@pytest.mark.skipif(not ROOT_USER, reason="only root may give files away")
def test_the_owner_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    replace_file(str(path), b"old", b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


@pytest.mark.fault(
    "the owner of a file to be fixed cannot be kept",
    says="2: `its owner or group would change`",
    lost="nothing",
)
def test_an_owner_that_cannot_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"old")
    real = os.fstat

    class Other:
        st_uid, st_gid = 99999, 99999

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refuse)
    monkeypatch.setattr(os, "fstat", lambda fd: Other() if fd > 2 else real(fd))
    monkeypatch.setattr(os, "fdopen", lambda fd, mode: open(fd, mode, buffering=0))  # noqa: SIM115
    with pytest.raises(WriteError, match="owner"):
        replace_file(str(path), b"old", b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    path = tmp_path / "a" / "x.cfg"
    path.write_bytes(b"old")
    link = tmp_path / "b" / "x.cfg"
    link.symlink_to("../a/x.cfg")
    replace_file(str(link), b"old", b"new")
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path / "b") == ["x.cfg"]


@pytest.mark.fault(
    "a file changes while it is being fixed",
    says="2: `was changed by somebody else meanwhile; nothing was written`",
    lost="nothing",
)
def test_somebody_was_faster(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"newer")
    with pytest.raises(WriteError, match="meanwhile"):
        replace_file(str(path), b"old", b"new")
    assert path.read_bytes() == b"newer"
    assert leftovers(tmp_path) == []


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match="no space left"):
        replace_file(str(path), b"old", b"new")
    assert path.read_bytes() == b"old"
    assert leftovers(tmp_path) == []


KILLED = """
import itertools, sys
from xlcfg.cli import run
from xlcfg.core.replace import replace_file
path, size = sys.argv[1], int(sys.argv[2])
texts = [letter * size for letter in (b"a", b"b")]
print("ready", flush=True)
for i in itertools.count():
    replace_file(path, texts[i % 2], texts[1 - i % 2])
"""


def test_killed_at_any_moment_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    size = 4 * 1024 * 1024
    seen = set()
    for round_ in range(12):
        path.write_bytes(b"a" * size)
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path), str(size)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(0.003 * round_)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        data = path.read_bytes()
        assert len(data) == size
        assert data in (b"a" * size, b"b" * size)
        seen.add(data[:1])
        for name in leftovers(tmp_path):
            (tmp_path / name).unlink()
    assert seen


@pytest.mark.fault(
    "a file to be fixed lies in a folder that takes no new file",
    says="2: `cannot be written: its folder takes no new file`",
    lost="nothing",
)
@pytest.mark.parametrize("command", [["check", "--fix"], ["fmt"]])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written(
    command: list[str],
    number: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b'name = "x"\nkernel = "/k"\ntsc_mode =  1\n')
    before = path.read_bytes()
    real = os.open

    # Root may write anywhere, so the folder says no by itself.
    def refuse(name: str, flags: int, mode: int = 0o777, **others: int) -> int:
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(name, flags, mode, **others)

    monkeypatch.setattr(os, "open", refuse)
    assert run([*command, str(path)]) == 2
    monkeypatch.undo()
    said = capsys.readouterr().err
    assert (
        f"x.cfg: cannot be written: its folder takes no new file: {os.strerror(number).lower()}"
        in said
    )
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.cfg"]


@pytest.mark.skipif(ROOT_USER, reason="root may write every file")
def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "x.cfg"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match="permission denied"):
        replace_file(str(path), b"old", b"new")
    assert path.read_bytes() == b"old"
