"""A dask cluster of this machine: a scheduler and workers, whose CPU time counts as a run's own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from benchmarks.measure import Cost, peak

_WAIT = 60.0


class Cluster:
    """The processes, in a `with`; `url` is for `--engine`."""

    def __init__(self, python: str, env: dict[str, str], folder: Path, workers: int) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.env = env
        self.url = f"dask://127.0.0.1:{port}"
        self.log = folder / "dask.log"
        scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
        worker = ["dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1", "--no-nanny"]
        self.processes = [
            self._start(python, *words, "--no-dashboard", folder=folder)
            for words in (scheduler, *[worker] * workers)
        ]

    def _start(
        self, python: str, module: str, *words: str, folder: Path
    ) -> subprocess.Popen[bytes]:
        with open(self.log, "ab") as out:
            return subprocess.Popen(
                [python, "-m", f"distributed.cli.{module}", *words],
                env=self.env,
                stdout=out,
                stderr=out,
                cwd=folder,
            )

    def wait_for(self, arguments: Sequence[str]) -> bool:
        """Whether a run succeeds before long: a cluster takes a while to be there."""
        end = time.monotonic() + _WAIT
        while time.monotonic() < end:
            if (
                subprocess.run(arguments, capture_output=True, env=self.env, check=False).returncode
                == 0
            ):
                return True
            time.sleep(0.5)
        return False

    def run(self, arguments: Sequence[str]) -> Cost:
        """What a run costs, here and there; the memory is that of the run's own process."""
        before = self._cpu()
        cost = peak(arguments, self.env)
        return cost._replace(cpu=cost.cpu + self._cpu() - before)

    def _cpu(self) -> float:
        """CPU seconds of all processes so far (proc(5): user and system time are 14 and 15)."""
        ticks = 0
        for process in self.processes:
            text = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8")
            ticks += sum(map(int, text.rpartition(")")[2].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()
