"""GRUB's images: where the kernel is on a disk, and what GRUB is told."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

import pytest

from xlcfg.record.errors import RecordError
from xlcfg.record.grub import Maker, grub_disk, grub_kernel

SECTOR = 512
#: Stands in for grub-mkimage: an image that holds the script, and what it was asked for.
MAKER = """\
import sys
words = sys.argv[1:]
config = open(words[words.index("-c") + 1]).read()
disk = open(words[words.index("-m") + 1], "rb").read() if "-m" in words else b""
out = open(words[words.index("-o") + 1], "wb")
out.write(" ".join(words).encode() + b"\\0" + config.encode() + b"\\0" + disk)
"""


def maker(folder: Path) -> Maker:
    first = folder / "usr/lib/grub/i386-pc/boot.img"
    first.parent.mkdir(parents=True, exist_ok=True)
    program = folder / "maker.py"
    program.write_text(MAKER)
    first.write_bytes(b"B" * SECTOR)
    return Maker((sys.executable, str(program)), folder)


def test_a_disk_has_the_kernel_where_grub_is_told(tmp_path: Path) -> None:
    kernel, initrd = b"K" * 1300, b"I" * 600
    disk = grub_disk(maker(tmp_path), tmp_path, kernel, initrd, "console=hvc0 a=$b")
    assert disk[:SECTOR] == b"B" * SECTOR
    words, config = disk[SECTOR:].split(b"\0")[:2]
    assert b"-O i386-pc" in words
    assert config == (b"linux (hd0)4096+3 'console=hvc0' 'a=$b'\ninitrd (hd0)4099+2\nboot\n")
    assert disk[4096 * SECTOR :] == kernel + bytes(236) + initrd + bytes(424)
    alone = grub_disk(maker(tmp_path), tmp_path, kernel, None, "")
    assert b"initrd" not in alone


@pytest.mark.parametrize(("kind", "platform"), [("pv", "x86_64-xen"), ("pvh", "i386-xen_pvh")])
def test_a_kernel_with_a_disk_inside(tmp_path: Path, kind: str, platform: str) -> None:
    image = grub_kernel(maker(tmp_path), kind, tmp_path, b"KERNEL", b"INITRD", "quiet")
    words, config, disk = image.split(b"\0", 2)
    assert f"-O {platform}".encode() in words
    assert config == b"linux (memdisk)/kernel 'quiet'\ninitrd (memdisk)/initrd\nboot\n"
    with tarfile.open(fileobj=io.BytesIO(disk)) as tar:
        files = {name: tar.extractfile(name) for name in tar.getnames()}
        assert {n: f.read() for n, f in files.items() if f} == {
            "kernel": b"KERNEL",
            "initrd": b"INITRD",
        }


def test_lines_that_grub_would_change(tmp_path: Path) -> None:
    for line in ('a="b c"', "it's", "a\\b"):
        with pytest.raises(RecordError, match="neither quotes nor backslashes"):
            grub_disk(maker(tmp_path), tmp_path, b"K", None, line)


def test_a_maker_that_fails(tmp_path: Path) -> None:
    made = maker(tmp_path)
    (tmp_path / "maker.py").write_text("import sys\nsys.exit('no such platform')\n")
    with pytest.raises(RecordError, match="cannot be made: no such platform"):
        grub_disk(made, tmp_path, b"K", None, "")
