"""Boots arm64 Xen under QEMU with a device tree, and tells whether Xen panics over it."""

from __future__ import annotations

import functools
import re
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

_TESTS = str(Path(__file__).resolve().parents[2])
if _TESTS not in sys.path:
    sys.path.insert(0, _TESTS)

import needs  # noqa: E402

RELEASES = ("4.17", "4.20")
DATA = Path(__file__).parents[1] / "data"
_MACHINE = "virt,virtualization=on,gic-version=3"
_COMMON = (
    *("-cpu", "cortex-a57", "-smp", "2", "-m", "1024", "-display", "none", "-net", "none"),
    *("-no-reboot", "-monitor", "none"),
)
#: seconds after which a machine that says nothing decisive is given up
PATIENCE = 25


class Outcome(NamedTuple):
    """What Xen does with a tree: "boots", "panics", "ignores" (no domain), "hangs" or "dtc".

    "hangs" is also a panic before there is a console; "dtc" says that the tree cannot be compiled.
    """

    tree: str
    outcome: str
    #: the panic, or what Xen says of a domain that it does not make
    message: str


def _kernel() -> bytes:
    """The smallest image that arm64 Xen takes for a kernel: a branch to itself and the header."""
    header = struct.pack("<IIQQQQQQ4sI", 0x14000000, 0, 0, 0x1000, 0, 0, 0, 0, b"ARM\x64", 0)
    return header.ljust(0x1000, b"\0")


@functools.cache
def _machine_tree() -> str:
    """The device tree of QEMU's own machine, as text."""
    with tempfile.TemporaryDirectory() as folder:
        blob = Path(folder) / "virt.dtb"
        machine = ["qemu-system-aarch64", "-machine", f"{_MACHINE},dumpdtb={blob}", *_COMMON]
        subprocess.run(machine, check=True, capture_output=True)
        command = ["dtc", "-q", "-I", "dtb", "-O", "dts", str(blob)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _block(text: str, name: str) -> tuple[int, int]:
    """Where the node of this name stands in a tree's text."""
    start = text.index(f"{name} {{")
    depth = 0
    for at in range(text.index("{", start), len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return start, text.index(";", at) + 1
    raise ValueError(f"the node {name} does not end")


def merged(tree: str) -> str:
    """QEMU's tree with the /chosen of another."""
    machine = _machine_tree()
    start, end = _block(machine, "chosen")
    first, last = _block(tree, "chosen")
    return machine[:start] + tree[first:last] + machine[end:]


def _said(console: str) -> tuple[str, str]:
    """Outcome and message of a console, or "" while nothing is decided."""
    lines = [re.sub(r"^\(XEN\) ?", "", line).strip() for line in console.splitlines()]
    if "Panic on CPU" in console:
        at = next(n for n, line in enumerate(lines) if "Panic on CPU" in line)
        words = next((line for line in lines[at + 1 :] if line and "****" not in line), "")
        causes = [line for line in lines[:at] if re.search(r"rror|nvalid|annot|ail|issing", line)]
        cause = f" // {causes[-1]}" if (causes and "rc = -" in words) or "rc=-" in words else ""
        return ("panics", f"{words}{cause}"[:200]) if words else ("", "")
    if re.search(r"Freed \d+kB init memory|\*\*\* Serial input to", console):
        made = "LOADING DOMU" in console
        return ("boots", "") if made else ("ignores", "no domain is made")
    return "", ""


def boot(release: str, name: str, tree: str, patience: float = PATIENCE) -> Outcome:
    """Boot Xen of a release with a tree."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "a.dts").write_text(merged(tree), encoding="utf-8")
        command = ["dtc", "-q", "-I", "dts", "-O", "dtb", "a.dts", "-o", "a.dtb"]
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
        if done.returncode:
            return Outcome(name, "dtc", done.stderr.splitlines()[0][:200])
        (where / "kernel").write_bytes(_kernel())
        loaders = [
            word
            for address in (0x4A000000, 0x4A100000)
            for word in ("-device", f"loader,file=kernel,addr={address:#x},force-raw=on")
        ]
        xen = str(needs.boxes() / "arm64" / f"xen-{release}")
        machine = ["qemu-system-aarch64", "-machine", _MACHINE, *_COMMON, "-kernel", xen]
        with subprocess.Popen(
            [*machine, "-dtb", "a.dtb", "-serial", "file:serial", *loaders],
            cwd=where,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            end = time.monotonic() + patience
            outcome = message = console = ""
            while not outcome and time.monotonic() < end and process.poll() is None:
                time.sleep(0.1)
                if (where / "serial").exists():
                    console = (where / "serial").read_text(errors="replace")
                outcome, message = _said(console)
            process.kill()
        last = console.strip().splitlines()[-1:] or ["it says nothing"]
        return Outcome(name, outcome or "hangs", message if outcome else last[0][:200])


def recorded(release: str) -> dict[str, Outcome]:
    """What was seen of a release, by the names of the trees."""
    path = DATA / f"dom0less-{release}.tsv"
    if not path.exists():
        return {}
    rows = path.read_text(encoding="utf-8").splitlines()[1:]
    return {row.split("\t")[0]: Outcome(*row.split("\t")) for row in rows}


def opened() -> dict[tuple[str, str], str]:
    """The trees of which xlcfg says something else, as (release, tree) -> why."""
    rows = (DATA / "dom0less-open.tsv").read_text(encoding="utf-8").splitlines()[1:]
    split = [row.split("\t") for row in rows]
    return {(release, tree): why for tree, releases, why in split for release in releases.split()}


def write(release: str, found: dict[str, Outcome]) -> None:
    """Write what was seen of a release, in order of the names."""
    rows = ["tree\toutcome\tmessage", *("\t".join(found[name]) for name in sorted(found)), ""]
    (DATA / f"dom0less-{release}.tsv").write_text("\n".join(rows), encoding="utf-8")
