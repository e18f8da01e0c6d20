"""Words for findings, in options, settings, comments and editors: one meaning everywhere."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli, make_linter
from xlcfg.checks.codes import UnknownCodeError
from xlcfg.hooks import Hooks

GOOD = 'name = "a"\nkernel = "/k"\n'
BAD = GOOD + "vcpu = 2\nmemory = 1\nmemory = 99\n"

PLUGIN = """
from xlcfg.core.diagnostics import Diagnostic
class R:
    CODE = "ZZ001"; NAME = "house-style"; SUMMARY = "s"
    def check(self, guest):
        return [Diagnostic("ZZ001", "warning", "m", start=0, end=1)]
def xlcfg_rules():
    return [R()]
"""

#: a word, and what is said to have been meant
UNKNOWN = [
    ("XL1O1", "XL101"),
    ("xl1o1", "XL101"),
    ("XL1011", "XL101"),
    ("XLl01", "XL101"),
    ("unknown-kye", "unknown-key"),
    ("unknown_key", "unknown-key"),
    ("QQ7", ""),
    ("X L101", "XL101"),
    ("house-stile", ""),
    ("*", ""),
]


def run(cli: Cli, *arguments: Any, **more: Any) -> tuple[int, list[str], str]:
    """Exit code, codes found, standard error."""
    done = cli("check", "--format", "json", "--no-cache", *arguments, **more)
    found = json.loads(done.stdout)["diagnostics"] if done.stdout else []
    return done.returncode, [d["code"] for d in found], done.stderr


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "g.cfg"
    path.write_text(BAD)
    return path


@pytest.fixture(params=["in every run", "late"])
def plugin(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a run with the plugin installed; one may wait for files of its own."""
    site = tmp_path / "site"
    info = site / "house-1.dist-info"
    info.mkdir(parents=True)
    (site / "house_rules.py").write_text(PLUGIN)
    group = "xlcfg" if request.param != "late" else f"xlcfg.starts.{b'%HOUSE'.hex()}"
    (info / "entry_points.txt").write_text(f"[{group}]\nhouse = house_rules\n")
    return {"PYTHONPATH": f"{site}:{ROOT}:{ROOT / 'plugins'}", "LATE": request.param}


@pytest.mark.parametrize(("word", "meant"), UNKNOWN)
@pytest.mark.parametrize("option", ["select", "ignore", "extend-select"])
def test_unknown_words_end_the_run(cli: Cli, bad: Path, option: str, word: str, meant: str) -> None:
    settings = bad.parent / ".xlcfg.toml"
    shown = f"(did you mean `{meant}`?)" if meant else "; `xlcfg explain all` lists them"
    for text in (f"{option} = [{word!r}]\n", f"[[paths]]\nmatch='*'\n{option} = ['XL1', {word!r}]"):
        settings.write_text(text)
        code, found, said = run(cli, bad)
        assert (code, found) == (2, [])
        assert f"{option}: there is no code {word!r}" in said
        assert shown in said
        assert ".xlcfg.toml" in said
    code, found, said = run(cli, bad, "--isolated", f"--{option}", f"XL1,{word}")
    assert (code, found) == (2, [])
    said = " ".join(said.split())
    assert f"--{option}: there is no code {word!r}" in said
    assert shown in said


@pytest.mark.parametrize(
    "word", ["XL101", "xl101", "unknown-key", "Unknown-Key", "XL10", " XL101 "]
)
def test_code_name_and_prefix_mean_the_same_everywhere(cli: Cli, bad: Path, word: str) -> None:
    chosen = ["XL101", "XL105"] if word == "XL10" else ["XL101"]
    rest = [] if word == "XL10" else ["XL105"]
    assert run(cli, bad, "--select", word)[1] == chosen
    assert run(cli, bad, "--ignore", word)[1] == rest
    assert run(cli, bad, "--ignore", "ALL", "--extend-select", word)[1] == chosen
    settings = bad.parent / ".xlcfg.toml"
    settings.write_text(f"select = ['{word}']\n")
    assert run(cli, bad)[1] == chosen
    settings.write_text(f"[[paths]]\nmatch = 'g.cfg'\nignore = ['{word}']\n")
    assert run(cli, bad)[1] == rest
    settings.write_text(f"ignore = ['all']\nextend-select = ['{word}']\n")
    assert run(cli, bad)[1] == chosen
    settings.unlink()
    bad.write_text(f"# xlcfg: ignore-file[{word}]\n{BAD}")
    assert run(cli, bad)[1] == rest


@pytest.mark.parametrize("word", ["ZZ001", "zz001", "house-style", "ZZ"])
def test_words_of_plugins_are_as_good_as_ours(
    cli: Cli, bad: Path, plugin: dict[str, str], word: str
) -> None:
    late = plugin.pop("LATE") == "late"
    theirs = [] if late else ["ZZ001"]
    assert run(cli, bad, env=plugin)[1] == [*theirs, "XL101", "XL105"]
    assert run(cli, bad, "--select", word, env=plugin)[:2] == (0 if late else 1, theirs)
    assert run(cli, bad, "--ignore", f"{word},XL105", env=plugin)[1] == ["XL101"]
    (bad.parent / ".xlcfg.toml").write_text(f"ignore = ['{word}']\n")
    assert run(cli, bad, env=plugin)[:2] == (1, ["XL101", "XL105"])
    (bad.parent / ".xlcfg.toml").write_text(f"select = ['{word}']\n")
    assert run(cli, bad, env=plugin)[:2] == (0 if late else 1, theirs)
    # who is asked about words takes no part in the run
    (bad.parent / ".xlcfg.toml").write_text("")
    bad.write_text(BAD.replace("vcpu = 2", f"vcpu = 2  # xlcfg: ignore[XL101, {word}]"))
    assert run(cli, bad, env=plugin)[1] == [*theirs, "XL105"]
    code, _, said = run(cli, bad, "--no-plugins", "--select", word, env=plugin)
    assert code == 2
    assert "plugins are left out" in " ".join(said.split())


def test_a_name_of_a_plugin_is_suggested(cli: Cli, bad: Path, plugin: dict[str, str]) -> None:
    code, _, said = run(cli, bad, "--select", "house-stile", env=plugin)
    assert code == 2
    assert "(did you mean `house-style`?)" in said


def test_a_plugin_that_does_not_load_is_named_where_its_code_is_missing(
    cli: Cli, bad: Path, plugin: dict[str, str]
) -> None:
    (bad.parent / "site" / "house_rules.py").write_text("import sys\nsys.exit(0)\n")
    code, _, said = run(cli, bad, "--select", "ZZ001", env=plugin)
    assert code == 2
    assert "plugin house failed in loading" in " ".join(said.split())
    done = cli("explain", "ZZ001", env=plugin)
    assert done.returncode == 2
    assert "plugin house failed: " in done.stderr


def test_rules_of_toolstacks_that_wait_are_known(cli: Cli, bad: Path) -> None:
    for word in ("LV101", "DT104", "XA", "memory-rounded"):
        code, _, said = run(cli, bad, "--ignore", word)
        if word == "memory-rounded":  # a name that nobody has
            assert code == 2
        else:
            assert (code, said) == (1, "")
    hooks = Hooks(plugins=False)
    hooks.load_all()
    late = [rule for answer in hooks.all("xlcfg_rules") for rule in answer]
    codes = make_linter("4.20", "x86_64").codes
    for rule in late:
        if rule.CODE == "XL2":  # reads for many rules at once
            continue
        assert codes.prefix(rule.NAME) == rule.CODE
        assert codes.prefix(rule.CODE.lower()) == rule.CODE


@pytest.mark.parametrize(("word", "meant"), UNKNOWN)
def test_an_unknown_word_in_a_comment_is_a_finding(
    cli: Cli, bad: Path, word: str, meant: str
) -> None:
    bad.write_text(BAD.replace("vcpu = 2", f"vcpu = 2  # xlcfg: ignore[{word}] tools"))
    done = cli("check", "--no-cache", "--format", "json", bad)
    found = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 1
    assert sorted(d["code"] for d in found) == ["IG002", "XL101", "XL105"]
    (told,) = (d for d in found if d["code"] == "IG002")
    assert told["severity"] == "warning"
    assert f"there is no code {word!r}" in told["message"]
    assert ("did you mean" in told["message"]) == bool(meant)
    assert f"`{meant}`" in told["message"] or not meant
    at = BAD.splitlines()[2] + "  # xlcfg: ignore["
    assert (told["line"], told["column"]) == (3, len(at) + 1)
    assert run(cli, bad, "--ignore", "IG002")[1] == ["XL101", "XL105"]


def test_the_known_words_beside_an_unknown_one_still_count(cli: Cli, bad: Path) -> None:
    bad.write_text("# xlcfg: ignore-file[XL101, XL1O5]\n" + BAD)
    assert run(cli, bad)[1] == ["IG002", "XL105"]


@pytest.mark.parametrize(
    "comment", ["# xlcfg: ignore[XL101", "# xlcfg: ignore-file[XL101  ", "# xlcfg:ignore[XL101"]
)
def test_a_bracket_that_never_closes_ignores_nothing(cli: Cli, bad: Path, comment: str) -> None:
    bad.write_text(BAD.replace("vcpu = 2", f"vcpu = 2  {comment}"))
    assert sorted(run(cli, bad)[1]) == ["IG002", "XL101", "XL105"]


@pytest.mark.parametrize(
    "comment",
    [
        "ignore XL101", "ignore XL1O1", "ignore: XL101", "ignore=XL101, XL105", "ignore (XL101)",
        "ignore unknown-key", "ignore-file xl101", "ignore[]", "ignore[ , ]", "ignore-line[XL101]",
        "ignored", "ignore-files[XL101]", "ignoreXL101", "ignore [XL1O1]", "ignore all",
    ],
)  # fmt: skip
def test_a_comment_of_another_form_ignores_nothing(cli: Cli, bad: Path, comment: str) -> None:
    bad.write_text(BAD.replace("vcpu = 2", f"vcpu = 2  # xlcfg: {comment}"))
    assert sorted(run(cli, bad)[1]) == ["IG002", "XL101", "XL105"]


@pytest.mark.parametrize("comment", ["ignore", "ignore our tools read it", "ignore - tools"])
def test_without_a_word_all_of_the_line_is_ignored(cli: Cli, bad: Path, comment: str) -> None:
    bad.write_text(BAD.replace("vcpu = 2", f"vcpu = 2  # xlcfg: {comment}"))
    assert run(cli, bad)[1] == ["XL105"]
    bad.write_text(BAD.replace("vcpu = 2", "vcpu = 2  # xlcfg: ignore [XL101]"))
    assert run(cli, bad)[1] == ["XL105"]


def test_a_comment_means_the_same_with_and_without_settings(cli: Cli, bad: Path) -> None:
    bad.write_text(BAD.replace("vcpu = 2", "vcpu = 2  #xlcfg:  ignore[XL101]"))
    assert run(cli, bad)[1] == ["XL105"]
    assert run(cli, bad, "--select", "ALL")[1] == ["XL105"]


def test_what_was_not_looked_at_always_counts(cli: Cli, bad: Path) -> None:
    """The families inputs and plugins, whatever the letters of their codes."""
    code, found, _ = run(cli, bad.parent / "missing.cfg", "--ignore", "IO,unreadable-input,ALL")
    assert (code, found) == (2, ["IO001"])
    env = {"XLCFG_PLUGINS": "no.such"}
    assert run(cli, bad, "--select", "XL105", env=env)[1] == ["XL105", "PL001"]


def test_options_choose_among_the_findings_of_boot_lines_and_traces(cli: Cli, bad: Path) -> None:
    line = ("--cmdline", "foo=1")
    assert run(cli, bad, *line)[1] == ["XL101", "XL105", "BL101"]
    assert run(cli, bad, *line, "--ignore", "unknown-parameter")[1] == ["XL101", "XL105"]
    assert run(cli, bad, *line, "--select", "BL")[1] == ["BL101"]


def test_words_in_a_baseline_that_nobody_knows_are_told(cli: Cli, bad: Path) -> None:
    path = bad.parent / "b.json"
    assert cli("check", bad, "--write-baseline", path).returncode == 0
    data = json.loads(path.read_text())
    data["findings"][0]["code"] = "XL1O1"
    path.write_text(json.dumps(data))
    code, found, said = run(cli, bad, "--baseline", path)
    assert (code, found) == (0, [])
    assert "b.json: there is no code 'XL1O1' (did you mean `XL101`?)" in " ".join(said.split())


def test_an_empty_word_is_no_code() -> None:
    codes = make_linter("4.20", "x86_64").codes
    for word in ("", " ", "\0"):
        with pytest.raises(UnknownCodeError):
            codes.prefix(word)
    assert codes.prefix("All") == ""


def test_nothing_of_a_word_reaches_a_terminal_raw(cli: Cli, bad: Path) -> None:
    (bad.parent / ".xlcfg.toml").write_text('select = ["\\u001b[31mXL101\\n::error::x"]\n')
    done: subprocess.CompletedProcess[str] = cli("check", bad)
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\n::" not in done.stderr
