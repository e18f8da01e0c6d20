"""What surrounds a run goes wrong: closed and full outputs, no home, Ctrl-C, odd names, limits."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli
from xlcfg.report import FORMATS

GOOD = 'name = "a"\nkernel = "/k"\nmemory = 512\n'
TRACE = ROOT / "examples" / "linux-kpti-arm64.jsonl.gz"
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))}


def shell(script: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a script in which $XLCFG is the command."""
    env = {**ENV, "XLCFG": f"{sys.executable} -m xlcfg", **more.pop("env", {})}
    done = subprocess.run(
        ["sh", "-c", script], capture_output=True, env=env, check=False, timeout=300, **more
    )
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode()
    assert b"Exception ignored" not in done.stderr, done.stderr.decode()
    return done


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "g.cfg"
    path.write_text(GOOD)
    return path


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    folder = tmp_path / "fleet"
    folder.mkdir()
    for n in range(200):
        text = GOOD + "".join(f"unknown{i} = 1\n" for i in range(20))
        (folder / f"{n}.cfg").write_text(text)
    return folder


# ---- streams -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check -", "replay -", "check --files-from -"])
def test_closed_standard_input(command: str) -> None:
    done = shell(f"$XLCFG {command} <&-")
    assert done.returncode == 2
    assert b"standard input is closed" in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check {0}", "explain all", "check {0} --format json"])
def test_closed_outputs(config: Path, command: str) -> None:
    assert shell(f"$XLCFG {command.format(config)} >&-").returncode == 0
    assert shell(f"$XLCFG {command.format(config)} <&- >&- 2>&-").returncode == 0
    assert shell("$XLCFG check --nonsense >&- 2>&-").returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize(
    "command",
    ["check {0}", "check {1}", f"replay {TRACE}", "explain all", "check {1} --format json"],
)
def test_a_full_disk_is_told(config: Path, fleet: Path, command: str) -> None:
    done = shell(
        f"$XLCFG {command.format(config, fleet)} --no-cache > /dev/full"
        if command.startswith("check")
        else f"$XLCFG {command} > /dev/full"
    )
    assert done.returncode == 2
    assert done.stderr == b"xlcfg: no space left on device\n"


@pytest.mark.fault(
    "the disk is full where `replay --html` writes its page",
    says="2: `the page FILE cannot be written: no space left on device`",
    lost="nothing",
)
def test_a_page_that_does_not_fit(tmp_path: Path) -> None:
    for command in ("replay", "replay --compare"):
        done = shell(f"$XLCFG {command} {TRACE} --html /dev/full")
        assert done.returncode == 2
        assert b"the page /dev/full cannot be written: no space left on device" in done.stdout


@pytest.mark.fault(
    "the disk is full where `verdict --html` writes its page",
    says="2: `the page FILE cannot be written: no space left on device`, behind the verdict",
    lost="nothing",
)
def test_a_verdict_whose_page_does_not_fit() -> None:
    done = shell(f"$XLCFG verdict {TRACE} --html /dev/full")
    assert done.returncode == 2
    assert b"Flipping Arm's default" in done.stdout
    assert done.stderr == (
        b"xlcfg: the page /dev/full cannot be written: no space left on device\n"
    )


@pytest.mark.fault(
    "the disk is full while the cache is written",
    says="as without a cache",
    lost="nothing; the run is not remembered",
)
def test_a_cache_that_does_not_fit(fleet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    for _ in range(2):
        done = shell(f"ulimit -f 1; $XLCFG check {fleet} --cache-dir {folder} | tail -n 1")
        assert done.stdout == b"4199 warnings in 200 files.\n"
        assert done.stderr == b""
    assert [path.stat().st_size for path in folder.iterdir()] == [0]
    assert shell(f"$XLCFG check {fleet} --cache-dir {folder} | tail -n 1").stderr == b""
    (path,) = folder.iterdir()
    whole = path.read_bytes()
    done = shell(f"ulimit -f 1; $XLCFG check {fleet} --xen 4.14 --cache-dir {folder} | tail -n 1")
    assert (done.stdout[-13:], done.stderr) == (b"in 200 files.\n"[-13:], b"")
    assert [one.read_bytes() for one in folder.iterdir()] == [whole]


def test_a_reader_that_has_seen_enough(fleet: Path) -> None:
    for options in ("", "--format json", "-j1 --no-cache"):
        done = shell(f"$XLCFG check {fleet} {options} | head -n 1")
        assert done.stderr == b""
        assert done.stdout.count(b"\n") == 1


# ---- places and names --------------------------------------------------------------------------


@pytest.mark.fault(
    "the working directory is gone",
    says="as usual for absolute paths; 2 for relative ones",
    lost="nothing",
)
def test_a_folder_that_is_gone(config: Path, tmp_path: Path) -> None:
    gone = f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir {tmp_path}/gone; "
    assert shell(gone + "$XLCFG check x.cfg").returncode == 2
    assert shell(gone + "$XLCFG check .").returncode == 2
    for name in ("sarif", "junit", "gitlab"):
        assert shell(gone + f"$XLCFG check {config} --format {name}").returncode == 0


@pytest.mark.fault(
    "file names of any bytes, in any locale",
    says="as usual; what the output cannot hold is shown escaped",
    lost="nothing",
)
@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "tr_TR.UTF-8"},
    ],
    ids=lambda value: "-".join(value.values()),
)
@pytest.mark.parametrize(
    "name", [b"caf\xc3\xa9\xff.cfg", b"new\nline.cfg", b"\x1b[31m.cfg", b"-j.cfg"]
)
def test_odd_locales_and_names(tmp_path: Path, locale: dict[str, str], name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "wb") as file:
        file.write(GOOD.encode() + 'vcpu = "\xe9\u4e2d\u202e"\n'.encode())
    for form in FORMATS:
        done = subprocess.run(
            [sys.executable, "-m", "xlcfg", "check", path, "--format", form],
            capture_output=True,
            env={**ENV, **locale},
            check=False,
        )
        assert done.returncode == 1, done.stderr
        assert b"XL101" in done.stdout
        assert done.stderr == b""
        assert b"\x1b" not in done.stdout
        assert "\u202e".encode() not in done.stdout or form not in ("text", "concise")


ESCAPES = "\x1b[31m\x9b1m\x07\x08\r\x00\x7f"


@pytest.mark.fault(
    "terminal escapes in an input or its name",
    says="as usual, shown escaped in every format",
    lost="nothing",
)
@pytest.mark.parametrize("form", FORMATS)
def test_no_format_hands_on_terminal_escapes(cli: Cli, tmp_path: Path, form: str) -> None:
    path = tmp_path / "\x1b]0;x\x07.cfg"
    text = f"vif = [ 'mac={ESCAPES}' ]\nvcpus = '{ESCAPES}'\nname = '{ESCAPES}\n{ESCAPES} = 1\n"
    path.write_bytes(GOOD.encode() + text.encode())
    done = cli("check", path, "--format", form)
    assert done.returncode == 1
    assert not set(done.stdout) & set("\x1b\x07\x08\r\0\x7f\x9b")


@pytest.mark.parametrize("command", [["cmdline"], ["explain"], ["options"], ["check", "--xen"]])
def test_no_command_hands_on_terminal_escapes(cli: Cli, command: list[str]) -> None:
    done = cli(*command, "\x1b[31mred\x07=\x9b1m")
    assert not set(done.stdout + done.stderr) & set("\x1b\x07\x9b")


# ---- files that change -------------------------------------------------------------------------


@pytest.mark.fault(
    "files vanish between the listing and the reading",
    says="2: `IO001` for each of them",
    lost="nothing; the others are checked",
)
def test_files_that_vanish_between_list_and_reading(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list"
    files = sorted(fleet.iterdir())
    listed.write_text("\n".join(map(str, files)) + "\n")
    for path in files[::2]:
        path.unlink()
    done = cli("check", "--files-from", listed, "--no-cache", "--format", "json")
    assert done.returncode == 2
    assert done.stdout.count('"IO001"') == 100
    assert done.stdout.count('"XL101"') == 2000


@pytest.mark.fault(
    "files change and vanish while they are read",
    says="1 or 2, about what was read",
    lost="nothing",
)
def test_files_that_change_all_the_time(cli: Cli, fleet: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "paths = [os.path.join(sys.argv[1], n) for n in os.listdir(sys.argv[1])]\n"
        "while True:\n"
        "    for path in paths:\n"
        "        with open(path, 'w') as file: file.write('vcpu = [' * (hash(path) % 50))\n"
        "        os.path.exists(path) and os.unlink(path)\n"
        "        open(path, 'w').write('name = \"x\"\\nvcpu = 1\\n')\n"
    )
    changing = subprocess.Popen([sys.executable, "-c", script, str(fleet)])
    try:
        for _ in range(3):
            done = cli("check", fleet, "--cache-dir", tmp_path / "cache")
            assert done.returncode in (1, 2)
            assert done.stderr == ""
    finally:
        changing.kill()
        changing.wait()


# ---- signals -----------------------------------------------------------------------------------


@pytest.mark.fault(
    "Ctrl-C in a run over many files",
    says="130, without a word; no process is left",
    lost="nothing",
)
@pytest.mark.parametrize("options", [["-j1"], ["-j3"]])
def test_ctrl_c_ends_a_run_at_once(tmp_path: Path, options: list[str]) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for n in range(60):
        (folder / f"{n}.cfg").write_text(GOOD + "".join(f"k{n}_{i} = 1\n" for i in range(30000)))
    child = subprocess.Popen(
        [sys.executable, "-m", "xlcfg", "check", str(folder), "--no-cache", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
        start_new_session=True,
    )
    time.sleep(2)
    os.killpg(child.pid, signal.SIGINT)  # as a terminal does: the workers get it as well
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out, err) == (130, b"", b"")
    deadline = time.monotonic() + 20  # a worker forked at that very moment ends by itself
    while _group_lives(child.pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.fault(
    "the run is killed while its workers are at it",
    says="nothing; the workers end",
    lost="nothing",
)
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    for n in range(60):
        (folder / f"{n}.cfg").write_text(GOOD + "".join(f"k{n}_{i} = 1\n" for i in range(30000)))
    child = subprocess.Popen(
        [sys.executable, "-m", "xlcfg", "check", str(folder), "--no-cache", "-j3"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENV,
        start_new_session=True,
    )
    time.sleep(2)
    child.kill()
    _, err = child.communicate(timeout=60)  # returns once nobody holds the pipe any more
    assert err == b""


# ---- plugins that hang -------------------------------------------------------------------------

HANGS = {
    "loading": "import time\ntime.sleep(600)\n",
    "xlcfg_policy": "import time\ndef xlcfg_policy(guest):\n    time.sleep(600)\n",
    "xlcfg_rules": "def xlcfg_rules():\n    while True:\n        yield 1\n",
    "rule ZZ001": (
        "class Rule:\n    CODE, NAME, SUMMARY = 'ZZ001', 'zz', 'zz'\n"
        "    def check(self, guest):\n        while True:\n"
        "            try:\n                sum(range(1000))\n"
        "            except Exception:\n                pass\n"
        "        yield\n"
        "def xlcfg_rules():\n    return [Rule()]\n"
    ),
}


@pytest.mark.fault(
    "a plugin hangs", says="`PL001`: `it took longer than N seconds`", lost="the plugin's answer"
)
@pytest.mark.parametrize("hook", list(HANGS))
def test_a_plugin_that_hangs_is_named(tmp_path: Path, config: Path, hook: str) -> None:
    (tmp_path / "hanging.py").write_text(HANGS[hook])
    path = os.pathsep.join((ENV["PYTHONPATH"], str(tmp_path)))
    # what is collected until the limit has to fit
    limit = "ulimit -v 4000000; " if hook == "xlcfg_rules" else ""
    done = shell(
        f"{limit}$XLCFG check {config}",
        env={"PYTHONPATH": path, "XLCFG_PLUGINS": "hanging:", "XLCFG_PLUGIN_TIMEOUT": "0.5"},
    )
    assert done.returncode == 1
    said = f"plugin hanging: failed in {hook}: it took longer than 0.5 seconds"
    assert said.encode() in done.stdout


def test_the_limit_is_for_each_call_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from xlcfg.hooks.limit import PluginTimeout, limited, seconds

    monkeypatch.setenv("XLCFG_PLUGIN_TIMEOUT", "0.2")
    before = signal.getsignal(signal.SIGALRM)
    for _ in range(3):
        assert limited(lambda: time.sleep(0.1)) is None
    with pytest.raises(PluginTimeout):
        limited(lambda: time.sleep(5))
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    for odd in ("", "soon", "-1", "nan", "1e99"):
        monkeypatch.setenv("XLCFG_PLUGIN_TIMEOUT", odd)
        assert seconds() == 30
    monkeypatch.setenv("XLCFG_PLUGIN_TIMEOUT", "0")
    assert limited(lambda: 5) == 5


# ---- little memory -----------------------------------------------------------------------------


@pytest.mark.fault(
    "memory runs out",
    says="2: `not enough memory for this input`",
    lost="nothing",
)
def test_little_memory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "large.cfg"
    path.write_text(GOOD + "".join(f"k{i} = [ 'a', 'b' ]\n" for i in range(200_000)))
    limit = 120 * 1024 * 1024
    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", "check", str(path)],
        capture_output=True,
        env=ENV,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert done.returncode == 2
    assert done.stderr == b"xlcfg: not enough memory for this input\n"


@pytest.mark.parametrize("command", ["replay", "verdict"])
def test_no_page_is_written_over_its_trace(cli: Cli, tmp_path: Path, command: str) -> None:
    trace = (ROOT / "examples" / "linux-kpti-arm64.jsonl.gz").read_bytes()
    (tmp_path / "t.jsonl.gz").write_bytes(trace)
    done = cli(command, "t.jsonl.gz", "--html", "./t.jsonl.gz", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--html: ./t.jsonl.gz is one of the traces" in done.stderr
    assert (tmp_path / "t.jsonl.gz").read_bytes() == trace
