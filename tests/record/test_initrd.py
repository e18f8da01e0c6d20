"""The initial RAM disk with the load."""

from __future__ import annotations

import gzip
import stat
import subprocess

import pytest

from xlcfg.record.initrd import LOAD_BEGINS, LOAD_ENDS, initrd


def entries(archive: bytes) -> dict[str, tuple[int, bytes, int]]:
    """name -> (mode, data, device) of a cpio archive of the "newc" form."""
    found = {}
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * n : at + 14 + 8 * n], 16) for n in range(13)]
        name = archive[at + 110 : at + 110 + fields[11] - 1].decode()
        at += (110 + fields[11] + 3) & ~3
        data = archive[at : at + fields[6]]
        at += (fields[6] + 3) & ~3
        if name == "TRAILER!!!":
            return found
        found[name] = fields[1], data, fields[9] << 8 | fields[10]


def test_what_is_in_it() -> None:
    found = entries(gzip.decompress(initrd(b"\x7fELF busybox", 2)))
    assert found["bin/busybox"][1] == b"\x7fELF busybox"
    assert stat.S_ISLNK(found["bin/sh"][0])
    assert found["bin/sh"][1] == b"busybox"
    assert stat.S_ISDIR(found["proc"][0])
    mode, _, device = found["dev/console"]
    assert stat.S_ISCHR(mode)
    assert device == 0x501
    assert found["init"][0] & 0o111


def test_the_load_is_a_script_that_a_shell_understands() -> None:
    script = entries(gzip.decompress(initrd(b"", 3, 7)))["init"][1]
    assert subprocess.run(["sh", "-n"], input=script, check=False).returncode == 0
    text = script.decode()
    assert LOAD_BEGINS in text
    assert LOAD_ENDS in text
    assert "for p in 0 1 2 3; do work & done" in text
    assert "-lt 7 ]" in text
    assert text.rstrip().endswith("poweroff -f")


def test_every_program_of_the_load_is_there() -> None:
    found = entries(gzip.decompress(initrd(b"", 2)))
    for name in ("mount", "cat", "dd", "usleep", "poweroff", "echo", "sh"):
        assert f"bin/{name}" in found


@pytest.mark.parametrize("vcpus", [1, 8])
def test_it_is_the_same_each_time(vcpus: int) -> None:
    assert initrd(b"x" * 1001, vcpus) == initrd(b"x" * 1001, vcpus)
