"""The real pre-commit runs the hook against a scratch repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from packaging_help import ROOT

GOOD = 'name = "a"\nkernel = "/k"\nvcpus = 2\n'
BAD = 'name = "b"\nkernel = "/k"\nvcpu = 2\n'


def call(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHONPATH"))}
    env["PRE_COMMIT_HOME"] = str(cwd.parent / "pre-commit-home")
    env.update(
        GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@example.org",
        GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x@example.org",
    )  # fmt: skip
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, env=env, check=False)


def test_pre_commit_stops_a_bad_config_only(tmp_path: Path) -> None:
    # pre-commit installs from a commit, so the tree as it is becomes one in a copy of its own.
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
    repository = tmp_path / "fleet"
    repository.mkdir()
    (repository / "good.cfg").write_text(GOOD)
    (repository / "setup.cfg").write_text("[metadata]\nname = thing\nvcpu = 1\n")
    call(repository, "git", "init", "-q")
    call(repository, "git", "add", "-A")
    try_repo = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), "xlcfg", "--all-files"]
    good = call(repository, *try_repo)
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    (repository / "bad.cfg").write_text(BAD)
    call(repository, "git", "add", "-A")
    bad = call(repository, *try_repo)
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "bad.cfg:3:1: warning[XL101]" in bad.stdout
    assert "good.cfg" not in bad.stdout.replace("good.cfg: runstate", "")
    assert "setup.cfg" not in bad.stdout
