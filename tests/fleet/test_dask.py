"""`--engine dask://`: a real scheduler and real workers, some of which are killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli

pytestmark = pytest.mark.needs("distributed")

#: What a file has in it that shall kill who checks it.
POISON = "deadly"
#: Loaded into each worker: notes what it is at, and dies over POISON.
PRELOAD = """
import os, signal
import xlcfg, xlcfg.many.results, xlcfg.traces.verdict
from xlcfg.core import version

def noted(plain):
    def note(path, data, context):
        with open(os.environ["XLCFG_TEST_LOG"], "a") as log:
            log.write(f"{os.getpid()} {path}\\n")
        if b"POISON" in (data or b""):
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(path, data, context)
    return note

xlcfg.many.results.check_one = noted(xlcfg.many.results.check_one)
xlcfg.traces.verdict.judge = noted(xlcfg.traces.verdict.judge)
version.VERSION = os.environ.get("XLCFG_TEST_VERSION", version.VERSION)
""".replace("POISON", POISON)


class Cluster:
    """A dask scheduler of this machine and its workers, each a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.log.touch()
        self.preload = folder / "preload.py"
        self.preload.write_text(PRELOAD)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.processes: list[subprocess.Popen[bytes]] = []
        self.url = f"dask://127.0.0.1:{self.port}"
        self.scheduler = self._start(
            "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(self.port),
            "--no-dashboard",
        )  # fmt: skip

    def _start(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
            "XLCFG_TEST_LOG": str(self.log),
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            **more,
        }
        with open(self.folder / "out", "ab") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments], env=environment, stdout=out, stderr=out
            )
        self.processes.append(process)
        return process

    def worker(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """One more worker."""
        return self._start(
            "-m", "distributed.cli.dask_worker", f"tcp://127.0.0.1:{self.port}", "--nthreads", "1",
            "--no-dashboard", "--local-directory", str(self.folder), "--preload", str(self.preload),
            *(arguments or ("--no-nanny",)), **more,
        )  # fmt: skip

    def did(self) -> list[tuple[int, str]]:
        """(process, path) of every file that a worker began."""
        lines = self.log.read_text().splitlines()
        return [(int(pid), path) for pid, _, path in (line.partition(" ") for line in lines)]

    def stop(self) -> None:
        """End everything."""
        for process in reversed(self.processes):
            # a nanny has to end its worker
            if "--nanny" in process.args:  # type: ignore[operator]
                process.terminate()
            else:
                process.kill()
        for process in self.processes:
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = Cluster(folder)
    yield made
    made.stop()


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    top = tmp_path / "fleet"
    for n in range(700):
        (top / f"host{n % 9}").mkdir(parents=True, exist_ok=True)
        name = "twin" if n in (9, 630) else f"g{n}"
        bad = "vcpu" if n % 7 == 3 else "vcpus"
        (top / f"host{n % 9}" / f"g{n:03}.cfg").write_text(
            f'name = "{name}"\nkernel = "/k"\nmemory = 512\n{bad} = 2\n'
        )
    return top


#: Nothing is remembered: what another test has found would never get to a worker.
ENV = {
    **os.environ,
    "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}",
    "XDG_CACHE_HOME": "/dev/null/nowhere",
}


def check(url: str, *arguments: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "xlcfg", *map(str, arguments), "--engine", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENV,
    )


@pytest.mark.fault(
    "a worker of a dask cluster is killed in the middle of a run",
    says="as usual; its files are checked again",
    lost="nothing, and nothing is told twice",
)
def test_the_same_as_the_pool_though_a_worker_is_killed(
    cli: Cli, cluster: Cluster, fleet: Path
) -> None:
    first, second = cluster.worker(), cluster.worker()
    expected = cli("check", fleet, "-j2", "--no-cache", "--format", "json")
    run = check(cluster.url, "check", fleet, "--no-cache", "--format", "json")
    # once both are at it, one is killed
    deadline = time.monotonic() + 60
    while run.poll() is None and len({pid for pid, _ in cluster.did()}) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert run.poll() is None
    first.kill()
    out, err = run.communicate(timeout=120)
    assert (run.returncode, out, err) == (1, expected.stdout, "")
    assert "XL151" in out
    done = cluster.did()
    assert {first.pid, second.pid} == {pid for pid, _ in done}
    # everything was looked at, by the other one if need be
    assert {path for _, path in done} == {str(path) for path in fleet.rglob("*.cfg")}
    # and with what is left once more, as text
    again = check(cluster.url, "check", fleet, "--no-cache")
    out, err = again.communicate(timeout=120)
    assert (again.returncode, out, err) == (1, cli("check", fleet).stdout, "")


@pytest.mark.fault(
    "a file kills every dask worker that checks it",
    says="2: `IO010` names the file",
    lost="nothing; the others are checked",
)
def test_a_file_that_kills_its_workers_is_named(cli: Cli, cluster: Cluster, fleet: Path) -> None:
    deadly = fleet / "host4" / "g004.cfg"
    plain = json.loads(cli("check", fleet, "--no-cache", "--format", "json").stdout)
    deadly.write_text(f"# {POISON}\n{deadly.read_text()}")
    for _ in range(2):
        # with a nanny, which starts another when one is killed
        cluster.worker("--nanny", "--nworkers", "1")
    run = check(cluster.url, "check", fleet, "--no-cache", "--format", "json")
    out, err = run.communicate(timeout=180)
    found = json.loads(out)
    assert run.returncode == 2
    assert [(d["path"], d["message"]) for d in found["diagnostics"] if d["code"] == "IO010"] == [
        (
            str(deadly),
            "the process that checked this file died: several dask workers, one after the other",
        )
    ]
    assert [d for d in found["diagnostics"] if d["code"] != "IO010"] == plain["diagnostics"]
    assert all("its files are checked again" in line for line in err.splitlines())


def test_traces_on_a_cluster(cli: Cli, cluster: Cluster, tmp_path: Path) -> None:
    from xlcfg.emulator import generate_trace

    top = tmp_path / "traces"
    top.mkdir()
    for n in range(12):
        made = "".join(f"{line}\n" for line in generate_trace(n, 300)).encode()
        if n % 2:
            (top / f"t{n}.jsonl.gz").write_bytes(gzip.compress(made))
        else:
            (top / f"t{n}.jsonl").write_bytes(made)
    (top / "broken.jsonl").write_text("{}\n")
    (top / "xen.log").write_text("(XEN) Xen version 4.17.0\n")
    arguments = ["verdict", top, top / "none.jsonl", top / "xen.log", "--format", "json"]
    expected = cli(*arguments)
    cluster.worker()
    run = check(cluster.url, *arguments)
    out, err = run.communicate(timeout=120)
    assert (run.returncode, out, err) == (2, expected.stdout, "")
    assert len({path for _, path in cluster.did()}) == 14  # none.jsonl never left


@pytest.mark.fault(
    "a worker has another xlcfg",
    says="2: `has xlcfg 0.0.7, this is ...`",
    lost="the run, which has told nothing",
)
def test_a_worker_of_another_version(cluster: Cluster, fleet: Path) -> None:
    cluster.worker(XLCFG_TEST_VERSION="0.0.7")
    run = check(cluster.url, "check", fleet)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (2, "")
    assert "has xlcfg 0.0.7, this is" in err
    assert len(err.splitlines()) == 1


def test_no_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    from xlcfg_dask import cluster

    from xlcfg.core.engine import EngineError
    from xlcfg.hooks import Hooks
    from xlcfg.many.engine import connect

    monkeypatch.setattr(cluster, "CONNECT", 0.5)  # it may be about to start: it is waited for
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"dask://127.0.0.1:{port}"
    said = f"^--engine: {url}: no scheduler: nothing answers there$"
    with pytest.raises(EngineError, match=said):
        connect(url, Hooks(plugins=False))


@pytest.mark.parametrize(
    "url", ["dask://", "dask://host:port", "dask://a/b", "dask://u@h", "dask://h?x=1"]
)
def test_no_url_of_a_scheduler(url: str) -> None:
    from xlcfg.core.engine import EngineError
    from xlcfg.hooks import Hooks
    from xlcfg.many.engine import connect

    with pytest.raises(EngineError, match=r"is not dask://HOST:PORT"):
        connect(url, Hooks(plugins=False))


@pytest.mark.fault(
    "the scheduler of the engine is killed",
    says="2: `the scheduler is gone`",
    lost="the run, which has told nothing",
)
def test_a_scheduler_that_goes(cluster: Cluster, fleet: Path) -> None:
    run = check(cluster.url, "check", fleet)
    while b"Receive client connection" not in (cluster.folder / "out").read_bytes():
        time.sleep(0.05)
    time.sleep(1)  # no worker: it waits
    assert run.poll() is None
    cluster.scheduler.kill()
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (2, "")
    assert err == f"xlcfg: --engine: {cluster.url}: the scheduler is gone\n"


@pytest.mark.fault(
    "no worker comes",
    says="2: `there has been no worker for N seconds`",
    lost="the run, which has told nothing",
)
def test_no_worker_comes(cluster: Cluster, fleet: Path) -> None:
    script = (
        "import sys, xlcfg_dask.cluster as c; c.Cluster.__init__.__defaults__ = (2.0,);"
        "from xlcfg.__main__ import main; sys.exit(main())"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, "check", fleet, "--engine", cluster.url],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=ENV,
    )
    assert run.returncode == 2
    assert run.stderr == (
        f"xlcfg: --engine: {cluster.url}: there has been no worker for 2 seconds\n"
    )


def test_ctrl_c(cluster: Cluster, fleet: Path) -> None:
    cluster.worker()
    run = check(cluster.url, "check", fleet)
    deadline = time.monotonic() + 60
    while run.poll() is None and not cluster.did():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=30)
    assert run.returncode in (130, 1)  # 1: it was done already
    assert "Traceback" not in err
    if run.returncode == 130:
        assert out == ""


def test_without_dask(fleet: Path, tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ModuleNotFoundError(name='distributed')\n")
    run = subprocess.run(
        [sys.executable, "-m", "xlcfg", "check", str(fleet), "--engine", "dask://h"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}:{ROOT / 'plugins'}"},
    )
    assert run.returncode == 2
    assert run.stderr == "xlcfg: --engine: dask:// needs pip install 'xlcfg[dask]'\n"
