"""The GitHub action and the GitLab template: their scripts run, with xlcfg as it is here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

import xlcfg
from support import ROOT

BAD = 'name = "web"\ntype = "hvm"\nvcpu = 2\n'


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return loaded


def job() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
    template: dict[str, Any] = loaded["xlcfg"]
    return template


def step(name: str) -> dict[str, Any]:
    (found,) = (s for s in action()["runs"]["steps"] if s.get("name") == name)
    step: dict[str, Any] = found
    return step


def python(path: Path) -> None:
    """A Python that has this checkout's xlcfg, and notes how it is called."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paths = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    path.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {path.parent}/calls\n'
        '[ "$1" = -I ] || exit 3\nshift\n'
        f'PYTHONPATH={paths} exec {sys.executable} -P "$@"\n'
    )
    path.chmod(0o755)


def calls(path: Path) -> list[str]:
    return (path.parent / "calls").read_text().splitlines()


def run_step(
    name: str, folder: Path, inputs: dict[str, str], **environment: str
) -> subprocess.CompletedProcess[str]:
    """A step of the action as a runner does it, with the inputs that are given."""
    one = step(name)
    values = {f"inputs.{name}": each["default"] for name, each in action()["inputs"].items()}
    values |= {f"inputs.{name}": value for name, value in inputs.items()}
    values["steps.install.outputs.python"] = str(folder / "bin" / "python")
    env = {
        key: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda m: values[m[1]], text)
        for key, text in one["env"].items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", one["run"]],
        cwd=folder,
        env={**os.environ, "GITHUB_ACTIONS": "true", **env, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


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
    python(tmp_path / "bin" / "python")
    (tmp_path / "bad.cfg").write_text(BAD)
    (tmp_path / "good.cfg").write_text(BAD.replace("vcpu ", "vcpus "))
    done = run_step("Check", tmp_path, {"paths": paths, "xen": "4.17", "cmdline": "dom0_mem=4G"})
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(
    ("inputs", "passed"),
    [
        ({}, "."),
        ({"arch": "arm64"}, "--arch=arm64 ."),
        ({"xen": "4.14", "paths": "a b"}, "--xen=4.14 a b"),
        ({"args": "--quiet -j1", "cmdline": "x y"}, "--cmdline=x y --quiet -j1 ."),
        # a name is no option, and a value is none either
        ({"paths": "--fix - -- a"}, "./--fix ./- ./-- a"),
        ({"cmdline": "--fix", "xen": "-x"}, "--xen=-x --cmdline=--fix ."),
        ({"paths": ""}, ""),
    ],
)
def test_the_action_passes_what_was_set(
    inputs: dict[str, str], passed: str, tmp_path: Path
) -> None:
    """What was not is for the settings of the project to say."""
    python(tmp_path / "bin" / "python")
    run_step("Check", tmp_path, inputs)
    assert calls(tmp_path / "bin" / "python") == [f"-I -m xlcfg check {passed}".rstrip()]


def test_the_action_imports_nothing_of_the_repository(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python")
    (tmp_path / "xlcfg").mkdir()
    for name in ("xlcfg/__init__.py", "xlcfg/__main__.py", "argparse.py"):
        (tmp_path / name).write_text("raise SystemExit('taken from the repository')\n")
    (tmp_path / "bad.cfg").write_text(BAD)
    done = run_step("Check", tmp_path, {})
    assert (done.returncode, done.stderr) == (1, "")
    assert "-I" in job()["script"][-1].split()


@pytest.mark.parametrize("place", ["bin/python", "Scripts/python.exe"])
@pytest.mark.parametrize("version", ["", "0.9.1"])
def test_the_action_installs(place: str, version: str, tmp_path: Path) -> None:
    """Wherever a venv has its Python: the pins, then its own version or the one that is stated."""
    venv = tmp_path / "temp" / "xlcfg"
    system = tmp_path / "system" / "python"
    system.parent.mkdir()
    made = venv / place
    system.write_text(
        f'#!/bin/sh\n[ "$*" = "-I -m venv {venv}" ] || exit 4\nmkdir -p {made.parent}\n'
        f"printf '#!/bin/sh\\necho \"$@\" >> {tmp_path}/calls\\n' > {made}\nchmod +x {made}\n"
    )
    system.chmod(0o755)
    output = tmp_path / "output"
    done = run_step(
        "Install xlcfg",
        tmp_path,
        {"version": version},
        PATH=f"{system.parent}{os.pathsep}{os.environ['PATH']}",
        RUNNER_TEMP=str(tmp_path / "temp"),
        GITHUB_ACTION_PATH="/action",
        GITHUB_OUTPUT=str(output),
    )
    assert done.returncode == 0, done.stderr
    own = "--no-deps --no-build-isolation /action"
    assert (tmp_path / "calls").read_text().splitlines() == [
        "-I -m pip install --quiet --require-hashes -r /action/ci/action.txt",
        f"-I -m pip install --quiet {f'xlcfg=={version}' if version else own}",
        "-I -m xlcfg --version",
    ]
    assert output.read_text() == f"python={made}\n"


def test_the_action_pins_what_it_uses() -> None:
    for one in action()["runs"]["steps"]:
        if "uses" in one:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", one["uses"])
    pinned = (ROOT / "ci" / "action.txt").read_text()
    everything = (ROOT / "ci" / "requirements.txt").read_text()
    versions = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", pinned, re.MULTILINE))
    for text in re.split(r"\n(?=\w)", pinned):
        assert "--hash=sha256:" in text
    for name, version in versions.items():
        assert re.search(rf"^{name}=={re.escape(version)}[ \\]", everything, re.MULTILINE), name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for text in (*project["project"]["dependencies"], *project["build-system"]["requires"]):
        wanted = Requirement(text)
        assert wanted.specifier.contains(versions[wanted.name]), f"{text}: run ci/pin"


def test_the_action_writes_what_code_scanning_takes(tmp_path: Path) -> None:
    python(tmp_path / "bin" / "python")
    (tmp_path / "bad.cfg").write_text(BAD)
    inputs = {"sarif": "true", "paths": "bad.cfg"}
    done = run_step("Check", tmp_path, inputs, RUNNER_TEMP=str(tmp_path))
    assert done.returncode == 1
    assert "::warning file=bad.cfg,line=3" in done.stdout
    (run,) = json.loads((tmp_path / "xlcfg.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["XL101"]
    upload = step("Upload to code scanning")
    assert upload["with"]["sarif_file"] == "${{ runner.temp }}/xlcfg.sarif"


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").iterdir()))
def test_workflows_use_pinned_actions_and_scripts_that_exist(path: Path) -> None:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    steps = [one for job in jobs.values() for one in job.get("steps", ())]
    assert steps
    for one in steps:
        if "uses" in one:
            assert re.fullmatch(r"[\w-]+/[\w/-]+@[0-9a-f]{40}", one["uses"])
        for script in re.findall(
            r"(?:^|\s|/)((?:\.?ci|tests|examples)/[\w.]+)", one.get("run", "")
        ):
            assert (ROOT / script).is_file(), script
        assert "${{" not in one.get("run", "")


@pytest.mark.parametrize(("name", "code"), [("bad.cfg", 1), ("good.cfg", 0)])
def test_the_gitlab_job_checks(name: str, code: int, tmp_path: Path) -> None:
    done = run_job(tmp_path, XLCFG_PATHS=name, XLCFG_XEN="4.17")
    assert done.returncode == code, done.stdout + done.stderr
    report = json.loads((tmp_path / "gl-code-quality-report.json").read_text())
    assert bool(report) == bool(code)
    assert job()["artifacts"]["reports"]["codequality"] == "gl-code-quality-report.json"


def run_job(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    python(folder / "bin" / "python")
    (folder / "bad.cfg").write_text(BAD)
    (folder / "good.cfg").write_text(BAD.replace("vcpu ", "vcpus "))
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **job()["variables"], **variables, "PATH": path}
    return subprocess.run(
        ["sh", "-ec", "\n".join(job()["script"])],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_settings_of_the_project_hold_in_gitlab(tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('arch = "arm64"\n')
    shown = {"XLCFG_PATHS": "good.cfg", "XLCFG_ARGS": "--show-policy"}
    assert "(arm64 default;" in run_job(tmp_path, **shown).stdout
    called = calls(tmp_path / "bin" / "python")[-1]
    assert called == "-I -m xlcfg check --show-policy good.cfg"
    done = run_job(tmp_path, XLCFG_ARCH="x86_64", **shown)
    assert "(x86_64 default)" in done.stdout
    called = calls(tmp_path / "bin" / "python")[-1]
    assert called == "-I -m xlcfg check --arch=x86_64 --show-policy good.cfg"


def test_names_of_files_are_no_options_in_gitlab(tmp_path: Path) -> None:
    done = run_job(tmp_path, XLCFG_PATHS="--fix bad.cfg")
    assert done.returncode == 2
    assert "vcpu = 2" in (tmp_path / "bad.cfg").read_text()
    assert calls(tmp_path / "bin" / "python")[-1] == "-I -m xlcfg check ./--fix bad.cfg"


def test_the_gitlab_job_installs_a_stated_version() -> None:
    assert job()["variables"]["XLCFG_VERSION"] == xlcfg.__version__
    assert job()["before_script"] == ['python -I -m pip install --quiet "xlcfg==$XLCFG_VERSION"']
