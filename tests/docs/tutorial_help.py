"""Runs what the tutorial tells its reader to do, one step after the other in one folder.

python tests/docs/tutorial_help.py      writes what its commands print into the page
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "first-hour.md"

#: a file to save, with its name before it; or commands with what they print
STEP = re.compile(r"`([\w./-]+)`[^`]*:\n\n```ini\n(.*?)```|```console\n(.*?)```", re.DOTALL)


class Reader:
    """Follows a tutorial in `folder`; `xlcfg` is the one of this checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "guests"
        self.folder.mkdir()
        program = folder / "bin" / "xlcfg"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m xlcfg "$@"\n')
        program.chmod(0o755)
        self.env = {
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "plugins"))),
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
        }
        #: what `echo $?` tells
        self.code = 0

    def follow(self, page: str) -> str:
        """The page with what its commands really print."""
        return STEP.sub(self._step, page)

    def _step(self, step: re.Match[str]) -> str:
        name, content, session = step.groups()
        if name is not None:
            (self.folder / name).write_text(content, encoding="utf-8")
            return step[0]
        commands = re.findall(r"^\$ (.*)\n", session, re.MULTILINE)
        return "```console\n" + "".join(map(self._run, commands)) + "```"

    def _run(self, command: str) -> str:
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.code}); {command}"],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.code = done.returncode
        return f"$ {command}\n{done.stdout.decode()}"


if __name__ == "__main__":
    with TemporaryDirectory() as temporary:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(Reader(Path(temporary)).follow(text), encoding="utf-8")
