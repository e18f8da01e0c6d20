"""The real pre-commit runs the hook against a scratch repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from once import once
from packaging_help import ROOT

GOOD = 'name = "a"\nkernel = "/k"\nvcpus = 2\n'
OTHER = "[metadata]\nname = thing\nvcpu = 1\n"
BAD = 'name = "b"\nkernel = "/k"\nvcpu = 2\n'


def call(cwd: Path, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PYTHONPATH"))}
    if home is not None:
        env["PRE_COMMIT_HOME"] = str(home)
    env.update(
        GIT_AUTHOR_NAME="x", GIT_AUTHOR_EMAIL="x@example.org",
        GIT_COMMITTER_NAME="x", GIT_COMMITTER_EMAIL="x@example.org",
    )  # fmt: skip
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree as it is as a repository: pre-commit installs from a commit, once for all tests."""
    return once(tmp_path_factory, "hooks", lambda out: repository_of_hooks(out / "hooks")) / "hooks"


def repository_of_hooks(hooks: Path) -> None:
    hooks.mkdir()
    listed = call(ROOT, "git", "ls-files", "-co", "--exclude-standard", "-z")
    if listed.returncode == 0:
        names = [n for n in listed.stdout.split("\0") if n and (ROOT / n).is_file()]
    else:  # an unpacked sdist
        names = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file()]
    for name in names:
        if name.startswith(("xlcfg/", "grammars/", "plugins/", "ci/")) or "/" not in name:
            (hooks / name).parent.mkdir(parents=True, exist_ok=True)
            (hooks / name).write_bytes((ROOT / name).read_bytes())
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        assert call(hooks, "git", *arguments).returncode == 0


def fleet(tmp_path: Path) -> Path:
    """A repository with a good config and a file that only looks like one by its name."""
    repository = tmp_path / "fleet"
    repository.mkdir()
    (repository / "good.cfg").write_text(GOOD)
    (repository / "setup.cfg").write_text(OTHER)
    call(repository, "git", "init", "-q")
    call(repository, "git", "add", "-A")
    return repository


def run_hooks(repository: Path, hooks: Path, *chosen: str) -> subprocess.CompletedProcess[str]:
    """What the hooks say of all files, all of those that there are unless some are chosen.

    `pre-commit try-repo` would install them anew each time.
    """
    known = (hooks / ".pre-commit-hooks.yaml").read_text()
    names = re.findall(r"^- id: (\S+)", known, re.MULTILINE)
    config = repository.parent / "hooks.yaml"
    revision = call(hooks, "git", "rev-parse", "HEAD").stdout.strip()
    listed = "".join(f"      - id: {name}\n" for name in chosen or names)
    config.write_text(f"repos:\n  - repo: {hooks}\n    rev: {revision}\n    hooks:\n{listed}")
    command = [sys.executable, "-m", "pre_commit", "run", "-c", str(config), "--all-files", "-v"]
    home = hooks.parent / "pre-commit-home"
    return call(repository, *command, home=home)


def test_pre_commit_stops_a_bad_config_only(hooks: Path, tmp_path: Path) -> None:
    repository = fleet(tmp_path)
    good = run_hooks(repository, hooks, "xlcfg")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    (repository / "bad.cfg").write_text(BAD)
    call(repository, "git", "add", "-A")
    bad = run_hooks(repository, hooks, "xlcfg")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "bad.cfg:3:1: warning[XL101]" in bad.stdout
    assert "good.cfg" not in bad.stdout.replace("good.cfg: runstate", "")
    assert "setup.cfg" not in bad.stdout


def test_pre_commit_formats_configs_only(hooks: Path, tmp_path: Path) -> None:
    repository = fleet(tmp_path)
    good = run_hooks(repository, hooks, "xlcfg-fmt")
    assert good.returncode == 0, good.stdout + good.stderr
    messy = repository / "messy.cfg"
    messy.write_text(GOOD.replace(" = ", "="))
    call(repository, "git", "add", "-A")
    done = run_hooks(repository, hooks, "xlcfg-fmt")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "files were modified by this hook" in done.stdout
    assert messy.read_text() == GOOD
    assert (repository / "setup.cfg").read_text() == OTHER
    (repository / "refused.cfg").write_text("vcpus = 2\nmemory = 5\nname = web\n")
    call(repository, "git", "add", "-A")
    done = run_hooks(repository, hooks, "xlcfg-fmt")
    assert done.returncode == 1
    assert "refused.cfg:3:8: error[XL005]" in done.stdout


#: files that no hook may touch or report: what else has these names
FOREIGN = {
    "setup.cfg": "[metadata]\nname = thing\nvcpus = 2\nmemory = 1\n",
    "addons/plugin.cfg": '[plugin]\nname="dice"\ntype="tool"\nvcpus=1\n',
    "poetry.cfg": 'name  = "x"\ntype  = "library"\nboot = 1\n\n[tool.x]\na = 1\n',
    "haproxy.cfg": "global\n  maxconn 10\ndefaults\n  mode http\nfrontend f\n  bind *:80\n",
    "nagios.cfg": "log_file=/var/log/nagios.log\ndefine host{\n  name  web\n}\n",
    "ks.cfg": "bootloader --location=mbr\nnetwork --device=eth0\n%packages\n%end\n",
    "printer.cfg": "[mcu]\nserial: /dev/ttyUSB0\n",
    "openocd.cfg": "source [find interface/jlink.cfg]\nset CHIPNAME x\n",
    "libconfig.cfg": 'application:\n{\n  title = "x";\n  size = ( 1, 2 );\n};\n',
    "guests/nginx.conf": "server {\n  listen 80;\n}\n",
    "vms/app.conf": "[db]\nname = app\nmemory  = 5\n",
    "etc/xen/README": "Put a guest's config here.\n",
    "etc/default/grub": "GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX='quiet  x'\n",
    "linux/grub.cfg": "menuentry 'Linux' {\n  linux /vmlinuz root=/dev/sda1 dom0_mem=lots\n}\n",
    "linux/extlinux.conf": "label l\n  kernel /vmlinuz\n  append root=/dev/sda1 dom0_mem=lots\n",
    "linux/board.dts": '/dts-v1/;\n/ { chosen { bootargs = "dom0_mem=lots"; }; };\n',
    "linux/loader/entries/arch.conf": "title Arch\nlinux /vmlinuz\noptions dom0_mem=lots\n",
    "nixos/web.nix": '{ ... }:\n{\n  name = "x";\n  memory = 5;\n  vcpus = 2;\n}\n',
    "scripts/run.sh": '#!/bin/sh\nname="web"\nmemory=5\nvcpus=2\nxl create $name\n',
    "boot/loader.conf": 'zfs_load="YES"\nkernel="x"\n',
    "logs/console.log": "Linux version 6.1\nCommand line: dom0_mem=lots\n",
    "main.tf": 'resource "vm" "x" {\n  name = "web"\n  memory = 5\n  vcpus = 2\n}\n',
    "xenial.cfg": "[deploy]\nkernel=/k\nseries=xenial\n",
    "main.py": "vcpu = 2\nname = 'x'\nmemory = 1\n",
    "legacy/old.cfg": BAD.replace(" = ", "="),  # excluded by the project
}
#: guests with a finding, which the formatter has something to do with
GUESTS = {
    "web.cfg": BAD.replace(" = ", "="),
    "domains/db.conf": BAD.replace("b", "d", 1).replace(" = ", "="),
    "etc/xen/mail": BAD.replace("b", "m", 1).replace(" = ", "="),
    "old.pv": BAD.replace('"b"', '"o"').replace(" = ", "="),
    # guests whose names look like a boot loader's
    "xen-guest.cfg": BAD.replace('"b"', '"x"').replace(" = ", "="),
}
#: files of a host with a finding
HOST = {
    "xen/etc/default/grub": "GRUB_CMDLINE_XEN='dom0_mem=lots'\n",
    "xen/etc/default/grub.d/xen.cfg": "GRUB_CMDLINE_XEN_DEFAULT='dom0_mem=lots'\n",
    "xen/grub.cfg": "menuentry 'Xen' {\n  multiboot2 /xen.gz dom0_mem=lots\n  module2 /k\n}\n",
    "xen/xen.cfg": "[global]\ndefault=x\n\n[x]\noptions=dom0_mem=lots\nkernel=vmlinuz\n",
    "xen/extlinux.conf": "label x\n  kernel mboot.c32\n  append xen.gz dom0_mem=lots --- vmlinuz\n",
    "xen/board.dts": '/dts-v1/;\n/ { chosen { xen,xen-bootargs = "dom0_mem=lots"; }; };\n',
    "xen/boot/loader/entries/xen.conf": "title Xen\nefi /xen.efi\noptions dom0_mem=lots -- quiet\n",
    "etc/xen/xl.conf": 'autobaloon = "off"\n',
    "xen/limine.conf": "/Xen\nprotocol: multiboot2\npath: xen.gz\ncmdline: dom0_mem=lots\n",
    "bsd/loader.conf": 'xen_kernel="/boot/xen"\nxen_cmdline="dom0_mem=lots"\n',
    "heads/kexec_default.1.txt": "Xen|xen|kernel /xen.gz dom0_mem=lots|module /vmlinuz\n",
    "nixos/xen.nix": '{ virtualisation.xen.bootParams = [ "dom0_mem=lots" ]; }\n',
    "scripts/setup.sh": "#!/bin/sh\nxen-cmdline --set-xen dom0_mem=lots\n",
    "logs/dmesg.txt": "(XEN) Xen version 4.17.3 (x)\n(XEN) Command line: dom0_mem=lots\n",
    "pools/lab.cfg": 'name = "lab"\nsched = "credit9"\n',
}


def test_each_hook_looks_at_its_own_files_only(hooks: Path, tmp_path: Path) -> None:
    repository = tmp_path / "mixed"
    for name, text in {**FOREIGN, **GUESTS, **HOST}.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (repository / ".xlcfg.toml").write_text('exclude = ["legacy"]\n')
    assert call(repository, "git", "init", "-q").returncode == 0
    call(repository, "git", "add", "-A")
    call(repository, "git", "commit", "-qm", "x")
    done = run_hooks(repository, hooks)
    assert done.returncode == 1, done.stdout + done.stderr
    parts = re.split(r"^- hook id: (\S+)$", done.stdout, flags=re.MULTILINE)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(said) == ["xlcfg", "xlcfg-cmdline", "xlcfg-fmt"]
    named = {
        hook: sorted(re.findall(r"^([^\s:]+):\d+:\d+: \w+\[(?:XL|BL|XC|CP)", text, re.MULTILINE))
        for hook, text in said.items()
    }
    assert named["xlcfg"] == sorted(GUESTS)
    assert f"in {len(GUESTS)} files." in said["xlcfg"]
    assert named["xlcfg-cmdline"] == sorted(HOST)
    assert f"in {len(HOST)} files." in said["xlcfg-cmdline"]
    assert named["xlcfg-fmt"] == []
    changed = call(repository, "git", "diff", "--name-only").stdout.split()
    assert changed == sorted(GUESTS)
    assert "files were modified by this hook" in said["xlcfg-fmt"]
