"""`xlcfg check` as a process: what it prints and how it exits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import xlcfg
from support import Cli

GOOD = 'name = "a"\nkernel = "/k"\nmemory = 512\n'
SCHEMA = json.loads((Path(xlcfg.__file__).parent / "report/schema/report.schema.json").read_text())


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def diagnostics(cli: Cli, *arguments: Any, stdin: bytes = b"") -> list[dict[str, Any]]:
    done = cli("check", "--format", "json", *arguments, stdin=stdin)
    document = json.loads(done.stdout)
    jsonschema.validate(document, SCHEMA)
    found: list[dict[str, Any]] = document["diagnostics"]
    return found


def test_a_clean_config_exits_0_and_says_so(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", write(tmp_path, "g.cfg", GOOD))
    assert done.returncode == 0
    assert "No findings in 1 file." in done.stdout


def test_a_finding_shows_place_line_caret_and_cure(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + "vcpu = 2\n")
    done = cli("check", path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:5] == [
        f"{path}:4:1: warning[XL101]: xl does not know `vcpu` and ignores it",
        "  |",
        "4 | vcpu = 2",
        "  | ^^^^",
        "  = help: write `vcpus`",
    ]


def test_json_has_every_field(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + "vcpu = 2\n")
    (found,) = diagnostics(cli, path)
    assert found == {
        "path": str(path),
        "line": 4,
        "column": 1,
        "end_line": 4,
        "end_column": 5,
        "severity": "warning",
        "code": "XL101",
        "message": "xl does not know `vcpu` and ignores it",
        "help": "write `vcpus`",
        "url": "https://xlcfg.github.io/xlcfg/rules/XL101/",
        "fix": {
            "title": "call it `vcpus`, which xl reads: the line takes effect then",
            "safe": False,
            "edits": [{"line": 4, "column": 1, "end_line": 4, "end_column": 5, "text": "vcpus"}],
        },
    }


def test_columns_count_characters_not_bytes(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + 'extra = "äöü"; vcpu = 2\n')
    found = [d for d in diagnostics(cli, path) if d["code"] == "XL101"]
    assert [(d["line"], d["column"]) for d in found] == [(4, 16)]


def test_stdin(cli: Cli) -> None:
    found = diagnostics(cli, "-", stdin=(GOOD + "vcpu=1\n").encode())
    assert [(d["path"], d["code"]) for d in found] == [("<stdin>", "XL101")]


def test_a_release_decides_what_is_read(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD + "vpmu = 1\n")
    assert [d["code"] for d in diagnostics(cli, path, "--xen", "4.14.6")] == ["XL102"]
    assert diagnostics(cli, path, "--xen", "4.17") == []


def test_directories_are_searched_for_guest_configs_only(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, "guest.cfg", GOOD)
    write(tmp_path, "setup.cfg", "[metadata]\nname = thing\n")
    (tmp_path / "auto").mkdir()
    write(tmp_path / "auto", "vm7", GOOD.replace("memory", "vcpu = 1\nmemory"))
    (tmp_path / ".git").mkdir()
    write(tmp_path / ".git", "g.cfg", GOOD + "broken\n")
    found = diagnostics(cli, tmp_path)
    assert [(d["path"], d["code"]) for d in found] == [(str(tmp_path / "auto/vm7"), "XL101")]


def test_sniff_leaves_other_files_alone(cli: Cli, tmp_path: Path) -> None:
    other = write(tmp_path, "setup.cfg", "[metadata]\nname = thing\n")
    guest = write(tmp_path, "g.cfg", GOOD)
    assert cli("check", other).returncode == 1
    done = cli("check", "--sniff", other, guest)
    assert done.returncode == 0
    assert "in 1 file." in done.stdout


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"", 1, "XL301"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\xff\xfe\0\0\n" * 50, 1, "error"),
        (b"a='" + b"x" * 5_000_000 + b"'\n", 1, "XL101"),
        (b"x" * 5_000_000, 1, "error"),
        (b'name="a"\nkernel="/k"\nroot="\xff\xfe"\n', 0, "No findings"),
    ],
    ids=["empty", "binary", "long-value", "long-word", "not-utf-8"],
)
def test_odd_bytes_are_handled(
    cli: Cli, tmp_path: Path, content: bytes, code: int, said: str
) -> None:
    done = cli("check", write(tmp_path, "g.cfg", content))
    assert done.returncode == code, done.stdout[:2000]
    assert said in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 300


def test_terminal_escapes_are_shown_not_sent(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", write(tmp_path, "g.cfg", GOOD + "vcpu = '\x1b[31mred\x07'\n"))
    assert "\x1b" not in done.stdout
    assert "\\x1b[31mred\\x07" in done.stdout


@pytest.mark.parametrize("extra", [[], ["--format", "json"]])
def test_what_cannot_be_read_exits_2(cli: Cli, tmp_path: Path, extra: list[str]) -> None:
    for path in (tmp_path / "missing.cfg", "/dev/zero", "bad\0name"):
        if "\0" in str(path):
            continue
        done = cli("check", path, *extra)
        assert done.returncode == 2
        assert "cannot be read" in done.stdout


def test_an_unreadable_file_does_not_hide_the_others(cli: Cli, tmp_path: Path) -> None:
    good = write(tmp_path, "g.cfg", GOOD + "vcpu=1\n")
    done = cli("check", tmp_path / "missing.cfg", good)
    assert done.returncode == 2
    assert "XL101" in done.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, "g.cfg", GOOD)
    path.chmod(0)
    done = cli("check", path)
    assert done.returncode == 2
    assert "permission denied" in done.stdout


def test_no_path_is_this_directory(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path, "g.cfg", GOOD + "vcpu = 2\n")
    for options in ([], ["--format", "json"], ["--diff"], ["--cmdline", "consol=vga"]):
        done, named = (cli("check", *options, *path, cwd=tmp_path) for path in ([], ["."]))
        assert done.stdout or done.stderr
        assert (done.returncode, done.stdout) == (named.returncode, named.stdout)
        assert done.stderr == named.stderr
    before = (tmp_path / "g.cfg").read_bytes()
    done = cli("check", "--fix", cwd=tmp_path)  # which writes, so it wants to be told what to
    assert done.returncode == 2
    assert "name files or directories" in done.stderr
    assert (tmp_path / "g.cfg").read_bytes() == before


def test_a_directory_without_configs(cli: Cli, tmp_path: Path) -> None:
    done = cli("check", tmp_path)
    assert done.returncode == 2
    assert "no guest config was found in this directory" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--xen", "3.4"], "no Xen release '3.4'"),
        (["--arch", "sparc"], "invalid choice"),
        (["--format", "morse"], "choose from checkstyle, concise"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_usage_errors_exit_2_on_stderr(
    cli: Cli, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = cli("check", write(tmp_path, "g.cfg", GOOD), *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_help_and_no_command(cli: Cli) -> None:
    done = cli("--help")
    assert done.returncode == 0
    for command in ("check", "cmdline", "policy", "replay", "explain"):
        assert command in done.stdout
    assert cli().returncode == 2


def test_a_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = write(tmp_path, "g.cfg", "".join(f"k{i} = 1\n" for i in range(20000)))
    root = Path(xlcfg.__file__).resolve().parent.parent
    script = f"{sys.executable} -m xlcfg check {path} | head -n 1"
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'plugins'}"},
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
