"""A baseline: the findings a project has for now, so that only new ones count."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from xlcfg.core.replace import put_file
from xlcfg.core.source import Source
from xlcfg.report.places import fingerprinted, paths_from, relative
from xlcfg.rules import counts_always
from xlcfg.source.files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from xlcfg.checks.report import Result

VERSION = 2


class BaselineError(Exception):
    """A baseline that cannot be read or written; the message says which and why."""


class Hidden(NamedTuple):
    """How many findings of a run a baseline hides, and how many of its own are not found now.

    `codes` are those it has findings of.
    """

    hidden: int
    fixed: int
    codes: list[str]


def _from(path: str) -> Callable[[str], str]:
    """Paths as they are from the folder of the baseline, which may be checked in with the files."""
    return paths_from(os.path.dirname(path))


def write(result: Result, path: str) -> int:
    """Write the findings of a run; how many there are."""
    placed = _from(path)
    entries = [
        {
            "fingerprint": fingerprint,
            "code": d.code,
            "path": placed(report.source.path),
            "message": d.message,
        }
        for report, d, fingerprint in fingerprinted(result, placed)
        if not counts_always(d.code)
    ]
    text = json.dumps({"version": VERSION, "findings": entries}, indent=2) + "\n"
    try:
        put_file(path, text.encode())
    except OSError as error:
        raise BaselineError(f"{path}: cannot be written: {str(error.strerror).lower()}") from None
    return len(entries)


def leave_out(result: Result, path: str) -> Hidden:
    """Take the findings that the baseline knows out of a run.

    A finding of the baseline counts as fixed when its file was checked and does not have it.
    """
    version, known, codes = _read(path)
    # those of version 1 were written with paths from the working directory
    placed = relative if version == 1 else _from(path)
    seen = set()
    keep: dict[int, list[Any]] = {id(report): [] for report in result.reports}
    for report, d, fingerprint in fingerprinted(result, placed):
        if fingerprint in known and not counts_always(d.code):
            seen.add(fingerprint)
        else:
            keep[id(report)].append(d)
    for report in result.reports:
        report.diagnostics = keep[id(report)]
    checked = {placed(report.source.path) for report in result.reports}
    fixed = {one for one, where in known.items() if one not in seen and where in checked}
    return Hidden(len(seen), len(fixed), codes)


def _read(path: str) -> tuple[int, dict[str, str], list[str]]:
    """The version of a baseline, the path of each finding by its fingerprint, and the codes."""
    source = read_file(path)
    if not isinstance(source, Source):
        raise BaselineError(f"{path}: {source.message}")
    try:
        data = json.loads(source.data)
    except (ValueError, RecursionError):
        raise BaselineError(f"{path}: is no baseline: not JSON") from None
    if not isinstance(data, dict) or data.get("version") not in (1, VERSION):
        raise BaselineError(f"{path}: is no baseline of version {VERSION}")
    findings = data.get("findings")
    if not isinstance(findings, list) or not all(
        isinstance(f, dict) and isinstance(f.get("fingerprint"), str) for f in findings
    ):
        raise BaselineError(f"{path}: is no baseline: its findings lack fingerprints")
    paths = {f["fingerprint"]: str(f.get("path")) for f in findings}
    return data["version"], paths, sorted({str(f["code"]) for f in findings if "code" in f})
