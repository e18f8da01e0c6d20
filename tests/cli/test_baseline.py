"""Baselines: what they hide and say, wherever xlcfg is run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, Cli

BAD = 'name = "{0}"\nkernel = "/k"\nvcpu = 2\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two hosts with a bad config each, and a folder for the baseline."""
    for host in ("one", "two"):
        (tmp_path / "p" / host).mkdir(parents=True)
        (tmp_path / "p" / host / "g.cfg").write_text(BAD.format(host))
    (tmp_path / "p" / "ci").mkdir()
    return tmp_path / "p"


def test_it_holds_from_every_directory_and_for_every_spelling(cli: Cli, project: Path) -> None:
    assert cli("check", ".", "--write-baseline", "ci/known.json", cwd=project).returncode == 0
    known = project / "ci" / "known.json"
    paths = {entry["path"] for entry in json.loads(known.read_text())["findings"]}
    assert paths == {"../one/g.cfg", "../two/g.cfg"}
    (project.parent / "link").symlink_to(project)
    for cwd, path, baseline in (
        (project, ".", "ci/known.json"),
        (project, "../p/one/../two/g.cfg", known),
        (project / "one", "g.cfg", "../ci/known.json"),
        (project / "ci", project, "known.json"),
        (project.parent, "link/one", "link/ci/known.json"),
        (project.parent, "p", "link/ci/known.json"),
        (Path("/"), project, known),
    ):
        done = cli("check", path, "--baseline", baseline, cwd=cwd)
        assert done.returncode == 0, (cwd, path, done.stdout)
        assert "fixed" not in done.stderr
        hidden = "1 finding" if str(path).endswith(("g.cfg", "one")) else "2 findings"
        assert done.stderr == f"xlcfg: {baseline} hides {hidden}\n"


def test_a_moved_project_takes_its_baseline_along(cli: Cli, project: Path) -> None:
    cli("check", project, "--write-baseline", project / "known.json")
    moved = project.rename(project.parent / "elsewhere")
    done = cli("check", moved, "--baseline", moved / "known.json", cwd=Path("/"))
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "No findings in 2 files.")


def test_what_is_fixed_is_said_of_files_that_were_checked(cli: Cli, project: Path) -> None:
    known = project / "known.json"
    cli("check", project, "--write-baseline", known)
    done = cli("check", project / "one", "--baseline", known)
    assert done.stderr == f"xlcfg: {known} hides 1 finding\n"
    (project / "one" / "g.cfg").write_text('name = "one"\nkernel = "/k"\n')
    done = cli("check", project, "--baseline", known)
    assert "1 finding of" in done.stderr
    assert "is fixed by now" in done.stderr
    assert f"xlcfg: {known} hides 1 finding\n" in done.stderr


def test_the_same_finding_elsewhere_is_new(cli: Cli, project: Path) -> None:
    known = project / "known.json"
    cli("check", project / "one", "--write-baseline", known)
    (project / "one" / "h.cfg").write_text(BAD.format("one"))
    done = cli("check", project / "one" / "h.cfg", "--baseline", known)
    assert done.returncode == 1
    assert done.stderr == f"xlcfg: {known} hides 0 findings\n"


def test_standard_input_and_boot_lines(cli: Cli, project: Path) -> None:
    known = project / "known.json"
    arguments = ("check", "-", "--cmdline", "nosuch=1", "--xen", "4.17")
    text = BAD.format("in").encode()
    assert cli(*arguments, "--write-baseline", known, stdin=text, cwd=project).returncode == 0
    findings = json.loads(known.read_text())["findings"]
    assert {entry["path"] for entry in findings} == {"<stdin>", "boot line"}
    done = cli(*arguments, "--baseline", known, stdin=text, cwd=project / "one")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("form", ["json", "sarif", "github", "junit", "concise"])
def test_every_form_says_what_is_hidden(cli: Cli, project: Path, form: str) -> None:
    known = project / "known.json"
    cli("check", project, "--write-baseline", known)
    done = cli("check", project, "--baseline", known, "--format", form, "--quiet")
    assert done.stderr == f"xlcfg: {known} hides 2 findings\n"


def test_one_of_version_1_is_read_as_it_was_written(cli: Cli, project: Path) -> None:
    """Its paths are those from the working directory."""
    known = project / "known.json"
    cli("check", ".", "--write-baseline", known, cwd=project)
    document = json.loads(known.read_text())
    assert document["version"] == 2
    document["version"] = 1
    (project / "ci" / "known.json").write_text(json.dumps(document))
    done = cli("check", ".", "--baseline", "ci/known.json", cwd=project)
    assert (done.returncode, done.stderr) == (0, "xlcfg: ci/known.json hides 2 findings\n")


# ---- what is written ---------------------------------------------------------------------------


def test_a_baseline_and_a_report(cli: Cli, project: Path) -> None:
    report = project / "report.json"
    plain = cli("check", project, "--format", "json")
    done = cli(
        "check", project, "--format", "json", "--output", report,
        "--write-baseline", project / "known.json",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")
    assert report.read_text() == plain.stdout
    assert cli("check", project, "--baseline", project / "known.json").returncode == 0


def test_output_keeps_modes_and_follows_links(cli: Cli, project: Path) -> None:
    real = project / "ci" / "real.txt"
    real.write_text("old")
    real.chmod(0o640)
    (project / "link.txt").symlink_to(real)
    cli("check", project, "--output", project / "link.txt")
    assert (project / "link.txt").is_symlink()
    assert real.read_text() == cli("check", project).stdout
    assert real.stat().st_mode & 0o777 == 0o640
    for name in ("new.txt", "again.txt"):
        cli("check", project, "--output", project / name)
        plain = project / "plain"
        plain.write_text("")
        assert (project / name).stat().st_mode == plain.stat().st_mode
    left = [path.name for path in project.rglob("*") if path.name.endswith(".tmp")]
    assert left == []


def test_output_to_what_is_no_file(cli: Cli, project: Path) -> None:
    plain = cli("check", project, "--format", "json").stdout
    done = cli("check", project, "--format", "json", "--output", "/dev/stdout")
    assert done.stdout == plain
    assert cli("check", project, "--output", "/dev/null").stdout == ""
    for name, why in (("none/x", "no such file"), ("", "no such file"), ("ci", "is a directory")):
        done = cli("check", project, "--output", name and project / name)
        assert (done.returncode, done.stdout) == (2, "")
        assert why in done.stderr


def test_output_into_an_open_file_goes_on(cli: Cli, project: Path) -> None:
    """The shell's own file is written to, not another that takes its place."""
    with open(project / "out", "wb") as file:
        subprocess.run(
            [sys.executable, "-m", "xlcfg", "check", project, "--output", "/dev/stdout"],
            stdout=file, check=False, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/plugins"},
        )  # fmt: skip
        assert os.fstat(file.fileno()).st_ino == (project / "out").stat().st_ino
    assert (project / "out").read_text() == cli("check", project).stdout


@pytest.mark.parametrize("option", ["--output", "--write-baseline"])
@pytest.mark.parametrize("given", [["a.cfg"], ["."], ["link.cfg"], ["-j2", "."]])
def test_an_input_is_not_written_over(
    cli: Cli, tmp_path: Path, option: str, given: list[str]
) -> None:
    text = 'name = "a"\nkernel = "/k"\nvcpu = 2\n'
    for name in ("a.cfg", "b.cfg"):
        (tmp_path / name).write_text(text)
    (tmp_path / "link.cfg").symlink_to("a.cfg")
    done = cli("check", *given, option, "./a.cfg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option}: ./a.cfg is one of the files that were checked" in done.stderr
    assert (tmp_path / "a.cfg").read_text() == text


def test_a_report_and_a_baseline_are_two_files(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.cfg").write_text('name = "a"\nkernel = "/k"\nvcpu = 2\n')
    done = cli("check", "a.cfg", "--output", "x", "--write-baseline", "./x", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "x").exists()) == (2, False)
    assert "name the same file" in done.stderr
    both = ("--output", "/dev/null", "--write-baseline", "/dev/null")
    assert cli("check", "a.cfg", *both, cwd=tmp_path).returncode == 0
