"""A small initial RAM disk: busybox, and a load in user mode that makes vCPUs switch.

The load runs one process more than there are vCPUs, each of which computes, calls the kernel and
sleeps in turn, so that vCPUs are taken off in user mode, in the kernel and idle. Then it powers
off. The archive is the same byte by byte for the same busybox.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterable
from typing import NamedTuple

#: What the load says on the console when it begins and ends.
LOAD_BEGINS = "xlcfg: load begins"
LOAD_ENDS = "xlcfg: load ends"

_APPLETS = ("sh", "mount", "echo", "cat", "dd", "poweroff", "usleep", "sync", "sleep", "ls")
_INIT = """\
#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
echo "{begins} $(cat /sys/devices/system/cpu/online)"
echo "meltdown: $(cat /sys/devices/system/cpu/vulnerabilities/meltdown 2>/dev/null)"
work() {{
    i=0
    while [ $i -lt {rounds} ]; do
        i=$((i+1)); n=0
        while [ $n -lt 150 ]; do n=$((n+1)); done
        [ $((i%5)) = 0 ] && dd if=/dev/zero of=/dev/null bs=4k count=20 2>/dev/null
        [ $((i%7)) = 0 ] && usleep 3000
        [ $((i%20)) = 0 ] && echo "xlcfg: round $i"
    done
}}
for p in {processes}; do work & done
wait
echo "{ends}"
poweroff -f
"""
_FOLDERS = ("bin", "proc", "sys")
_FILE, _FOLDER, _LINK, _DEVICE = 0o100755, 0o040755, 0o120777, 0o020600


class Entry(NamedTuple):
    """One entry of an archive: its path, mode, contents, and device number."""

    name: str
    mode: int
    data: bytes = b""
    device: int = 0


def file(name: str, data: bytes) -> Entry:
    """A file that may be run."""
    return Entry(name, _FILE, data)


def folder(name: str) -> Entry:
    """A folder."""
    return Entry(name, _FOLDER)


def link(name: str, to: str) -> Entry:
    """A symbolic link."""
    return Entry(name, _LINK, to.encode("ascii"))


def initrd(busybox: bytes, vcpus: int, rounds: int = 250) -> bytes:
    """The archive, compressed with gzip: `rounds` of the load for each of `vcpus` + 1 processes."""
    processes = " ".join(str(n) for n in range(min(vcpus, 16) + 1))
    init = _INIT.format(begins=LOAD_BEGINS, ends=LOAD_ENDS, rounds=rounds, processes=processes)
    entries = [
        *(folder(name) for name in _FOLDERS),
        file("bin/busybox", busybox),
        *(link(f"bin/{name}", "busybox") for name in _APPLETS),
        file("init", init.encode("ascii")),
    ]
    return gzip.compress(archive(entries), 6, mtime=0)


def archive(entries: Iterable[Entry]) -> bytes:
    """A cpio archive in the "newc" form, with a console device before all else: without it, what
    init says before /dev is there is lost.
    """
    out = io.BytesIO()
    first = (folder("dev"), Entry("dev/console", _DEVICE, b"", 5 << 8 | 1))
    for number, entry in enumerate((*first, *entries, Entry("TRAILER!!!", 0)), 1):
        _entry(out, number, entry)
    return out.getvalue()


def _entry(out: io.BytesIO, number: int, entry: Entry) -> None:
    path = entry.name.encode("ascii") + b"\0"
    major, minor = entry.device >> 8, entry.device & 255
    fields = (
        number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, major, minor, len(path), 0,
    )  # fmt: skip
    out.write(b"070701" + b"".join(b"%08x" % field for field in fields) + path)
    out.write(bytes(-out.tell() % 4))
    out.write(entry.data)
    out.write(bytes(-out.tell() % 4))
