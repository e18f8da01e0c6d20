"""Commands in fresh virtual environments."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def run(*arguments: str | Path, cwd: Path | None = None, ok: tuple[int, ...] = (0,)) -> str:
    """Output of a command, without this test run's own Python paths."""
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "XLCFG_PLUGINS")}
    done = subprocess.run(
        [os.fspath(a) for a in arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=env,
        check=False,
    )
    assert done.returncode in ok, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


class Environment:
    """A virtual environment of its own, fresh unless it is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.exists():
            venv.create(folder, with_pip=True)
        self.python = folder / "bin" / "python"
        self.xlcfg = folder / "bin" / "xlcfg"

    def install(self, *what: str | Path) -> None:
        run(self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *what)
