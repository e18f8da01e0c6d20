"""What editors get: colours for every key of the catalogue, and a client that starts the server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import needs
import xlcfg
from support import ROOT
from xlcfg.catalogue import guest_options

VSCODE = ROOT / "editors" / "vscode"
VIM = ROOT / "editors" / "vim"


def test_the_syntax_files_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "editors" / "build.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_key_is_in_them() -> None:
    grammar = json.loads((VSCODE / "syntaxes" / "xlcfg.tmLanguage.json").read_text())
    (pattern,) = (
        p["match"]
        for p in grammar["patterns"]
        if p.get("captures", {}).get("1", {}).get("name", "").startswith("support.")
    )
    vim = (VIM / "syntax" / "xlcfg.vim").read_text()
    lines = re.findall(r"^syn keyword xlcfgKey contained (.*)$", vim, re.MULTILINE)
    known = set(" ".join(lines).split())
    keys = {option.name for option in guest_options()}
    assert keys <= known
    assert all(re.fullmatch(pattern.replace("(?<=;)", "(?:)"), f"{key} =") for key in keys)


def test_versions_are_pinned_and_no_host_is_named() -> None:
    package = json.loads((VSCODE / "package.json").read_text())
    for group in ("dependencies", "devDependencies"):
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in package[group].values())
    assert not (VSCODE / "package-lock.json").exists() or "node_modules/" in (
        ROOT / ".gitignore"
    ).read_text(encoding="utf-8")
    for name in ("language-configuration.json", "syntaxes/xlcfg.tmLanguage.json"):
        assert json.loads((VSCODE / name).read_text())


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """npm in the extension's folder, where tests/run or somebody else has installed its tools."""
    command = [needs.require("npm"), *arguments]
    return subprocess.run(command, cwd=VSCODE, capture_output=True, text=True, check=False)


def test_the_extension() -> None:
    done = npm("test")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_extension_can_be_packaged() -> None:
    needs.require("node")
    done = npm("run", "package")
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(VSCODE / "xlcfg.vsix") as package:
        inside = set(package.namelist())
        about = json.loads(package.read("extension/package.json"))
    for name in ("dist/extension.js", "syntaxes/xlcfg.tmLanguage.json", "LICENSE.txt"):
        assert f"extension/{name}" in inside
    assert not [name for name in inside if "node_modules" in name or "test" in name]
    assert about["version"] == xlcfg.__version__


CONFIG = """\
# a comment
vcpus = 0x2
vcpu = "a\\tb"
disk = [ 'format=raw,vdev=xvda' ]
"""


@pytest.mark.parametrize(
    ("line", "column", "group"),
    [
        (1, 3, "xlcfgComment"),
        (2, 1, "xlcfgKey"),
        (2, 9, "xlcfgNumber"),
        (3, 1, "xlcfgSetting"),
        (3, 9, "xlcfgString"),
        (3, 10, "xlcfgEscape"),
        (4, 11, "xlcfgWord"),
        (4, 22, "xlcfgWord"),
        (4, 18, "xlcfgString"),
    ],
)
def test_vim_colours(line: int, column: int, group: str, tmp_path: Path) -> None:
    vim = needs.require("vim")
    (tmp_path / "g.xl.cfg").write_text(CONFIG, encoding="utf-8")
    script = tmp_path / "script.vim"
    script.write_text(
        f"set nocompatible rtp+={VIM}\nfiletype plugin on\nsyntax on\nedit {tmp_path}/g.xl.cfg\n"
        f"call writefile([&ft, synIDattr(synID({line}, {column}, 1), 'name')], "
        f"'{tmp_path}/out')\nqall!\n",
        encoding="utf-8",
    )
    subprocess.run(
        [vim, "-u", "NONE", "-i", "NONE", "-n", "-es", "-S", str(script)],
        capture_output=True,
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert (tmp_path / "out").read_text().split() == ["xlcfg", group]
