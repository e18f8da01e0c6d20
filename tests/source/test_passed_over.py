"""What a search looks at: what only xl reads, and what it is told to; the rest is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import ROOT, Cli
from xlcfg.source.kinds import recognise

#: pieces of guest configs, and broken ones
OURS = {
    "broken.cfg": 'vnuma = [ [ "pnode=0", "size=1024", "vcpus=0-1", "vdistances=10,20"\n',
    "named-and-broken.cfg": 'name = "x"\nvnuma = [ [ "pnode=0"\n',
    "fragment.cfg": "memory = 512\nusbdev = [ 'type=hostdev,hostbus=1,hostaddr=3' ]\n",
    "disks.cfg": "disk = [ 'phy:/dev/vg/web,xvda,w' ]\n",
    "disks.inc": "disk = [\n  'vdev=xvda,target=/dev/vg/web',\n]\n",
    "spice.inc": "spice = 1\nspicepasswd = 'x'\nspiceusbredirection = 2\n",
    "added.cfg": "vif += [ 'bridge=br0' ]\n",
    "single.cfg": "max_grant_frames = 64\n",
    # what the configs of xm did, and mistakes
    "xm.cfg": 'import os\nname = "x"\nmemory = 64\nif os.path.exists("/k"):\n    kernel = "/k"\n',
    "stray.cfg": 'name = "x"\nkernel = "/k"\nmemory = 512\ntype = "pvh"\nexport FOO=1\n',
    "colon.cfg": 'name = "x"\nkernel = "/k"\nmemory: 512\n',
    "placeholder.cfg": "name = \"$NAME\"\nkernel = '${DIR}/k'\nmemory = 512\n",
    "note.cfg": 'name = "x"\nkernel = "/k"\n# note: $x\nmemory = 5\n',
    "mark.cfg": '\ufeffname = "x"\nkernel = "/k"\n',
    "one-line.cfg": 'name = "x"; kernel = "/k"; memory = 5',
    "typo.cfg": "device_model_version = 'qemu-xen'\nnr_spi = 3\nmaxmen = 2\n",
}

#: files of other programs, some with words that xl has too
OTHERS = {
    "setup.cfg": "[metadata]\nname = x\n[options]\npackages = find:\nmemory = 3\n",
    "tox.cfg": "name = 'x'\ntype = 3\n"[:10],
    "versioneer.cfg": "[versioneer]\nVCS = git\nvcpus = 3\n",
    "ansible.cfg": "[defaults]\ninventory = hosts\ntimeout = 30\npool = 4\n",
    "server.cfg": 'set hostname "x"\nsv_maxclients 12\nseta pool "1"\n',
    "game.cfg": 'display = "1920"\nvga = 3\nserial = "COM1"\nkeymap = "de"\n',
    "klipper.cfg": "[mcu]\nserial: /dev/ttyS0\n[printer]\nmax_accel: 3000\n",
    "uwsgi.cfg": 'pool = 3\nroot = "/srv"\n'[:9],
    "Makefile": "CC = gcc\nroot = '/'\nvga = 3\ncpuid = 7\nfoo = 3\nbar = 4\nbaz = '5'\n",
    "make.cfg": 'name = "x"\ntype = "lib"\nmemory = 3\nall: $(name)\n\tgcc -o $@ $<\n',
    "rules.mk": 'name := x\nname = "x"\nkernel = "y"\n.PHONY: all\n',
    "build": 'name="x"\nkernel="y"\nif [ -n "$1" ]; then\n  name=$1\nfi\necho "$name"\n',
    "install": 'name="x"\nvcpus=2\nmemory=512\ncd /tmp\nvirt-install --name $name --vcpus $vcpus\n',
    "PKGBUILD": 'name="x"\nuuid="y"\nbuild() {\n  make\n}\n',
    "setup": 'from setuptools import setup\nname = "x"\ntype = "y"\nuuid = "z"\nsetup(name=name)\n',
    "conf.lua": 'name = "x"\ndisk = "y"\nlocal t = 3\nfunction f() end\n',
    "CMakeLists.cfg": 'set(name "foo")\nname = "x"\nuuid = "y"\nadd_library(foo)\n',
    "pkg.cfg": 'name = "foo"\ntype = "bin"\nversion = "1"\n',
    "ini": 'name="a"\ntype="b"\nother=1\n',
    "pkg-config": 'name="x"\nroot="/usr"\nLibs: -lfoo\n',
    "unit.cfg": '[Unit]\nDescription="x"\n[Service]\nType="simple"\nname="x"\ntype="y"\nroot="/"\n',
    "app.cfg": '[Desktop Entry]\nname="x"\ntype="Application"\nroot="/"\n',
    "git.cfg": '[user]\n\tname = "me"\n\ttype = "x"\n\troot = "/"\n',
    "meta.cfg": '[metadata]\nname = "foo"\ntype = "x"\nuuid = "3"\n',
    "crate.cfg": '[package]\nname = "foo"\ntype = "lib"\nroot = "."\n',
    "yaml.cfg": 'version: 3\nname: "x"\nservice: a\nname = "y"\nroot = "/"\n',
    "job.cfg": 'Job {\n  name = "x"\n  type = "Backup"\n  pool = "p"\n}\n',
    "tcl.cfg": 'set name "x"\nname = "y"\ntype = "z"\nroot = "/"\nputs $name\n',
    "haproxy.cfg": "global\n  maxconn 256\ndefaults\n  mode http\n",
    "settings": "DEBUG = 1\nSECRET = 'x'\ncpu_weight = 3\nNAME='y'\nlog_level = 2\nlogs = 3\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def looked_at(cli: Cli, *arguments: Any) -> tuple[int, set[str], str]:
    done = cli("check", "--no-cache", "--isolated", "--format", "json", *arguments)
    data = json.loads(done.stdout)
    paths = {entry["path"] for name in ("diagnostics", "policies") for entry in data[name]}
    return done.returncode, {Path(path).name for path in paths}, done.stderr


def test_a_search_takes_what_only_xl_reads(cli: Cli, tmp_path: Path) -> None:
    write(tmp_path / "all", {**OURS, **OTHERS})
    code, found, said = looked_at(cli, tmp_path / "all")
    assert (found, said) == (set(OURS), "")
    assert code == 1


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_others_are_no_guests(name: str) -> None:
    assert recognise(name, OTHERS[name].encode()) == ""


def test_nothing_of_this_tree_but_guests_is_taken_for_one(cli: Cli) -> None:
    """Sources, settings and pages of a Python project: none is a guest config."""
    for folder in ("xlcfg", "docs", "ci", "grammars"):
        code, _, _ = looked_at(cli, ROOT / folder)
        assert code == 2, folder  # IO004: nothing is found


def test_what_the_kind_names_is_checked(cli: Cli, tmp_path: Path) -> None:
    write(
        tmp_path / "d",
        {
            "plain.cfg": 'name = "x"\n',
            "empty.cfg": "",
            "web01": "memory = 5\n",
            "README": "How to write guests.\n",
            "vif-script": "#!/bin/sh\nx=3\n",
            "xl.conf": "autoballoon=1\n",
            "guest.log": "memory = 5\n",
        },
    )
    (tmp_path / "d" / "blob").write_bytes(b"\0name = 3\n")
    assert looked_at(cli, tmp_path / "d") == (0, set(), "")
    _, found, _ = looked_at(cli, "--kind", "guest", tmp_path / "d")
    assert found == {"plain.cfg", "empty.cfg", "web01"}
    (tmp_path / "d" / "line").write_text("dom0_mem=4G foo=1\n")
    _, found, _ = looked_at(cli, "--kind", "boot-line", tmp_path / "d")
    assert "line" in found


def test_what_is_passed_over_is_told(cli: Cli, tmp_path: Path) -> None:
    folder = write(tmp_path / "d", {"a.cfg": 'name = "x"\nkernel = "/k"\n', "b.cfg": "[x]\n"})
    (folder / "c.py").write_text("vcpus = 3\n")
    (folder / ".git").mkdir()
    (folder / "d.cfg").write_text('name = "d"\nkernel = "/k"\n')
    (folder / "e\x1b[31m.txt").write_text("")
    (folder / "g.conf").write_text("autoballoon=1\n")
    (folder / "h.cfg").symlink_to("a.cfg")
    for flag in ("-v", "--verbose"):
        _, found, said = looked_at(cli, flag, "--exclude", "d.cfg", "--kind", "guest", folder)
        assert found == {"a.cfg"} | ({"b.cfg"} & found)
        assert "\x1b" not in said
        for name, why in (
            ("c.py", "files with this ending are not searched for"),
            (".git", "the folder is not searched"),
            ("d.cfg", "it is excluded"),
            ("txt", "it looks like nothing that xlcfg checks"),
            ("g.conf", "it looks like xl.conf, not guest"),
            ("h.cfg", "it is named more than once"),
        ):
            assert f"{name}: passed over: {why}\n" in said, said
    assert looked_at(cli, "--exclude", "d.cfg", folder)[2] == ""
    _, _, said = looked_at(cli, "-v", "--only", "host", folder)
    assert "a.cfg: passed over: it is not what --only host is about" in said


def test_tracebacks_of_plugins_are_shown_when_asked_for(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "bad_one").mkdir()
    (tmp_path / "bad_one" / "__init__.py").write_text("")
    (tmp_path / "bad_one" / "it.py").write_text("def xlcfg_rules():\n    raise SystemExit(0)\n")
    path = tmp_path / "a.cfg"
    path.write_text('name = "x"\nkernel = "/k"\n')
    env = {
        "PYTHONPATH": f"{tmp_path}:{ROOT}:{ROOT / 'plugins'}",
        "XLCFG_PLUGINS": "bad_one.it",
    }
    assert cli("check", path, env=env).stderr == ""
    assert "plugin bad_one.it in xlcfg_rules:" in _stderr(tmp_path, path, env)


def _stderr(folder: Path, path: Path, env: dict[str, str]) -> str:
    import os
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "xlcfg", "check", "--verbose", path],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        cwd=folder,
        check=False,
    )
    assert done.returncode == 1
    assert "PL001" in done.stdout
    assert "Traceback (most recent call last):" in done.stderr
    assert "it.py" in done.stderr
    return done.stderr


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_a_guest_in_another_encoding_is_refused_and_not_passed_over(
    cli: Cli, tmp_path: Path, encoding: str
) -> None:
    text = 'name = "x"\nkernel = "/k"\nmemory = 5\n'
    mark = "\ufeff" if encoding[-3:] in ("-le", "-be") else ""
    (tmp_path / "a.cfg").write_bytes((mark + text).encode(encoding))
    assert "error[XL003]" in cli("check", tmp_path).stdout
