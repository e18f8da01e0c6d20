"""What is recorded of the box: its cases, what became of each, and what xlcfg does not know of it.

`data/cases.cfg` holds the configs, `data/results-RELEASE.tsv` what the real host of a release made
of them, `data/argv-RELEASE.json.gz` the command lines of the device model, and `data/open.tsv` the
refusals that xlcfg does not name, each with its reason. docs/oracles.md describes the files.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"
RELEASES = ("4.17", "4.20")
LAYERS = ("", "xl", "libxl", "hypervisor", "builder", "qemu", "hotplug", "bootloader")
#: why a refusal may be unknown: `host`, it depends on the machine; `unknown`, nobody wrote the rule
KINDS = ("host", "unknown")


class Result(NamedTuple):
    """What a host made of a case: `layer` and `message` are "" where the guest was created."""

    case: str
    #: the exit code of `xl create`
    rc: int
    #: which part refused, one of `LAYERS`
    layer: str
    #: its first words that tell why, without what differs from run to run (`steady`)
    message: str


class Open(NamedTuple):
    """A refusal that xlcfg does not name as an error."""

    case: str
    releases: tuple[str, ...]
    kind: str
    reason: str


def cases() -> dict[str, bytes]:
    """The configs by the names of their cases."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in (DATA / "cases.cfg").read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("#= "):
            name = line[3:].strip()
            assert name not in found, f"two cases are called {name}"
            found[name] = []
        elif name:
            found[name].append(line)
    return {name: "".join(lines).encode() for name, lines in found.items()}


def _rows(file: str, columns: int) -> list[list[str]]:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    wrong = [row for row in rows if len(row) != columns]
    assert not wrong, f"{file}: {wrong[0]}"
    return rows


def results(release: str) -> dict[str, Result]:
    """What was recorded of a release, by the names of the cases."""
    rows = _rows(f"results-{release}.tsv", 4)
    return {case: Result(case, int(rc), layer, said) for case, rc, layer, said in rows}


def write_results(release: str, found: Iterable[Result]) -> None:
    """Write what became of the cases of a release, in order of their names."""
    lines = ["\t".join(map(str, result)) for result in sorted(found)]
    text = "\n".join(["case\trc\tlayer\tmessage", *lines, ""])
    (DATA / f"results-{release}.tsv").write_text(text, encoding="utf-8")


class Created(NamedTuple):
    """A config, and what the guest made of it has."""

    case: str
    config: bytes
    rc: int
    #: how the guest differs from what its config says, or ""
    differs: str


def created() -> list[Created]:
    """Guests of 4.17 that were looked at closer: `data/created.json`."""
    found = json.loads((DATA / "created.json").read_text(encoding="utf-8"))
    return [
        Created(
            c["case"], "".join(f"{line}\n" for line in c["config"]).encode(), c["rc"], c["differs"]
        )
        for c in found
    ]


def vdevs() -> dict[str, bool]:
    """Names of virtual disks, and whether `xl block-attach` of 4.17 takes them for a PV guest."""
    return {vdev: taken == "yes" for vdev, taken in _rows("vdevs.tsv", 2)}


def opened() -> list[Open]:
    """What xlcfg does not name: `data/open.tsv`."""
    return [
        Open(case, tuple(releases.split()), kind, reason)
        for case, releases, kind, reason in _rows("open.tsv", 4)
    ]


def command_lines(release: str) -> dict[str, list[str]]:
    """The arguments that the device model of a case was started with."""
    path = DATA / f"argv-{release}.json.gz"
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: dict[str, list[str]] = json.load(file)
    return found


def write_command_lines(release: str, found: dict[str, list[str]]) -> None:
    """Write the arguments of the device models; the same content makes the same file."""
    text = json.dumps(dict(sorted(found.items())), indent=0, ensure_ascii=True)
    with gzip.GzipFile(DATA / f"argv-{release}.json.gz", "wb", mtime=0) as file:
        file.write(text.encode())


#: what differs from run to run, and what stands for it: numbers of domains, processes and places
_CHANGING = (
    (r"Domain \d+:", ""),
    (r"\bdomain \d+ console\b", "domain ID console"),
    (r"\[\d+\] exited", "[PID] exited"),
    (r"((?:backend|libxl|domain)/(?:\w+/)?)\d+/", r"\1ID/"),
    (r"\b(vif|tap|bootloader\.|qmp-libxl-)\d+\b", r"\1ID"),
    (r"(?i)\b00:16:3e(:[0-9a-f]{2}){3}\b", "MAC"),
    (r"\bhandle=0x[0-9a-f]+", "handle=N"),
    (r"^libxl: error: |^xen-qemu-system-i386: |^qemu-system-i386: ", ""),
    (r" ?// .*$", ""),
    (r"\s+", " "),
)


def steady(message: str) -> str:
    """A message without what differs from run to run, at most 200 characters."""
    for pattern, replacement in _CHANGING:
        message = re.sub(pattern, replacement, message)
    return message.strip()[:200].rstrip()
