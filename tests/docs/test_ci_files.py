"""The GitHub action and the GitLab template: their scripts run, with xlcfg as it is here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import ROOT

BAD = 'name = "web"\ntype = "hvm"\nvcpu = 2\n'


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return loaded


def program(folder: Path) -> None:
    """An `xlcfg` that runs this checkout."""
    folder.mkdir(parents=True)
    path = folder / "xlcfg"
    paths = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    path.write_text(f'#!/bin/sh\nPYTHONPATH={paths} exec {sys.executable} -m xlcfg "$@"\n')
    path.chmod(0o755)


def test_the_action_describes_what_the_page_says() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name, described in action()["inputs"].items():
        assert described["description"]
        assert f"| `{name}` |" in page
    used = set(re.findall(r"inputs\.([\w-]+)", str(action()["runs"])))
    assert used == set(action()["inputs"])


@pytest.mark.parametrize(
    ("paths", "code", "said"),
    [
        ("bad.cfg", 1, "::warning file=bad.cfg,line=3"),
        ("good.cfg", 0, ""),
        ("good.cfg; touch pwned", 2, ""),
    ],
)
def test_the_action_checks(paths: str, code: int, said: str, tmp_path: Path) -> None:
    program(tmp_path / "xlcfg" / "bin")
    (tmp_path / "bad.cfg").write_text(BAD)
    (tmp_path / "good.cfg").write_text(BAD.replace("vcpu ", "vcpus "))
    (step,) = (s for s in action()["runs"]["steps"] if s.get("name") == "Check")
    values = {name: one["default"] for name, one in action()["inputs"].items()}
    values |= {"paths": paths, "xen": "4.17", "cmdline": "dom0_mem=4G"}
    env = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: values[m[1]], text)
        for name, text in step["env"].items()
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={**os.environ, **env, "RUNNER_TEMP": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(("name", "code"), [("bad.cfg", 1), ("good.cfg", 0)])
def test_the_gitlab_job_checks(name: str, code: int, tmp_path: Path) -> None:
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))["xlcfg"]
    program(tmp_path / "bin")
    (tmp_path / "bad.cfg").write_text(BAD)
    (tmp_path / "good.cfg").write_text(BAD.replace("vcpu ", "vcpus "))
    done = subprocess.run(
        ["sh", "-ec", "\n".join(job["script"])],
        cwd=tmp_path,
        env={
            **os.environ,
            **job["variables"],
            "XLCFG_PATHS": name,
            "XLCFG_XEN": "4.17",
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    report = json.loads((tmp_path / "gl-code-quality-report.json").read_text())
    assert bool(report) == bool(code)
    assert job["artifacts"]["reports"]["codequality"] == "gl-code-quality-report.json"
