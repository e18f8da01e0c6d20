"""Every command: closed, full and broken streams, Ctrl-C at any moment, and nobody at home."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support import ROOT
from xlcfg.cli import COMMANDS

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))}
TRACE = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
GUEST = ROOT / "examples" / "web01.cfg"

#: commands that read standard input
READING = (
    "check -", "check --fix -", "check --diff -", "check --files-from -", "fmt -", "fmt --diff -",
    "parse -", "merge -", "convert - --to libvirt", "upgrade --from 4.17 -", "policy -",
    "verdict -", "replay -", "replay --compare -", "trace info -", "trace lint -",
    "trace minimise - --keep difference", "trace convert -", "lsp",
)  # fmt: skip
#: commands that write to standard output, whatever their exit code
WRITING = (
    f"check {GUEST}", f"check --diff {GUEST}", "check --fix - < {refused}", "fmt - < {refused}",
    "fmt --diff {refused}", f"parse {GUEST}", "merge {result}", f"convert {GUEST} --to libvirt",
    f"upgrade --from 4.4 {GUEST}", f"policy {GUEST}", f"verdict {TRACE}", f"replay {TRACE}",
    f"trace info {TRACE}", f"trace lint {TRACE}", f"trace convert {TRACE}", "trace generate",
    f"trace minimise {TRACE} --keep RT103", "cmdline consle=vga", "options", "schema",
    "explain all", "plugins", "completion bash",
)  # fmt: skip


def test_no_command_is_left_out() -> None:
    named = {text.split()[0] for text in (*READING, *WRITING)}
    # what `record` does is in tests/record: it needs a kernel to boot
    assert named | {"record"} == set(COMMANDS)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A file with something to fix and to format, and a result to merge."""
    folder = tmp_path_factory.mktemp("files")
    refused, result = folder / "r.cfg", folder / "r.json"
    refused.write_text('name="a"\nvcpus =  2\nkernel="/k"\ntsc_mode =  1\n')
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", "check", str(GUEST), "--format", "json", "--isolated"],
        capture_output=True, env=ENV, check=False,
    )  # fmt: skip
    result.write_bytes(done.stdout)
    return {"refused": str(refused), "result": str(result)}


def shell(
    script: str, folder: Path | None = None, **env: str
) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        env={**ENV, "XLCFG": f"{sys.executable} -m xlcfg", **env},
        cwd=folder,
        check=False,
        timeout=300,
    )
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()
    return done


@pytest.mark.fault(
    "standard input is closed",
    says="2: `cannot be read: standard input is closed`",
    lost="nothing",
)
@pytest.mark.parametrize("command", READING)
def test_closed_standard_input(command: str) -> None:
    done = shell(f"$XLCFG {command} <&-")
    assert done.returncode == 2
    assert b"standard input is closed" in done.stdout + done.stderr


@pytest.mark.fault(
    "the disk that standard output goes to is full",
    says="2: `no space left on device`",
    lost="nothing",
)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("command", WRITING)
def test_a_full_disk(command: str, files: dict[str, str], tmp_path: Path) -> None:
    done = shell(f"$XLCFG {command.format(**files)} >/dev/full", tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith(b"xlcfg: no space left on device\n")


@pytest.mark.fault(
    "whoever reads the output has seen enough (`| head`)", says="2, without a word", lost="nothing"
)
@pytest.mark.parametrize("command", WRITING)
def test_a_broken_pipe(command: str, files: dict[str, str], tmp_path: Path) -> None:
    done = shell(f"{{ $XLCFG {command.format(**files)}; echo $? >code; }} | true", tmp_path)
    said = re.sub(rb"(?m)^xlcfg: .*(?:applied|would apply|formatted|fix).*\n", b"", done.stderr)
    assert b"roken pipe" not in said
    assert b"rror" not in said.replace(b": error[", b"")
    # what fits into the pipe before it breaks may be all there is
    assert int((tmp_path / "code").read_text()) in (0, 1, 2)


def _asleep(child: subprocess.Popen[bytes]) -> bool:
    """Wait until the process waits for something."""
    before, still = -1, 0
    for _ in range(600):
        with open(f"/proc/{child.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        used = int(fields[11]) + int(fields[12])
        still = still + 1 if fields[0] == "S" and used == before else 0
        before = used
        if still > 4:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.fault(
    "Ctrl-C while a command waits for input", says="130, without a word", lost="nothing"
)
@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="no /proc here")
@pytest.mark.parametrize("command", READING)
def test_ctrl_c(command: str, tmp_path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "xlcfg", *command.split()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=ENV, cwd=tmp_path,
    )  # fmt: skip
    assert _asleep(child)
    child.send_signal(signal.SIGINT)
    child.wait(timeout=60)  # with its standard input still open
    out, err = child.communicate()
    assert (child.returncode, out, err) == (130, b"", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("Ctrl-C at any moment of a run", says="130, without a word", lost="nothing")
@pytest.mark.parametrize(
    "command",
    [f"replay --compare {TRACE}", f"verdict {TRACE}", f"trace lint {TRACE}", "explain all",
     f"trace minimise {TRACE} --keep RT103", "check {fleet}", "check --fix {fleet}",
     "fmt {fleet}"],
)  # fmt: skip
def test_ctrl_c_at_any_moment(command: str, tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    old = 'name="a"\nkernel="/k"\ntsc_mode =  1\n'
    for n in range(40):
        (fleet / f"{n}.cfg").write_text(old)
    for delay in (0.02, 0.05, 0.1, 0.2, 0.4):
        child = subprocess.Popen(
            [sys.executable, "-m", "xlcfg", *command.format(fleet=fleet).split()],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, start_new_session=True,
        )  # fmt: skip
        try:
            child.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGINT)
        _out, err = child.communicate(timeout=60)
        # Python itself says so, or dies of it, when it is interrupted before it has begun, and in
        # a callback of its own it can only say that it took no notice.
        if b"Traceback" in err:
            assert b"/xlcfg/" not in err, err.decode()
        else:
            assert child.returncode in (0, 1, 2, 130, -signal.SIGINT)
    texts = {path.read_text() for path in fleet.iterdir() if path.suffix == ".cfg"}
    assert texts <= {
        old,
        'name="a"\nkernel="/k"\ntsc_mode =  "always_emulate"\n',
        'name = "a"\nkernel = "/k"\ntsc_mode = 1\n',
    }
    assert [path for path in fleet.iterdir() if path.suffix != ".cfg"] == []


@pytest.mark.fault(
    "no home, one that is missing, and one that is read-only",
    says="as if there were one; nothing is remembered",
    lost="the speed of the next run",
)
@pytest.mark.parametrize("home", ["", "/nonexistent", "/proc", "relative/home", "/dev/null"])
def test_nobody_at_home(home: str, files: dict[str, str], tmp_path: Path) -> None:
    fleet = tmp_path / "fleet"
    fleet.mkdir()
    for n in range(40):
        (fleet / f"{n}.cfg").write_text(f'name = "a{n}"\nkernel = "/k"\nvcpu = 1\n')
    for unset in ("", "unset HOME XDG_CACHE_HOME; "):
        done = shell(
            f"{unset}$XLCFG check {fleet} --quiet", tmp_path, HOME=home, XDG_CACHE_HOME=home
        )
        assert done.returncode == 1
        assert done.stderr == b""
        assert done.stdout.count(b"XL101") == 40
        assert sorted(p.name for p in tmp_path.iterdir()) == ["fleet"]
