"""Files given by name that are no guest configs: one line about each, never a list of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support import Cli, make_linter
from xlcfg.checks.file import check_any
from xlcfg.core.source import Source
from xlcfg.source.kinds import recognise

OTHERS = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\n",
    "fstab": "# <file system> <mount point>\nUUID=a-b / ext4 errors=remount-ro 0 1\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
    "os-release": 'NAME="Debian"\nVERSION="12"\nID=debian\nHOME_URL="https://x"\n',
    "script.sh": '#!/bin/sh\nname="web"\nmemory="1024"\nvcpus=2\nxl create $name\necho "$memory"\n',
    "snippet": "name=web\ndisk=/dev/sda\necho $name\nexport disk\n",
    "main.tf": 'resource "vm" "x" {\n  name = "web"\n  memory = 512\n  vcpus = 2\n}\n',
    "flake.nix": '{ pkgs, ... }:\n{\n  name = "x";\n  type = "y";\n  memory = 3;\n}\n',
    "unit.service": "[Unit]\nDescription=x\n[Service]\nType=simple\nExecStart=/bin/true\n",
    "Cargo.toml": '[package]\nname = "x"\nversion = "1"\ntype = "lib"\n',
    "compose.yaml": "services:\n  web:\n    image: x\n    command: a\n    ports:\n      - 80\n",
    "user-data": "#cloud-config\nhostname: x\nusers:\n  - name: a\nruncmd:\n  - [ls]\n",
    "nginx.conf": "server {\n  listen 80;\n  root /var/www;\n}\n",
    "Dockerfile": 'FROM debian\nENV name=x\nRUN echo a\nCMD ["a"]\n',
    "prog.c": '#include <stdio.h>\nint main(void)\n{\n    name = "x";\n    memory = 2;\n}\n',
    "prog.py": "import os\nimport sys\n\ndef f():\n    return os.name\n\nprint(f())\n",
    "data.json": '{"name": "web", "memory": 512, "vcpus": 2}\n',
    "list.json": '[ {"domid": 1, "config": {"c_info": {"type": "pv"}, "b_info": {}}} ]\n',
    "page.html": "<!DOCTYPE html>\n<html><body>name = 1</body></html>\n",
    "linux.log": "Jan 1 h kernel: [ 0.0] Linux\nJan 1 h kernel: Command line: root=/dev/x\n",
    "xl.1": '.TH XL 1\n.SH NAME\nname = "x"\nmemory = 5\nvcpus = 2\n',
    "README.md": "# Guests\n\n" + "This is a text of many words about guests.\n" * 9
    + '\n    name = "web"\n    memory = 512\n    vcpus = 2\n',
    "all-comments": "# see sysctl.conf(5)\n#net.ipv4.ip_forward=1\n#include <sys/poll.h>\n",
    "table.csv": "name,memory,vcpus\nweb,512,2\n",
    "sysctl.conf": "net.ipv4.ip_forward = 1\nkernel.sysrq = 0\nvm.swappiness = 10\n",
    "binary": "\x7fELF\x02\x01\x01" + "\0\x01\x02\x03\x04" * 40,
    "xend-config.sxp": "(xend-http-server yes)\n(network-script network-bridge)\n",
    "Vagrantfile": 'Vagrant.configure("2") do |c|\n  c.vm.box = "x"\n  c.memory = 512\nend\n',
    "app.properties": "server.port=8080\nserver.name=x\nlogging.level=info\n",
    "uEnv.txt": "uenvcmd=run loadxen; run bootxen\nfdtfile=a.dtb\nbootargs=console=ttyS0\n",
    "env.txt": "bootargs=console=ttyS0 root=/dev/a\nxen_addr_r=0x1000000\nkernel=Image\n",
    "config.txt": "arm_64bit=1\nkernel=xen\nenable_uart=1\n",
    "xen-tools.conf": "dir = /home/xen\nsize = 4Gb\nmemory = 128Mb\nmaxmem = 256Mb\nswap = 128Mb\n"
    "fs = ext3\ndist = stable\nkernel = /boot/vmlinuz-`uname -r`\nvcpus = 1\n",
    "store": 'local = ""\n domain = ""\n  1 = ""\n   name = "web"\n   memory = ""\n',
    "store-below": 'vm = ""   (n0,r1)\n name = "web"\n memory = "5"\n vcpus = "1"\n',
    "Makefile": 'name = "web"\ntype = "lib"\nkernel = "k"\nall: web\n\tgcc -o $@ $<\n',
    "start": 'name="web"\nmemory=512\nif [ "$1" ]; then\n  memory=$1\nfi\nxl create /etc/$name\n',
    "vm.yaml": "name: web\nmemory: 512\nvcpus: 2\n",
    "ks.cfg": "bootloader --location=mbr\nnetwork --device=eth0\n%packages\n%end\n",
}  # fmt: skip

#: guest configs with mistakes, however bad: what xl says of them has to be said
GUESTS = {
    "empty": "",
    "comments.cfg": "# the guest of the web\n# nothing yet\n",
    "commented": '# the guest of the web\n#name = "web"\n#vcpus = 2\n',
    "no-equals": "name web\nmemory 512\nvcpus 2\n",
    "colons": 'name: "web"\nkernel: "/boot/x"\nvcpus: 2\n',
    "typo": "nmae = web\n",
    "bootargs": 'name = "web"\nkernel = "/k"\nbootargs = "quiet"\n',
    "image": 'name = "web"\nkernel = "/k"\nimage = "/a"\nsize = 5\ndir = "/b"\n',
    "empty-first": 'name = ""\nmemory = 512\nvcpus = 2\n',
    "one-typo": "vcpu = 2\n",
    "open-string": 'name = "a\nkernel = /boot/vmlinuz\n',
    "semicolons": "name = web; memory = 5;\n",
    "capitals": 'NAME = "web"\nVcpus = 2\nMEMORY = 5\n',
    "python": 'import os\nif True:\n    name = "a"\ndisk = [ "phy:/dev/x,xvda,w" ]\n',
    "interpreter": '#!/usr/sbin/xl create\nname = "web"\nmemory = 512\n',
    "stray": '[ general\nname = "a"\nkernel = "/k"\nvcpus = 2\n',
    "section": '[vm]\nname = "a"\nkernel = "/k"\nvcpus = 2\nvif = [ "" ]\n',
    "section-later": 'name = "web"\n[network]\nmemory = 512   // MiB\n',
    "mark": '\xef\xbb\xbfname = "web"\n',
    "code": 'import os\nname = u"web01"\nif os.path.exists("/k"):\n    kernel = "/k"\n',
    "image.cfg": "\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\n",
    "unknown.cfg": 'frob = "x"\n',
    "braces": 'name = "a"\nkernel = "/k"\nvcpus = 2\nx {\n}\n',
    "prose.txt": 'name = "a"\nkernel = "/k"\nvcpus = 2\nthis line has no hash before it\n',
    "libvirt-like": 'memory = 512\nvcpus = 2\nbroken line\n"\n',
}


def found(name: str, text: str) -> list[str]:
    source = Source(name, text.encode("latin-1"))
    source.kind = recognise(f"/x/{name}", source.data)
    reports = check_any(source, make_linter("4.22", "x86_64"))
    return [d.code for report in reports for d in report.diagnostics]


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_guest_config_is_told_in_a_line(name: str) -> None:
    # what begins like XML is read as a domain of libvirt, and told not to be one
    assert found(name, OTHERS[name]) == ["IO007" if name == "page.html" else "IO012"]


@pytest.mark.parametrize("name", GUESTS)
def test_a_guest_config_with_mistakes_stays_one(name: str) -> None:
    codes = found(name, GUESTS[name])
    assert codes
    assert "IO012" not in codes
    assert all(code.startswith("XL") for code in codes)


def test_a_kind_that_is_said_counts() -> None:
    source = Source("passwd", OTHERS["passwd"].encode())
    source.kind = "guest"
    reports = check_any(source, make_linter("4.22", "x86_64"))
    assert {d.code for report in reports for d in report.diagnostics} == {"XL001"}


def test_no_command_lists_mistakes_of_another_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "passwd"
    path.write_text(OTHERS["passwd"])
    for command in (["check"], ["parse"], ["fmt"], ["policy"], ["check", "--fix"]):
        done = cli(*command, path)
        assert done.returncode != 0
        assert "this is no guest config: it sets nothing" in done.stdout + done.stderr
        assert "XL0" not in done.stdout + done.stderr
    assert path.read_text() == OTHERS["passwd"]


def test_what_sets_variables_is_not_formatted(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "os-release"
    path.write_text(OTHERS["os-release"])
    assert cli("fmt", path).returncode == 1
    assert path.read_text() == OTHERS["os-release"]


def test_parse_reads_a_log_for_its_release(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "dmesg"
    path.write_text(
        "(XEN) Xen version 4.9.1 (x) (aarch64-linux-gnu-gcc 6)\n(XEN) Command line: tpyo=1\n"
    )
    shown = json.loads(cli("parse", path).stdout)
    assert (shown["kind"], shown["xen"], shown["arch"]) == ("xen-log", "4.9", "arm64")
    # Xen says nothing of parameters before 4.10
    assert shown["lines"][0]["messages"] == []
    assert json.loads(cli("parse", "--xen", "4.10", path).stdout)["lines"][0]["messages"]


@pytest.mark.parametrize("option", [(), ("--isolated",)])
def test_the_release_that_is_named_counts_for_a_log(
    cli: Cli, tmp_path: Path, option: tuple[str, ...]
) -> None:
    path = tmp_path / "dmesg"
    path.write_text("(XEN) Xen version 4.9.1 (x)\n(XEN) Command line: tpyo=1\n")
    assert "warning[BL101]: Xen 4.9" in cli("check", *option, path).stdout
    assert "error[BL101]: Xen 4.17" in cli("check", *option, "--xen", "4.17", path).stdout


def test_a_boot_loaders_file_without_xen_is_told(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "grub"
    path.write_text("GRUB_TIMEOUT=5\n")
    done = cli("check", path)
    assert (done.returncode, "info[IO013]" in done.stdout) == (0, True)
