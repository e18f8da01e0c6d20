"""Which findings count, and how they are shown: options, settings files, comments, baselines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import xlcfg
from support import Cli
from xlcfg.model.target import ARCHITECTURES

GOOD = 'name = "a"\nkernel = "/k"\n'
BAD = GOOD + 'vcpu = 2\nmemory = 1\nmemory = 99\nmaxmem = "lots"\n'
ALL = ["XL101", "XL105", "XL206"]


def codes(cli: Cli, *arguments: Any, cwd: Path | None = None) -> list[str]:
    done = cli("check", "--format", "json", *arguments, cwd=cwd)
    return [d["code"] for d in json.loads(done.stdout)["diagnostics"]]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "g.cfg"
    path.write_text(BAD)
    return path


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], ALL),
        (["--select", "XL1"], ["XL101", "XL105"]),
        (["--select", "XL1,XL206"], ALL),
        (["--ignore", "XL1"], ["XL206"]),
        (["--ignore", "XL105", "--ignore", "xl206"], ["XL101"]),
        (["--select", "XL2", "--extend-select", "XL105"], ["XL105", "XL206"]),
        (["--select", "XL101", "--ignore", "XL1"], ["XL101"]),
        (["--select", "XL1", "--ignore", "XL101"], ["XL105"]),
        (["--ignore", "ALL", "--extend-select", "XL101"], ["XL101"]),
    ],
)
def test_codes_are_chosen_by_prefix(
    cli: Cli, bad: Path, options: list[str], left: list[str]
) -> None:
    assert codes(cli, bad, *options) == left


def test_what_could_not_be_read_cannot_be_ignored(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", tmp_path / "missing", "--ignore", "ALL")
    assert done.returncode == 2
    assert "IO001" in done.stdout


def test_an_unknown_code_is_a_usage_error(cli: Cli, bad: Path) -> None:
    done = cli("check", bad, "--select", "XL1,QQ7")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'QQ7'" in done.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-level", "error"], 0),
        (["--exit-zero"], 0),
        (["--ignore", "XL", "--fail-level", "info"], 0),
    ],
)
def test_what_makes_a_run_fail(cli: Cli, bad: Path, options: list[str], code: int) -> None:
    assert cli("check", bad, *options).returncode == code


def test_info_can_fail_a_run(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(GOOD + "runstate_translation = 1\n")
    assert cli("check", path).returncode == 0
    assert cli("check", path, "--fail-level", "info").returncode == 1


def test_comments_ignore_on_their_line_before_it_and_for_the_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(GOOD + "vcpu = 2  # xlcfg: ignore[XL101] old tools\n")
    assert codes(cli, path) == []
    path.write_text(GOOD + "# xlcfg: ignore[XL1]\nvcpu = 2\nvcpuz = 2\n")
    assert codes(cli, path) == ["XL101"]
    path.write_text("# xlcfg: ignore-file[XL101]\n" + GOOD + "vcpu = 2\nvcpuz = 2\n")
    assert codes(cli, path) == []
    path.write_text(GOOD + "vcpu = 'a # xlcfg: ignore'\n")
    assert codes(cli, path) == ["XL101"]


def test_an_ignore_that_ignores_nothing_is_reported(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(GOOD + "vcpus = 2  # xlcfg: ignore[XL101]\n")
    assert codes(cli, path) == ["IG001"]
    assert codes(cli, path, "--ignore", "IG001") == []


def test_a_word_like_ignore_is_told(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "g.cfg"
    path.write_text(GOOD + "vcpu = 2  # xlcfg: ignroe[XL101]\n# xlcfg: --kind guest\n")
    assert sorted(codes(cli, path)) == ["IG002", "XL101"]
    assert "there is no `ignroe` (did you mean `ignore`?)" in cli("check", path).stdout


BOARD = """/dts-v1/;
/ { chosen { domU1 {
compatible="xen,domain"; #address-cells=<1>; #size-cells=<1>; memory=<0 0x20000>;
cpus=<0>; // xlcfg: ignore[DT109]
module@0 { compatible = "multiboot,kernel", "multiboot,module"; reg=<0 1>; };
}; }; };
"""


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("xl.conf", 'autoballoon="of" # xlcfg: ignore[XC202]\n', "XC202"),
        ("pool", 'name="p"\n# xlcfg: ignore[CP201]\nsched="x"\n', "CP201"),
        ("grub", 'GRUB_CMDLINE_XEN="dom0_mem=x" # xlcfg: ignore[BL201]\n', "BL201"),
        ("xen.cfg", "[x]\n# xlcfg: ignore-file[BL101]\noptions=bogus\nkernel=a\n", "BL101"),
        ("a.dts", BOARD, "DT109"),
        (
            "config",
            (
                "NUM_DOMUS=1\nDOMU_KERNEL[0]=a\nMEMORY_END=8\nXEN=x\nDEVICE_TREE=b\n"
                "DOMU_VCPUS[0]=0 # xlcfg: ignore[DT109]\n"
            ),
            "DT109",
        ),
    ],
)
def test_comments_ignore_in_every_kind_of_file(
    cli: Cli, tmp_path: Path, name: str, text: str, code: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert codes(cli, path) == []
    path.write_text(text.replace(f"[{code}]", "[XL105]"))
    assert code in codes(cli, path)
    path.write_text(text.replace(f"[{code}]", "[QQ]"))
    assert codes(cli, path).count("IG002") == 1


def settings(folder: Path, text: str, name: str = ".xlcfg.toml") -> None:
    (folder / name).write_text(text)


@pytest.mark.parametrize("name", [".xlcfg.toml", "pyproject.toml"])
def test_settings_are_found_above_each_file(cli: Cli, tmp_path: Path, name: str) -> None:
    head = "[tool.xlcfg]\n" if name == "pyproject.toml" else ""
    settings(tmp_path, head + 'ignore = ["XL101", "XL2"]\n', name)
    deep = tmp_path / "hosts" / "one"
    deep.mkdir(parents=True)
    (deep / "g.cfg").write_text(BAD)
    assert codes(cli, deep / "g.cfg", cwd=Path("/")) == ["XL105"]
    assert codes(cli, deep / "g.cfg", "--isolated") == ALL
    settings(deep, 'select = ["XL2"]\n')
    assert codes(cli, deep / "g.cfg") == ["XL206"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('select = ["ALL"]', ALL),
        ('ignore = ["all"]\nextend-select = ["XL101"]', ["XL101"]),
        ('select = ["ALL"]\nignore = ["XL2"]', ["XL101", "XL105"]),
    ],
)
def test_all_is_every_code_in_settings_too(cli: Cli, bad: Path, text: str, left: list[str]) -> None:
    settings(bad.parent, text)
    assert codes(cli, bad) == left


@pytest.mark.parametrize("jobs", [1, 2])
def test_rules_of_other_toolstacks_hold_in_every_project(
    cli: Cli, tmp_path: Path, jobs: int
) -> None:
    """A toolstack that came for a file of one project is there for those of others, too."""
    domain = "<domain type='xen'><memory unit='KiB'>x</memory></domain>\n"
    for folder, release in (("one", "4.17"), ("two", "4.18")):
        (tmp_path / folder).mkdir()
        settings(tmp_path / folder, f'xen = "{release}"\nselect = ["LV"]\n')
        (tmp_path / folder / "a.cfg").write_text(GOOD)
        (tmp_path / folder / "b.xml").write_text(domain)
    files = ["two/a.cfg", "one/b.xml", "two/b.xml"]
    alone = codes(cli, "two/b.xml", cwd=tmp_path)
    assert "LV103" in alone
    assert codes(cli, f"-j{jobs}", *files, cwd=tmp_path) == alone * 2


def test_settings_by_path_choose_release_and_architecture(cli: Cli, tmp_path: Path) -> None:
    settings(
        tmp_path,
        'xen = "4.17"\n[[paths]]\nmatch = "arm/*"\narch = "arm64"\n'
        '[[paths]]\nmatch = ["old/*", "older/*"]\nxen = "4.14"\n',
    )
    config = GOOD + 'vpmu = 1\ngic_version = "v3"\n'
    for folder in ("arm", "old", "x86"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "g.cfg").write_text(config)
    assert codes(cli, tmp_path / "x86") == ["XL103"]
    assert codes(cli, tmp_path / "arm") == []
    assert codes(cli, tmp_path / "old") == ["XL102", "XL103"]
    assert codes(cli, tmp_path / "old", "--xen", "4.17") == ["XL103"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('selct = ["XL1"]\n', "there is no setting 'selct'; write 'select'"),
        ('select = "XL1"\n', "select: "),
        ('xen = "3.0"\n', "no release that is known"),
        ('arch = "sparc"\n', "arch: "),
        ('[[paths]]\nxen = "4.17"\n', "'match' is a required property"),
        ("select = [\n", ".xlcfg.toml: "),
        ('fail-level = "never"\n', "fail-level: "),
        ('[[paths]]\nmatch = "*"\nxen = 4.17\n', "paths.0.xen: "),
        ('dialect = ["klingon"]\n', "there is no 'klingon'; choose from "),
        ('[[paths]]\nmatch = "x"\ndialect = ["klingon"]\n', "there is no 'klingon'"),
    ],
)
def test_bad_settings_are_named(cli: Cli, bad: Path, text: str, said: str) -> None:
    settings(bad.parent, text)
    done = cli("check", bad)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_schema_of_settings_is_a_schema() -> None:
    path = Path(xlcfg.__file__).parent / "settings" / "project.schema.json"
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate({"xen": "4.17", "paths": [{"match": "a"}]}, schema)


def test_excluded_files(cli: Cli, bad: Path) -> None:
    folder = bad.parent
    (folder / "old").mkdir()
    (folder / "old" / "h.cfg").write_text(BAD)
    settings(folder, 'exclude = ["old"]\n')
    assert codes(cli, folder) == ALL
    assert codes(cli, folder / "old" / "h.cfg") == ALL
    assert codes(cli, folder / "old" / "h.cfg", "--force-exclude") == []
    assert codes(cli, folder, "--exclude", "g.cfg") == []
    done = cli("check", folder, "--exclude", "*")
    assert (done.returncode, "xlcfg: nothing was checked: " in done.stderr) == (0, True)
    assert cli("check", folder, "--exclude", "g.cfg", "--sniff").stderr == ""


def test_a_baseline_leaves_old_findings_out_and_survives_moved_lines(cli: Cli, bad: Path) -> None:
    baseline = bad.parent / "baseline.json"
    done = cli("check", bad, "--write-baseline", baseline)
    assert (done.returncode, done.stdout) == (0, "")
    assert codes(cli, bad, "--baseline", baseline) == []
    bad.write_text("# a line above\n\n" + BAD + "vcpuz = 1\n")
    assert codes(cli, bad, "--baseline", baseline) == ["XL101"]
    bad.write_text(GOOD + "vcpu = 2\n")
    done = cli("check", bad, "--baseline", baseline)
    assert done.returncode == 0
    assert "2 findings of" in done.stderr
    assert "are fixed by now" in done.stderr


def test_a_baseline_of_what_could_not_be_read_is_no_success(cli: Cli, bad: Path) -> None:
    baseline = bad.parent / "baseline.json"
    done = cli("check", bad, "missing.cfg", "--write-baseline", baseline)
    assert (done.returncode, done.stdout) == (2, "")
    assert "missing.cfg: error[IO001]" in done.stderr
    assert len(json.loads(baseline.read_text())["findings"]) == len(ALL)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 9}', '{"version": 1, "findings": [1]}'])
def test_a_bad_baseline_is_named(cli: Cli, bad: Path, text: str) -> None:
    path = bad.parent / "b.json"
    path.write_text(text)
    done = cli("check", bad, "--baseline", path)
    assert done.returncode == 2
    assert "b.json" in done.stderr


def test_statistics_quiet_and_output(cli: Cli, bad: Path) -> None:
    bad.write_text(BAD + "vcpuz = 1\n")
    out = bad.parent / "out.txt"
    done = cli("check", bad, "--quiet", "--statistics", "--output", out)
    assert (done.returncode, done.stdout) == (1, "")
    text = out.read_text()
    assert "     2  XL101  warning\n" in text
    assert "runstate translation" not in text
    assert "in 1 file" not in text


def test_colour_only_where_it_is_wanted(cli: Cli, bad: Path) -> None:
    assert "\x1b[" not in cli("check", bad).stdout
    assert "\x1b[1;33mwarning" in cli("check", bad, "--color", "always").stdout
    forced = {"FORCE_COLOR": "1", "TERM": "xterm"}
    assert "\x1b[" in cli("check", bad, env=forced).stdout
    assert "\x1b[" not in cli("check", bad, env={**forced, "NO_COLOR": "1"}).stdout


def test_annotations_under_github_actions(cli: Cli, bad: Path) -> None:
    done = cli("check", bad, env={"GITHUB_ACTIONS": "true"})
    assert done.stdout.startswith("::warning file=")
    assert not cli(
        "check", bad, "--format", "text", env={"GITHUB_ACTIONS": "true"}
    ).stdout.startswith("::")


def test_settings_take_every_machine(cli: Cli, bad: Path) -> None:
    settings = Path(xlcfg.__file__).parent / "settings" / "project.schema.json"
    known = json.loads(settings.read_text())["$defs"]["arch"]["enum"]
    assert known == list(ARCHITECTURES)
    (bad.parent / ".xlcfg.toml").write_text(f'arch = "{known[-1]}"\n')
    assert f"no runstate call on {known[-1]}" in cli("check", "--show-policy", bad).stdout
