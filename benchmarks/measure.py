"""Runs commands and functions in turn and compares what they cost.

Machines differ and are busy, so nothing here is a time: what is compared runs in turn, round after
round, and a figure is the median of the rounds' ratios with its spread. CPU time is that of a
command and its own children, as hyperfine tells it where it is installed, else as the system does.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Cost(NamedTuple):
    """What one run took: CPU and wall seconds, and the largest process in KiB."""

    cpu: float
    wall: float
    memory: int


class Ratio(NamedTuple):
    """The median of a ratio over all rounds, and the quartiles around it."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.low:.3g}..{self.high:.3g})"


def command(
    arguments: Sequence[str], env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)
) -> Cost:
    """Run a command with its output thrown away, under hyperfine where there is one.

    hyperfine does not tell of memory: there `memory` is 0, and `peak` measures it. Raises
    RuntimeError when the command fails.
    """
    found = shutil.which("hyperfine")
    if found is None:
        return peak(arguments, env, ok)
    with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
        subprocess.run(
            [
                *(found, "-N", "--runs", "1", "--style", "none", "--ignore-failure"),
                *("--export-json", told.name, shlex.join(arguments)),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=env,
            check=True,
        )
        (measured,) = json.load(told)["results"]
    _require(arguments, measured["exit_codes"][0], ok)
    return Cost(measured["user"] + measured["system"], measured["mean"], 0)


def _require(arguments: Sequence[str], code: int, ok: tuple[int, ...]) -> None:
    if code not in ok:
        raise RuntimeError(f"{' '.join(arguments[:4])}... exits {code}")


def peak(
    arguments: Sequence[str], env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)
) -> Cost:
    """The same as the system counts it, memory and all."""
    start = time.perf_counter()
    child = subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=env
    )
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    _require(arguments, child.returncode, ok)
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss)


def function(call: Callable[[], object]) -> Cost:
    """Call a function of this process."""
    start, cpu = time.perf_counter(), time.process_time()
    call()
    return Cost(time.process_time() - cpu, time.perf_counter() - start, 0)


def rounds(count: int, runs: dict[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Run everything in turn, `count` times, after one round that does not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in runs}
    for turn in range(count + 1):
        for name, run in runs.items():
            cost = run()
            if turn:
                costs[name].append(cost)
    return costs


def ratio(ours: list[Cost], theirs: list[Cost], field: str = "cpu") -> Ratio:
    """Ours over theirs, round by round."""
    values = [getattr(a, field) / getattr(b, field) for a, b in zip(ours, theirs, strict=True)]
    if len(values) < 2:
        return Ratio(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Ratio(median, low, high)


def plain(environment: dict[str, str], **more: Any) -> dict[str, str]:
    """An environment in which Python compiles what it imports, and finds nothing of a checkout."""
    out = {k: v for k, v in environment.items() if not k.startswith(("PYTHON", "XLCFG_"))}
    out.update({k: str(v) for k, v in more.items()})
    return out
