"""The same tree makes the same wheel and sdist, byte for byte, wherever it is built."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_help import ROOT

SKIPPED = {".git", ".venv", ".cache", ".fuzz", ".benchmarks", "build", "dist", "node_modules"}
JUNK = ("__pycache__", "*.pyc", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")


def tree(folder: Path, mode: int, time: int) -> Path:
    """A copy of this tree whose files have other modes and times."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name in SKIPPED or (path.name.startswith(".") and path.name.endswith("_cache")):
            continue
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns(*JUNK))
        else:
            shutil.copy(path, folder / path.name)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(path.stat().st_mode & 0o100 | mode)
            os.utime(path, (time, time))
    return folder


def build(folder: Path, epoch: str | None, umask: int) -> dict[str, str]:
    """Name -> digest of what is built."""
    env = {k: v for k, v in os.environ.items() if k not in ("SOURCE_DATE_EPOCH", "PYTHONPATH")}
    if epoch is not None:
        env["SOURCE_DATE_EPOCH"] = epoch
    out = folder.parent / f"out-{folder.name}-{epoch}"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(out)],
        cwd=folder, env={**env, "TZ": "Asia/Tokyo" if umask else "UTC"}, check=True,
        capture_output=True, umask=umask,
    )  # fmt: skip
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir())}


@pytest.mark.parametrize("epoch", [None, "1700000000"])
def test_reproducible(tmp_path: Path, epoch: str | None) -> None:
    one = build(tree(tmp_path / "one", 0o644, 1_600_000_000), epoch, 0o022)
    two = build(tree(tmp_path / "another place", 0o600, 1_750_000_001), epoch, 0o077)
    assert len(one) == 2
    assert one == two
