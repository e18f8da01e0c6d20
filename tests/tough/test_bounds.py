"""Time grows as the input does, and memory has a bound: stated here, and held.

Time: an input of twice the size takes at most 3 times the CPU. Memory of a check: 64 MiB and 150
times the size of the file (each unknown key of a few bytes is a finding); of a replay:
200 MiB whatever the trace, and what its page tables and one line of at most 16 MiB need.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, ZYGOTE
from zygote import checkout_env

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins")))}
MIB = 1024 * 1024

#: name -> text of a given number of pieces
SHAPES = {
    "keys": lambda n: "".join(f"key{i} = {i}\n" for i in range(n)),
    "known keys": lambda n: "memory = 1\nvcpus = 2\n" * (n // 2),
    "list": lambda n: "disk = [ " + "'phy:/dev/x,xvda,w',\n" * n + "]\n",
    "words": lambda n: "x = [ " + "1, " * n + "]\n",
    "deep": lambda n: "x = " + "[" * n,
    "deep closed": lambda n: "x = " + "[" * n + "]" * n + "\n",
    "appended": lambda n: "vif = [ 'a' ]\n" + "vif += [ 'mac=1' ]\n" * n,
    "broken lines": lambda n: "a b c\n" * n,
    "quotes": lambda n: "a = '\"\n" * n,
    "escapes": lambda n: "a = \"" + "\\n" * n + "\"\n",
    "bad escapes": lambda n: "a = \"" + "\\q" * n + "\"\n",
    "comments": lambda n: "# a\n" * n,
    "commas": lambda n: "a = [" + "," * n + "]\n",
    "long string": lambda n: "vif = [ '" + "mac=00," * n + "' ]\n",
    "long disk": lambda n: "disk = [ '" + "a:b=c," * n + "' ]\n",
    "long cpus": lambda n: "cpus = '" + "1-2,^1," * n + "'\n",
    "brackets": lambda n: "]" * n,
    "blanks": lambda n: " " * n + "\t" * n,
    "bytes": lambda n: "\x80\xff" * n,
}  # fmt: skip


def measured(arguments: list[str], *, quiet: bool = True) -> tuple[int, float, int]:
    """Exit code, CPU seconds and largest memory (bytes) of `xlcfg` with these arguments.

    `quiet`: it has to say nothing on standard error.
    """
    # What wait4 says of memory holds what this process had when it forked, so the kernel is asked
    # about the new program alone, by that program.
    child = subprocess.Popen(
        [sys.executable, "-c", MEASURED, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=ENV,
    )
    assert child.stderr is not None
    with child.stderr:
        error = child.stderr.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    said, _, memory = error.rpartition(b"peak ")
    assert said == b"" or not quiet
    assert b"Traceback" not in said
    return child.returncode, used.ru_utime + used.ru_stime, int(memory) * 1024


MEASURED = """
import sys
from xlcfg.__main__ import main
code = main()
with open("/proc/self/status") as file:
    peak = next(line.split()[1] for line in file if line.startswith("VmHWM"))
sys.stderr.write(f"peak {peak}")
sys.stdout.flush()
sys.exit(code)
"""


def timed(arguments: list[str]) -> float:
    """CPU seconds of `xlcfg` with these arguments, without those that Python takes to start."""
    ZYGOTE.run([*arguments], checkout_env(os.environ))
    return ZYGOTE.cpu


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear(tmp_path: Path, shape: str) -> None:
    make = SHAPES[shape]
    small, large = tmp_path / "1.cfg", tmp_path / "4.cfg"
    small.write_text(make(5_000), encoding="latin-1")
    large.write_text(make(20_000), encoding="latin-1")
    for _ in range(3):
        one, four = (timed(["check", str(path)]) for path in (small, large))
        # twice doubled; what is over in no time cannot be told apart
        if four <= max(9 * one, 0.3):
            return
    pytest.fail(f"{one:.3f} s became {four:.3f} s for four times the input")


@pytest.mark.parametrize(
    ("shape", "pieces"),
    [
        ("keys", 1_000_000),
        ("words", 1_000_000),
        ("deep closed", 5_000_000),
        ("comments", 25_000_000),  # 100 MB
        ("escapes", 50_000_000),
    ],
)
@pytest.mark.slow
def test_memory_of_huge_configs(tmp_path: Path, shape: str, pieces: int) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(SHAPES[shape](pieces))
    code, _, memory = measured(["check", str(path)])
    assert code in (0, 1)
    assert memory <= 64 * MIB + 150 * path.stat().st_size


@pytest.mark.parametrize("shape", ["keys", "words", "list", "deep closed", "comments"])
def test_memory_of_large_configs(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(SHAPES[shape](60_000))
    code, _, memory = measured(["check", str(path)])
    assert code == 1
    assert memory <= 64 * MIB + 150 * path.stat().st_size


HEADER = {
    "trace": "xlcfg-boot-trace", "version": 1, "arch": "arm64", "guest": "pvh", "vcpus": 1,
    "policy": "update", "phys_area": False, "hypervisor": "test", "va_bits": 48,
    "runstate_size": 48, "ram": [{"gpa": "0x40000000", "pages": 1 << 30}],
}  # fmt: skip


def trace(*events: dict[str, object]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in (HEADER, *events))


@pytest.mark.fault(
    "a trace maps a billion pages at once",
    says="as usual, below 200 MiB",
    lost="nothing",
)
def test_a_map_of_a_billion_pages(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        trace(
            {"ev": "use_space", "vcpu": 0, "space": 1},
            {"ev": "map", "space": 1, "va": "0x1000", "gpa": "0x40000000", "pages": 10**9},
            {"ev": "vcpu_op", "op": "register_runstate_memory_area", "target": 0, "addr": "0x2000"},
            {"ev": "unmap", "space": 1, "va": "0x5000", "pages": 10**9 - 7},
            {"ev": "p2m_remove", "gpa": "0x40000000", "pages": 10**9},
            {"ev": "reuse", "gpa": "0x40000000", "pages": 10**9, "as": "kernel"},
        )
    )
    code, cpu, memory = measured(["replay", str(path)])
    assert code in (0, 1, 2)
    assert cpu < 20
    assert memory < 200 * MIB


@pytest.mark.parametrize("filling", [b"\n", b" ", b"\0", b"{", b'{"ev":"note","text":"a"}\n'])
def test_a_bomb_for_a_trace(tmp_path: Path, filling: bytes) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(trace())
        # lines take longer than anything else, and far fewer would show if they were kept
        for _ in range(12 if filling == b"\n" else 64):
            file.write(filling * (MIB // len(filling)))
    code, _, memory = measured(["replay", str(path)])
    assert code in (0, 1, 2)
    assert memory < 200 * MIB
