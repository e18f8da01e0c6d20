"""What tests of the command line share."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from xlcfg.checks.linter import Linter
from xlcfg.hooks import Hooks
from xlcfg.model.target import Target
from zygote import Zygote, checkout_env

ROOT = Path(__file__).resolve().parent.parent


def make_linter(release: str, arch: str, hooks: Hooks | None = None, **more: Any) -> Linter:
    """A linter for a release and an architecture; `more` are fields of its target."""
    return Linter(Target(release, arch, **more), hooks or Hooks(plugins=False))


ZYGOTE = Zygote()


class Cli:
    """Runs `xlcfg` as a process of its own, the way people do."""

    def __call__(
        self,
        *arguments: str | os.PathLike[str],
        stdin: bytes = b"",
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        words: list[str | bytes] = [os.fspath(argument) for argument in arguments]
        done = ZYGOTE.run(words, {**checkout_env(os.environ), **(env or {})}, cwd, stdin)
        result = subprocess.CompletedProcess(
            done.args,
            done.returncode,
            done.stdout.decode("utf-8", "surrogateescape"),
            done.stderr.decode("utf-8", "surrogateescape"),
        )
        assert "Traceback" not in result.stdout + result.stderr, result.stderr
        return result
