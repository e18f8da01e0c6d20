"""A copy of the tree that recipes of CONTRIBUTING.md are carried out in, and their blocks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.vsix")


class Copy:
    """What a checkout needs to run xlcfg and its generators, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("xlcfg", "plugins", "editors", "grammars"):
            shutil.copytree(ROOT / name, folder / name, ignore=_LEFT_OUT)

    def python(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run Python on the copy, with its folder as the current one."""
        path = os.pathsep.join((str(self.folder), str(self.folder / "plugins")))
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    def xlcfg(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `xlcfg` of the copy."""
        return self.python("-m", "xlcfg", *arguments)


def section(title: str) -> str:
    """The text of a section of CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"CONTRIBUTING.md has no section {title!r}"
    return found[1]


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language in it, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
