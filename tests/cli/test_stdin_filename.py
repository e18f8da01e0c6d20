"""--stdin-filename: text on standard input is taken for the file that editors say it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import Cli

GOOD = 'name = "a"\nkernel = "/k"\n'
BAD = GOOD + "vcpu = 2\n"


def found(cli: Cli, text: str, *arguments: Any, cwd: Path | None = None) -> list[tuple[str, str]]:
    done = cli("check", "--format", "json", *arguments, stdin=text.encode(), cwd=cwd)
    assert done.stdout, done.stderr
    return [(d["path"], d["code"]) for d in json.loads(done.stdout)["diagnostics"]]


def test_findings_are_those_of_the_named_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "web.cfg"
    path.write_text(BAD)
    named = cli("check", path)
    path.write_text("something else entirely")
    for paths in ([], ["-"]):
        done = cli("check", "--stdin-filename", path, *paths, stdin=BAD.encode())
        assert (done.returncode, done.stdout, done.stderr) == (1, named.stdout, named.stderr)
    assert path.read_text() == "something else entirely"


def test_the_named_file_need_not_exist_and_is_not_made(cli: Cli, tmp_path: Path) -> None:
    for name in ("new.cfg", "no/such/folder/new.cfg", "-"):
        assert found(cli, BAD, "--stdin-filename", name, cwd=tmp_path) == [(name, "XL101")]
        done = cli("check", "--fix", "--unsafe-fixes", "--stdin-filename", name,
                   stdin=BAD.encode(), cwd=tmp_path)  # fmt: skip
        assert done.stdout == GOOD + "vcpus = 2\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("xl.conf", 'autobaloon = "off"\n', "XC101"),
        ("etc/default/grub", 'GRUB_CMDLINE_XEN="dom0_mem=lots"\n', "BL201"),
        ("board.dts", '/ { chosen { xen,xen-bootargs = "dom0_mem=lots"; }; };\n', "BL201"),
        ("web.cfg", BAD, "XL101"),
    ],
)
def test_the_name_and_the_text_tell_the_kind(
    cli: Cli, tmp_path: Path, name: str, text: str, code: str
) -> None:
    assert found(cli, text, "--stdin-filename", name, cwd=tmp_path) == [(name, code)]


def test_the_kind_can_be_said(cli: Cli) -> None:
    got = found(cli, "dom0_mem=lots\n", "--stdin-filename", "a.cfg", "--kind", "boot-line")
    assert got == [("a.cfg", "BL201")]


def test_settings_of_the_project_above_the_name_hold(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text(
        'ignore = ["XL105"]\nfail-level = "error"\n'
        '[[paths]]\nmatch = "hvm/*"\ntype = "hvm"\nignore = ["XL101"]\n'
    )
    text = BAD + "memory = 1\nmemory = 99\n"
    name = tmp_path / "hvm" / "a.cfg"
    assert found(cli, text, "--stdin-filename", name, cwd=Path("/")) == [
        (str(name), "XL110"),
        (str(name), "XL105"),
    ]
    assert found(cli, text, "--stdin-filename", "b.cfg", cwd=tmp_path) == [("b.cfg", "XL101")]
    assert cli("check", "--stdin-filename", name, stdin=text.encode()).returncode == 0
    done = cli("check", "--isolated", "--stdin-filename", name, stdin=text.encode())
    assert done.returncode == 1


def test_comments_ignore(cli: Cli) -> None:
    text = GOOD + "vcpu = 2  # xlcfg: ignore[XL101] ours\n"
    assert found(cli, text, "--stdin-filename", "a.cfg") == []


@pytest.mark.parametrize(
    ("settings", "comment"), [('ignore = ["XL101"]\n', ""), ("", " # xlcfg: ignore[XL101]")]
)
def test_what_is_ignored_is_not_fixed(
    cli: Cli, tmp_path: Path, settings: str, comment: str
) -> None:
    """Fixing goes in rounds; what is to be ignored is in all of them."""
    (tmp_path / ".xlcfg.toml").write_text(settings)
    text = f"{GOOD}vcpu = 2{comment}\nmemory = 1\nmemory = 99\n"
    done = cli("check", "--fix", "--unsafe-fixes", "--stdin-filename", "a.cfg",
               stdin=text.encode(), cwd=tmp_path)  # fmt: skip
    assert done.stdout == text.replace("memory = 1\n", "")
    assert "XL101" not in done.stderr
    assert done.returncode == 0
    (tmp_path / "a.cfg").write_text(text)
    done = cli("check", "--fix", "--unsafe-fixes", "a.cfg", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "a.cfg").read_text() == text.replace("memory = 1\n", "")


def test_excludes_hold_when_they_are_forced(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('exclude = ["old"]\n')
    name = "old/a.cfg"
    assert found(cli, BAD, "--stdin-filename", name, cwd=tmp_path) == [(name, "XL101")]
    forced = ("--force-exclude", "--stdin-filename", name)
    assert found(cli, BAD, *forced, cwd=tmp_path) == []
    assert found(cli, BAD, "--exclude", "*.cfg", *forced, "--isolated") == []


@pytest.mark.parametrize("command", [("check", "--fix", "--unsafe-fixes"), ("fmt",)])
@pytest.mark.parametrize(
    ("options", "text"),
    [
        (("--force-exclude", "--exclude", "old", "--stdin-filename", "old/a.cfg"), BAD),
        (("--sniff", "--stdin-filename", "setup.cfg"), "[metadata]\nname  = thing\n"),
        (("--sniff", "-"), "[metadata]\nname  = thing\n"),
        (("--stdin-filename", "grub"), 'GRUB_CMDLINE_XEN="dom0_mem=lots"\n'),
    ],
)
def test_what_is_left_out_goes_through_as_it_is(
    cli: Cli, command: tuple[str, ...], options: tuple[str, ...], text: str
) -> None:
    """Editors put what they get in place of what they gave."""
    done = cli(*command, *options, stdin=text.encode())
    assert done.stdout == text
    shown = ("--diff", *command[2:])
    assert cli(command[0], *shown, *options, stdin=text.encode()).stdout == ""


def test_a_text_of_several_guests_comes_back_once(cli: Cli) -> None:
    domain = 'compatible = "xen,domain"; memory = <0 0x20000>; cpus = <1>;'
    kernel = 'compatible = "multiboot,kernel", "multiboot,module"; reg = <0 1 0 1>;'
    text = f"/dts-v1/;\n/ {{ chosen {{ a {{ {domain} module@1 {{ {kernel} }}; }};\n"
    text += f"b {{ {domain} module@1 {{ {kernel} }}; }}; }}; }};\n"
    done = cli("check", "--fix", "--stdin-filename", "b.dts", stdin=text.encode())
    assert done.stdout == text


def test_a_diff_has_the_name(cli: Cli, tmp_path: Path) -> None:
    arguments = ("--diff", "--unsafe-fixes", "--stdin-filename", "sub/web.cfg")
    done = cli("check", *arguments, stdin=BAD.encode(), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == ["--- sub/web.cfg", "+++ sub/web.cfg"]
    assert "-vcpu = 2\n+vcpus = 2\n" in done.stdout
    done = cli("fmt", "--diff", "--stdin-filename", "sub/web.cfg", "-", stdin=b"name='a'\n")
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "--- sub/web.cfg")


def test_fmt_formats_and_names_what_is_refused(cli: Cli) -> None:
    done = cli("fmt", "--stdin-filename", "web.cfg", stdin=b"name='a'\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "name = 'a'\n", "")
    done = cli("fmt", "--stdin-filename", "web.cfg", stdin=b"name = a\n")
    assert done.returncode == 1
    assert done.stderr.startswith("web.cfg:1:8: error[XL005]")
    done = cli("fmt", "--check", "--stdin-filename", "web.cfg", stdin=b"name='a'\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert "would format web.cfg" in done.stderr


def test_fmt_leaves_out_what_the_project_excludes(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / ".xlcfg.toml").write_text('exclude = ["old"]\n')
    for folder in ("old", "new"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "g.cfg").write_text("name='a'\nvcpus=1\n")
    done = cli("fmt", "--check", ".", cwd=tmp_path)
    assert done.stderr.count("would format") == 1
    assert cli("fmt", "--check", "old/g.cfg", cwd=tmp_path).returncode == 1
    assert cli("fmt", "--check", "--force-exclude", "old/g.cfg", cwd=tmp_path).returncode == 0
    assert cli("fmt", "--check", "--isolated", ".", cwd=tmp_path).stderr.count("would format") == 2
    (tmp_path / ".xlcfg.toml").write_text("exclude = 1\n")
    done = cli("fmt", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "exclude: " in done.stderr


@pytest.mark.parametrize("command", ["check", "fmt"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--stdin-filename", "a.cfg", "b.cfg"), "goes with - (standard input) alone"),
        (("--stdin-filename", "a.cfg", "-", "-"), "goes with - (standard input) alone"),
        (("--stdin-filename", ""), "empty name"),
    ],
)
def test_wrong_usage(cli: Cli, command: str, arguments: tuple[str, ...], said: str) -> None:
    done = cli(command, *arguments, stdin=BAD.encode())
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("command", [("fmt",), ("check", "--fix")])
def test_what_writes_asks_for_a_path(cli: Cli, command: tuple[str, ...], tmp_path: Path) -> None:
    done = cli(*command, stdin=BAD.encode(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "name files or directories" in done.stderr


def test_a_list_of_files_does_not_go_with_a_name(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a.cfg\n")
    done = cli("check", "--stdin-filename", "a.cfg", "--files-from", tmp_path / "list")
    assert done.returncode == 2
    assert "alone" in done.stderr


def test_a_name_that_no_terminal_should_obey(cli: Cli) -> None:
    done = cli("check", "--stdin-filename", "a\x1b[2J.cfg", stdin=BAD.encode())
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("only", "left"), [("guests", ["web.cfg", "vm.xml"]), ("host", ["grub", "xl.conf"])]
)
def test_only_what_holds_guests_or_is_of_the_host(
    cli: Cli, tmp_path: Path, only: str, left: list[str]
) -> None:
    files = {
        "grub": 'GRUB_CMDLINE_XEN="dom0_mem=lots"\n',
        "grub.linux": 'GRUB_CMDLINE_LINUX="quiet"\n',
        "web.cfg": BAD,
        "vm.xml": '<domain type="xen"><vcpu>x</vcpu></domain>\n',
        "setup.cfg": "[metadata]\nname = x\n",
        "xl.conf": 'autobaloon = "off"\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    for paths in (sorted(files), ["."]):
        got = found(cli, "", "--only", only, *paths, cwd=tmp_path)
        assert sorted({Path(path).name for path, _ in got}) == sorted(left)
