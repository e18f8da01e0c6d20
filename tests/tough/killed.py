"""Run by a test: writes into a folder, and is stopped at each step that touches a file, in turn.

`python killed.py COMMAND how`: for every k a fork runs the command over fresh files and is killed
(`kill`), or finds the disk full (`full`), at the k-th step. Prints one JSON line per k: what
became of the files, then what the next run made of them.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
import tempfile
from typing import Any

from xlcfg.cli import run
from xlcfg.core import replace as writer

OLD = b'name="a"\nkernel="/k"\nmemory=512\ntsc_mode=1\n'
FILES = ("a.cfg", "b.cfg")
#: what a command writes anew, whatever is in it
OUT = "out.json"
STEPS = ("open", "fchmod", "fchown", "fsync", "replace", "unlink", "listxattr", "close")
UNTOUCHED = 100


class Step:
    """Counts the steps; at the chosen one it is all over."""

    def __init__(self, at: int, how: str) -> None:
        self.left = at
        self.how = how

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0:
            if self.how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.ENOSPC, "No space left on device")

    def before(self, real: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            self()
            return real(*arguments, **named)

        return call


class HalfWritten:
    """A file that stops in the middle of what is written to it."""

    def __init__(self, file: Any, step: Step) -> None:
        self.file = file
        self.step = step

    def write(self, data: bytes) -> None:
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        self.step()
        self.file.write(data[len(data) // 2 :])

    def flush(self) -> None:
        self.file.flush()

    def __enter__(self) -> HalfWritten:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


class System:
    """`os` with counted steps."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        if name == "fdopen":
            return lambda *a, **n: HalfWritten(real(*a, **n), self.step)
        return self.step.before(real) if name in STEPS else real


def forked(command: list[str], folder: str, step: Step | None) -> int:
    """The command over the folder in a process of its own; its exit code, -9 for killed."""
    words = [word.replace("{folder}", folder) for word in command]
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        if step is None:
            os._exit(run(words))
        # only what the writer does counts
        writer.os = System(step)  # type: ignore[attr-defined]
        writer.open = step.before(open)  # type: ignore[attr-defined]
        code = run(words)
        os._exit(code + UNTOUCHED * (step.left > 0))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        status = os.lstat(path)
        with open(path, "rb") as file:
            text = file.read().decode("latin-1")
        mode = stat.S_IMODE(status.st_mode)
        found[name] = [text, mode, status.st_uid, status.st_gid]
    return found


def main() -> None:
    command, how = sys.argv[1].split(), sys.argv[2]
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    for k in range(1, 1000):
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            for name in FILES:
                path = os.path.join(folder, name)
                with open(path, "wb") as file:
                    file.write(OLD)
                os.chmod(path, 0o640)
                if os.geteuid() == 0:
                    os.chown(path, 1234, 1234)
            if any(OUT in word for word in command):
                with open(os.path.join(folder, OUT), "wb") as file:
                    file.write(OLD)
            step = Step(k, how)
            code = forked(command, folder, step)
            after = state(folder)
            again = forked(command, folder, None)
            print(json.dumps({"code": code, "after": after, "again": again, "end": state(folder)}))
        if code >= UNTOUCHED:
            return


if __name__ == "__main__":
    main()
