"""Manual page, completion and --version: made of the parser, so they know every option."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import needs
from support import ROOT, Cli
from xlcfg import __version__
from xlcfg.catalogue import newest_release, releases
from xlcfg.cli import COMMANDS
from xlcfg.cli.completion_scripts import script
from xlcfg.cli.reference import commands, common
from xlcfg.docs import man

SHELLS = ("bash", "zsh", "fish")


def test_every_command_is_in_the_table_and_in_the_readme() -> None:
    """The table in `xlcfg.cli` is the only list: what has the shape of a command is in it."""
    folder = ROOT / "xlcfg" / "cli"
    files = {
        path.stem
        for path in folder.glob("[!_]*.py")
        if re.search(r"^def add_arguments\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert files == set(COMMANDS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"| `xlcfg {name}" not in readme] == []


def test_help_imports_no_command(cli: Cli) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "xlcfg", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(name in done.stdout for name in COMMANDS)
    assert not [name for name in COMMANDS if f"xlcfg.cli.{name}\n" in done.stderr]


def test_every_command_is_described() -> None:
    assert [c.name for c in commands() if " " not in c.name] == list(COMMANDS)
    for command in commands():
        assert command.summary
        assert all(argument.help for argument in command.arguments), command.name


def test_the_manual_page_is_up_to_date() -> None:
    assert man.main(["--check"]) == 0, "run `python -m xlcfg.docs.man`"


def test_the_manual_page_has_every_command_and_option() -> None:
    page = man.PAGE.read_text(encoding="utf-8").replace("\\-", "-")
    found = re.findall(r"^\.SS (.+?) \[OPTION.*\n((?:(?!^\.S).*\n)*)", page, re.MULTILINE)
    sections = dict(found)
    assert set(COMMANDS) <= set(sections) == {command.name for command in commands()}
    for command in commands():
        for option in command.options:
            for flag in option.flags:
                assert f"\\fB{flag}\\fR" in sections[command.name]
        for positional in command.positionals:
            assert f"\\fI{positional.value}\\fR" in sections[command.name]
    for option in common():
        assert all(f"\\fB{flag}\\fR" in page for flag in option.flags)


def test_groff_takes_the_manual_page() -> None:
    done = subprocess.run(
        [needs.require("groff"), "-man", "-ww", "-z", str(man.PAGE)],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


@pytest.mark.parametrize("shell", SHELLS)
def test_every_option_can_be_completed(cli: Cli, shell: str) -> None:
    done = cli("completion", shell)
    assert done.returncode == 0
    assert done.stdout == script(shell)
    for command in commands():
        for word in command.name.split():
            assert re.search(rf"\b{word}\b", done.stdout)
        for option in command.options:
            for flag in option.flags:
                shown = flag if shell != "fish" else f" -l {flag[2:]}" if flag[1] == "-" else "-s h"
                assert shown in done.stdout, (command.name, flag)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_shell_can_read_the_script(shell: str, tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text(script(shell), encoding="utf-8")
    done = subprocess.run([needs.require(shell), "-n", str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("line", "some", "none"),
    [
        ("xlcfg ", {"check", "replay", "--version"}, {"--xen"}),
        ("xlcfg ch", {"check"}, {"cmdline"}),
        ("xlcfg check --", {"--xen", "--arch"}, {"--compare"}),
        ("xlcfg check --arch ", {"x86_64", "arm64"}, {"check"}),
        ("xlcfg check --xen 4.2", {"4.20", "4.21"}, {"4.4"}),
        ("xlcfg replay --policy ", {"update", "hypercall", "auto"}, set()),
        ("xlcfg explain XL10", {"XL101", "XL104"}, {"BL101"}),
        ("xlcfg options vcpu", {"vcpus"}, {"name"}),
        ("xlcfg completion ", {"bash", "zsh", "fish"}, set()),
        ("xlcfg trace ", {"info", "lint"}, {"check"}),
        ("xlcfg trace info --", {"--format"}, {"--xen"}),
        ("xlcfg trace info a", {"a.cfg"}, {"info"}),
        ("xlcfg check --dialect ", {"libvirt"}, set()),
        ("xlcfg check --stdin-filename ", set(), {"libvirt"}),
        ("xlcfg check --format ", {"sarif", "text"}, set()),
        ("xlcfg trace info --format ", {"json", "text"}, {"sarif"}),
        ("xlcfg trace minimise --keep ", {"RT103", "difference"}, {"XL101", "all"}),
        ("xlcfg replay --model ", {"xen-arm"}, {"libvirt"}),
        ("xlcfg convert --to ", {"libvirt", "xl"}, set()),
        ("xlcfg convert --guest ", set(), {"libvirt"}),
        ("xlcfg upgrade --from 4.1", {"4.14", "4.17"}, set()),
        ("xlcfg merge a", {"a.cfg"}, set()),
        ("xlcfg check a", {"a.cfg"}, {"--arch"}),
        ("xlcfg check --host ", {"a.cfg"}, set()),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_completion(shell: str, line: str, some: set[str], none: set[str], tmp_path: Path) -> None:
    needs.require(shell)
    (tmp_path / "a.cfg").write_text("", encoding="utf-8")
    (tmp_path / "script").write_text(script(shell), encoding="utf-8")
    words = " ".join(f"'{word}'" for word in line.split(" "))
    asked = {
        "bash": f". ./script; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); "
        '_xlcfg; printf "%s\\n" "${COMPREPLY[@]}"',
        "fish": f"source ./script; complete -C '{line}'",
    }[shell]
    extra = ["--no-config"] if shell == "fish" else []
    done = subprocess.run(
        [needs.require(shell), *extra, "-c", asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    found = {row.split("\t")[0] for row in done.stdout.splitlines()}
    if shell == "fish" and line == "xlcfg ":
        some = some - {"--version"}  # fish shows options after a dash only
    assert some <= found, (found, done.stderr)
    assert not none & found


def test_zsh_completes(tmp_path: Path) -> None:
    """zsh completes at a prompt only; that the function loads and is taken is what can be seen."""
    (tmp_path / "_xlcfg").write_text(script("zsh"), encoding="utf-8")
    asked = 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -D; echo "${_comps[xlcfg]}"'
    done = subprocess.run(
        [needs.require("zsh"), "-f", "-c", asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("_xlcfg\n", "")


def test_version_says_which_xen_it_knows(cli: Cli) -> None:
    done = cli("--version")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"xlcfg {__version__}",
        f"Xen {releases()[0]} to {newest_release()}, unstable",
    ]


def test_the_package_installs_the_manual_page() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"xlcfg/docs/xlcfg.1" = "share/man/man1/xlcfg.1"' in pyproject
