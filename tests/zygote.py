"""Runs many commands as processes of their own without starting Python for each.

One Python imports xlcfg and runs nothing; for every command it forks a process that has its own
arguments, environment, folder, standard streams and end, as `python -m xlcfg` has. With
`XLCFG_TEST_PROCESSES=1` each command is started anew instead.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent
#: What Python itself or its libraries read as they start: such a command is started anew.
_EARLY = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_")
#: Packages below xlcfg that need what may not be installed, or take long to import.
_LATE = ("xlcfg.lsp", "xlcfg.record", "xlcfg.docs", "xlcfg.many", "xlcfg.__main__")


class Zygote:
    """The Python that forks; started with the first command."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ours: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self.started = early(checkout_env(os.environ))
        #: CPU seconds that the last command took
        self.cpu = 0.0

    def run(
        self,
        arguments: list[str | bytes],
        env: Mapping[str, str],
        cwd: str | os.PathLike[str] | None = None,
        stdin: bytes = b"",
        timeout: int = 0,
    ) -> subprocess.CompletedProcess[bytes]:
        """`xlcfg ARGUMENTS`: the exit code, or minus the signal; standard output and error.

        SIGALRM ends it after `timeout` seconds, 0 for never.
        """
        words = [os.fsdecode(word) for word in arguments]
        command = [sys.executable, "-m", "xlcfg", *words]
        if os.environ.get("XLCFG_TEST_PROCESSES") or early(env) != self.started:
            before = os.times()
            done = subprocess.run(
                command, input=stdin, capture_output=True, env=dict(env), cwd=cwd, check=False,
                timeout=timeout or None,
            )  # fmt: skip
            after = os.times()
            self.cpu = sum(after[2:4]) - sum(before[2:4])
            return done
        request = {
            "arguments": words, "env": dict(env), "cwd": os.fspath(cwd or os.getcwd()),
            "timeout": timeout,
        }  # fmt: skip
        with contextlib.ExitStack() as stack:
            streams = [stack.enter_context(_memory()) for _ in range(3)]
            streams[0].write(stdin)
            streams[0].seek(0)
            code = self._ask(json.dumps(request).encode(), [file.fileno() for file in streams])
            texts = []
            for file in streams[1:]:
                file.seek(0)
                texts.append(file.read())
        return subprocess.CompletedProcess(command, code, texts[0], texts[1])

    def _ask(self, request: bytes, streams: list[int]) -> int:
        with self.lock:
            if self.process is None:
                self._start()
            assert self.ours is not None
            socket.send_fds(self.ours, [len(request).to_bytes(4, "little")], streams)
            self.ours.sendall(request)
            code, self.cpu = struct.unpack("<id", _exactly(self.ours, 12))
            return int(code)

    def _start(self) -> None:
        self.ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=checkout_env(os.environ), pass_fds=[theirs.fileno()], cwd="/",
            )  # fmt: skip
        atexit.register(self.close)

    def close(self) -> None:
        """Let it end."""
        if self.process is not None and self.ours is not None:
            self.ours.close()
            self.process.wait()
            self.process = None


def checkout_env(env: Mapping[str, str]) -> dict[str, str]:
    """`env` for a checkout: modules from here, UTF-8."""
    known = os.pathsep.join((str(ROOT), str(ROOT / "plugins")))
    return {**env, "PYTHONPATH": known, "PYTHONUTF8": "1"}


def early(env: Mapping[str, str]) -> dict[str, str]:
    """What has to be the same for a fork to be as good as a start."""
    return {
        name: value
        for name, value in env.items()
        if name.startswith(_EARLY) and name != "PYTEST_CURRENT_TEST"
    }


def _memory() -> IO[bytes]:
    """A file that is on no disk, where the system has such."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("stream"), "w+b")
    return tempfile.TemporaryFile()


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


# ---- in the process that forks -----------------------------------------------------------------


def _serve(connection: socket.socket) -> None:
    while True:
        try:
            head, streams, _, _ = socket.recv_fds(connection, 4, 3)
            if not head:
                return
            request = json.loads(_exactly(connection, int.from_bytes(head, "little")))
        except (EOFError, ConnectionError):
            return
        child = os.fork()
        if child == 0:
            connection.close()
            _become(request, streams)
            return
        for stream in streams:
            os.close(stream)
        _, status, used = os.wait4(child, 0)
        code = os.waitstatus_to_exitcode(status)
        connection.sendall(struct.pack("<id", code, used.ru_utime + used.ru_stime))


def _become(request: dict[str, Any], streams: list[int]) -> None:
    """What Python does before it runs a module, and the module; ends the process."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    signal.alarm(request["timeout"])
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[0] = os.getcwd()
    importlib.invalidate_caches()
    sys.argv = [str(ROOT / "xlcfg" / "__main__.py"), *request["arguments"]]
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    from xlcfg.__main__ import main

    sys.exit(main())


def _import_all() -> None:
    import xlcfg

    for module in pkgutil.walk_packages(xlcfg.__path__, "xlcfg."):
        if not module.name.startswith(_LATE):
            importlib.import_module(module.name)
    for name in ("xlcfg_xl", "xlcfg_libvirt", "xlcfg_dom0less", "xlcfg_xapi", "xlcfg_traces"):
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, name + "."):
            importlib.import_module(module.name)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _import_all()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
