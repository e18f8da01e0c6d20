"""What a newcomer reads: short errors that name what was meant, and text that fits a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import ROOT, Cli
from xlcfg.cli import COMMANDS, run
from xlcfg.core.screen import rows, width
from xlcfg.docs.pages import pages
from xlcfg.report.explain import page

BAD = 'name = "x"\nkernel = "/k"\nmemory = 64M\nvcpu = 2\n'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "xlcfg: which command? `xlcfg --help` lists them\n"),
        (["chek", "x"], "xlcfg: there is no command 'chek'; did you mean `check`?\n"),
        (["x.cfg"], "xlcfg: there is no command 'x.cfg'; did you mean `xlcfg check x.cfg`?\n"),
        (["qqq"], "xlcfg: there is no command 'qqq'; `xlcfg --help` lists them\n"),
        (
            ["check", "--nonsense"],
            "xlcfg check: unrecognized arguments: --nonsense; see `xlcfg check --help`\n",
        ),
        (
            ["check", "--ignore", "unknown-kye", "x.cfg"],
            "--ignore: there is no code 'unknown-kye' (did you mean `unknown-key`?)\n",
        ),
        (["--xen", "4.17", "check"], "xlcfg: options stand behind the command, as in"),
        (["check", "--fix"], "xlcfg: --fix has no default: name files"),
        (["check", "--baseline", "no.json", "x.cfg"], "no such file or directory\n"),
        (["verdict", "--format", "tex", "x"], "see `xlcfg verdict --help`\n"),
    ],
)
def test_mistakes_are_named_in_a_line_or_two(
    cli: Cli, arguments: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "x.cfg").write_text(BAD)
    done = cli(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) <= 3
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["destory"], None),
        (["replya"], "replay"),
        (["check", "--quite", "x.cfg"], "--quiet"),
        (["fmt", "--chek", "x.cfg"], "--check"),
        (["trace", "info", "--fromat", "x"], "--format"),
        (["trace", "inf"], "info"),
        (["trace", "convert", "x", "--seed", "1"], None),
        (["check", "--arch", "x86-64"], "x86_64"),
        (["check", "--only", "guest"], "guests"),
        (["check", "--kind", "xlconf"], "xl.conf"),
        (["check", "--format", "JSN", "x.cfg"], "json"),
        (["check", "--format", "klingon", "x.cfg"], None),
        (["check", "--dialect", "libvrt", "x.cfg"], "libvirt"),
        (["check", "--select", "XM104", "x.cfg"], "XL104"),
        (["policy", "--format", "jsn"], "json"),
        (["trace", "lint", "--format", "jsn", "x"], "json"),
        (["trace", "minimise", "--keep", "diference", "x"], "difference"),
        (["replay", "--model", "xen-am", "x"], "xen-arm"),
        (["convert", "x.cfg", "--to", "libvrt"], "libvirt"),
        (["explain", "unknown-kye"], "unknown-key"),
        (["explain", "XL1011"], "XL101"),
        (["explain", "zzzzz"], None),
    ],
)
def test_unknown_words_are_answered_with_what_was_meant(
    cli: Cli, arguments: list[str], meant: str | None, tmp_path: Path
) -> None:
    (tmp_path / "x.cfg").write_text('name = "x"\nkernel = "/k"\n')
    done = cli(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    found = re.findall("did you mean `(.*?)`", " ".join(done.stderr.split()))
    assert found == ([] if meant is None else [meant])


def test_help_is_a_word_too(cli: Cli) -> None:
    for words in ([], ["check"], ["trace", "info"]):
        done = cli("help", *words)
        assert (done.returncode, done.stdout) == (0, cli(*words, "--help").stdout)
    done = cli("help", "chek")
    assert done.returncode == 2
    assert "did you mean `check`?" in done.stderr


def test_short_flags(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text(BAD)
    assert cli("-V").stdout == cli("--version").stdout
    quiet = cli("check", "-q", "x.cfg", cwd=tmp_path).stdout
    assert quiet == cli("check", "--quiet", "x.cfg", cwd=tmp_path).stdout
    assert quiet != cli("check", "x.cfg", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("alias", "arch"),
    [
        ("amd64", "x86_64"),
        ("AMD64", "x86_64"),
        ("i386", "x86_32"),
        ("aarch64", "arm64"),
        ("arm", "arm32"),
    ],
)
def test_architectures_have_the_names_of_other_tools(cli: Cli, alias: str, arch: str) -> None:
    for command in (["policy"], ["trace", "generate", "--events", "5"], ["schema"]):
        done = cli(*command, "--arch", alias)
        assert done.returncode == 0
        assert done.stdout == cli(*command, "--arch", arch).stdout


def test_explain_sends_options_to_their_command(cli: Cli) -> None:
    for name in ("vcpus", "dom0_mem", "autoballoon"):
        done = cli("explain", name)
        assert done.returncode == 2
        assert f"`xlcfg options {name}` explains it" in done.stderr
        assert cli("options", name).returncode == 0


def test_a_mistake_shows_no_terminal_escapes(cli: Cli) -> None:
    for arguments in (["\x1b[31m"], ["check", "--\x1b[31m"], ["check", "--arch", "\x1b[31m"]):
        done = cli(*arguments)
        assert done.returncode == 2
        assert "\x1b" not in done.stderr


def test_a_boot_line_needs_no_quotes(cli: Cli) -> None:
    done = cli("cmdline", "dom0_mem=4G", "lolglvl=all")
    assert (done.returncode, done.stdout.count("BL101")) == (1, 1)
    assert done.stdout == cli("cmdline", "dom0_mem=4G lolglvl=all").stdout


def test_fixes_reach_the_files_of_a_list(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text(BAD)
    (tmp_path / "list").write_text("x.cfg\n")
    done = cli("check", "--fix", "--files-from", "list", cwd=tmp_path)
    assert "applied 1 fix in 1 file" in done.stderr
    assert "memory = 64\n" in (tmp_path / "x.cfg").read_text()


def test_a_folder_without_traces_is_no_verdict(cli: Cli, tmp_path: Path) -> None:
    done = cli("verdict", tmp_path)
    assert done.returncode == 2
    assert done.stdout == (
        f"not replayed: {tmp_path}: no boot trace is in this directory\nNo trace was replayed.\n"
    )


def test_explain_takes_a_name(cli: Cli) -> None:
    assert cli("explain", "Unknown-Key").stdout == cli("explain", "xl101").stdout != ""


def test_every_page_fits_a_terminal() -> None:
    codes = [m[1] for name in pages() if (m := re.fullmatch(r"rules/([A-Z]{2}\d{3})\.md", name))]
    assert len(codes) > 150
    for code in codes:
        text = page(code)
        assert text is not None
        prose = [line for line in text.splitlines() if not line.startswith("    ")]
        assert [line for line in prose if width(line) > 80] == []


def test_help_hangs_within_80_columns(cli: Cli) -> None:
    done = cli("check", "-")
    assert 'type = "hvm"`\n' in done.stdout
    assert max(width(line) for line in done.stdout.splitlines() if "[XL" not in line) <= 80
    document = json.loads(cli("check", "-", "--format", "json").stdout)
    helps = [d["help"] for d in document["diagnostics"]]
    assert any(len(text) > 70 and "\n" not in text for text in helps)


def test_rows_leave_what_is_quoted_whole() -> None:
    text = "write `a b c d e f` instead, or " + "x" * 30
    for columns in range(5, 60):
        lines = rows(text, columns)
        assert " ".join(lines) == text
        assert all(width(line) <= columns or " " not in re.sub("`.*?`", "", line) for line in lines)


def test_a_cut_place_shows_that_it_is_cut(cli: Cli) -> None:
    done = cli("check", "--kind", "guest", ROOT / "examples" / "xen-cmdline.txt")
    row = next(line for line in done.stdout.splitlines()[5:] if line.startswith("1 | console"))
    assert row.endswith("...")
    assert len(row) <= 80


def test_help_fits_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [[name] for name in COMMANDS]
    commands += [["trace", name] for name in ("info", "lint", "minimise", "convert", "generate")]
    for command in [[], *commands]:
        with pytest.raises(SystemExit):
            run([*command, "--help"])
        text = capsys.readouterr().out
        assert text.startswith("usage: xlcfg")
        assert [line for line in text.splitlines() if width(line) > 80] == [], command


def test_what_is_given_in_the_wrong_place_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text('name = "x"\nkernel = "/k"\n')
    done = cli("check", "x.cfg", "vcpus=4", cwd=tmp_path)
    assert done.returncode == 2
    assert "help: settings of a guest stand behind --, as in: web.cfg -- vcpus=4" in done.stdout
    (tmp_path / "grub").write_text('GRUB_CMDLINE_XEN="dom0_mem=1G"\n')
    done = cli("cmdline", "grub", cwd=tmp_path)
    assert (done.returncode, "BL101" in done.stdout) == (1, True)
    assert done.stderr == (
        "xlcfg: grub is taken for a word; `xlcfg check grub` finds the line in a file\n"
    )
    assert cli("cmdline", "dom0_mem=1G", cwd=tmp_path).stderr == ""


def test_quiet_leaves_the_findings_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.cfg").write_text('name = "x"\nkernel = "/k"\nvcpu = 2\n')
    for form in ("text", "concise"):
        loud = cli("check", "--format", form, "x.cfg", cwd=tmp_path).stdout
        quiet = cli("check", "--quiet", "--format", form, "x.cfg", cwd=tmp_path).stdout
        assert "1 warning in 1 file." in loud
        assert quiet.rstrip() == loud.removesuffix("1 warning in 1 file.\n").rstrip()
