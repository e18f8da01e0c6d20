"""A baseline: the findings a project has for now, so that only new ones count."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from xlcfg.core.selection import ALWAYS
from xlcfg.core.source import Source
from xlcfg.report.places import fingerprinted, relative
from xlcfg.source.files import read_file

if TYPE_CHECKING:
    from xlcfg.checks.report import Result

VERSION = 1


class BaselineError(Exception):
    """A baseline that cannot be read or written; the message says which and why."""


def write(result: Result, path: str) -> int:
    """Write the findings of a run; how many there are."""
    entries = [
        {
            "fingerprint": fingerprint,
            "code": d.code,
            "path": relative(report.source.path),
            "message": d.message,
        }
        for report, d, fingerprint in fingerprinted(result)
        if not d.code.startswith(ALWAYS)
    ]
    text = json.dumps({"version": VERSION, "findings": entries}, indent=2) + "\n"
    try:
        _put(path, text)
    except OSError as error:
        raise BaselineError(f"{path}: cannot be written: {str(error.strerror).lower()}") from None
    return len(entries)


def _put(path: str, text: str) -> None:
    """Write a file as a whole, by way of one beside it that nobody else can have made."""
    import tempfile

    folder = os.path.dirname(os.path.abspath(path))
    handle, beside = tempfile.mkstemp(dir=folder, prefix=".xlcfg-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def leave_out(result: Result, path: str) -> int:
    """Take the findings that the baseline knows out of a run; how many of its own are gone."""
    known = _read(path)
    seen = set()
    keep: dict[int, list[Any]] = {id(report): [] for report in result.reports}
    for report, d, fingerprint in fingerprinted(result):
        if fingerprint in known and not d.code.startswith(ALWAYS):
            seen.add(fingerprint)
        else:
            keep[id(report)].append(d)
    for report in result.reports:
        report.diagnostics = keep[id(report)]
    return len(known - seen)


def _read(path: str) -> set[str]:
    source = read_file(path)
    if not isinstance(source, Source):
        raise BaselineError(f"{path}: {source.message}")
    try:
        data = json.loads(source.data)
    except (ValueError, RecursionError):
        raise BaselineError(f"{path}: is no baseline: not JSON") from None
    if not isinstance(data, dict) or data.get("version") != VERSION:
        raise BaselineError(f"{path}: is no baseline of version {VERSION}")
    findings = data.get("findings")
    if not isinstance(findings, list) or not all(
        isinstance(f, dict) and isinstance(f.get("fingerprint"), str) for f in findings
    ):
        raise BaselineError(f"{path}: is no baseline: its findings lack fingerprints")
    return {f["fingerprint"] for f in findings}
