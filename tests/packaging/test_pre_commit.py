"""The real pre-commit runs the hook against a scratch repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from packaging_help import ROOT

GOOD = 'name = "a"\nkernel = "/k"\nvcpus = 2\n'
OTHER = "[metadata]\nname = thing\nvcpu = 1\n"
BAD = 'name = "b"\nkernel = "/k"\nvcpu = 2\n'


def call(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHONPATH"))}
    env["PRE_COMMIT_HOME"] = str(cwd.parent / "pre-commit-home")
    env.update(
        GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@example.org",
        GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x@example.org",
    )  # fmt: skip
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def hooks(tmp_path: Path) -> Path:
    """The tree as it is as a repository: pre-commit installs from a commit."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    listed = call(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z")
    if listed.returncode == 0:
        names = [n for n in listed.stdout.split("\0") if n and (ROOT / n).is_file()]
    else:  # an unpacked sdist
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    for name in names:
        if name.startswith(("xlcfg/", "grammars/", "plugins/")) or "/" not in name:
            (hooks / name).parent.mkdir(parents=True, exist_ok=True)
            (hooks / name).write_bytes((ROOT / name).read_bytes())
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        assert call(hooks, "git", *arguments).returncode == 0
    return hooks


def fleet(tmp_path: Path) -> Path:
    """A repository with a good config and a file that only looks like one by its name."""
    repository = tmp_path / "fleet"
    repository.mkdir()
    (repository / "good.cfg").write_text(GOOD)
    (repository / "setup.cfg").write_text(OTHER)
    call(repository, "git", "init", "-q")
    call(repository, "git", "add", "-A")
    return repository


def try_repo(hooks: Path, hook: str) -> list[str]:
    return [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), hook, "--all-files"]


def test_pre_commit_stops_a_bad_config_only(hooks: Path, tmp_path: Path) -> None:
    repository = fleet(tmp_path)
    good = call(repository, *try_repo(hooks, "xlcfg"))
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    (repository / "bad.cfg").write_text(BAD)
    call(repository, "git", "add", "-A")
    bad = call(repository, *try_repo(hooks, "xlcfg"))
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "bad.cfg:3:1: warning[XL101]" in bad.stdout
    assert "good.cfg" not in bad.stdout.replace("good.cfg: runstate", "")
    assert "setup.cfg" not in bad.stdout


def test_pre_commit_formats_configs_only(hooks: Path, tmp_path: Path) -> None:
    repository = fleet(tmp_path)
    good = call(repository, *try_repo(hooks, "xlcfg-fmt"))
    assert good.returncode == 0, good.stdout + good.stderr
    messy = repository / "messy.cfg"
    messy.write_text(GOOD.replace(" = ", "="))
    call(repository, "git", "add", "-A")
    done = call(repository, *try_repo(hooks, "xlcfg-fmt"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "files were modified by this hook" in done.stdout
    assert messy.read_text() == GOOD
    assert (repository / "setup.cfg").read_text() == OTHER
    (repository / "refused.cfg").write_text("vcpus = 2\nmemory = 5\nname = web\n")
    call(repository, "git", "add", "-A")
    done = call(repository, *try_repo(hooks, "xlcfg-fmt"))
    assert done.returncode == 1
    assert "refused.cfg:3:8: error[XL005]" in done.stdout
