"""What the machine-readable formats share: relative paths, URIs, and fingerprints."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from xlcfg.source.paths import is_url

if TYPE_CHECKING:
    from xlcfg.checks.report import Report, Result
    from xlcfg.core.diagnostics import Diagnostic


def paths_from(folder: str) -> Callable[[str], str]:
    """What gives paths as they are from a folder, however they are written.

    With forward slashes; what is no path of a file (standard input, a boot line, a URL) as it is.
    """
    real = cache(os.path.realpath)
    try:
        base = real(folder)
    except OSError:  # the working directory is gone
        base = folder

    def placed(path: str) -> str:
        if path in ("<stdin>", "boot line") or path.startswith("argument ") or is_url(path):
            return path
        head, name = os.path.split(path)
        try:
            return os.path.relpath(os.path.join(real(head), name), base).replace(os.sep, "/")
        except (OSError, ValueError):
            return path

    return placed


def relative(path: str) -> str:
    """`path` from the working directory, with forward slashes, when it lies below it."""
    if not os.path.isabs(path):
        return os.path.normpath(path).replace(os.sep, "/")
    try:
        short = os.path.relpath(path)
    except (OSError, ValueError):
        return path
    return path if short.startswith("..") else short.replace(os.sep, "/")


def uri(path: str) -> str:
    """A relative URI reference, or a file URI for a path elsewhere."""
    short = relative(path)
    # the name in a result to merge may be no text at all
    text = quote(short, safe="/._-~!$&'()*+,;=@", errors="surrogatepass")
    return f"file://{text}" if os.path.isabs(short) else text


def fingerprinted(
    result: Result, placed: Callable[[str], str] = relative
) -> Iterator[tuple[Report, Diagnostic, str]]:
    """Every finding with a fingerprint that survives moved lines.

    It is made of the path (as `placed` has it), the code and the text the finding is about; equal
    ones are numbered.
    """
    seen: Counter[str] = Counter()
    for report in result.reports:
        source = report.source
        path = placed(source.path).encode("utf-8", "surrogatepass")
        # A file may be one long line with all findings on it: nobody reads it for each of them.
        line, words, keys = 0, b"", dict[str, str]()
        for d in report.diagnostics:
            at = 0 if d.start is None or not source.data else source.line_of(d.start)
            if at != line:
                line, keys = at, {}
                words = b" ".join(source.line_bytes(at).split()) if at else b""
            key = keys.get(d.code, "")
            if not key:
                text = words or d.message.encode("utf-8", "surrogatepass")
                code = d.code.encode("utf-8", "surrogatepass")
                key = hashlib.sha256(b"\0".join((path, code, text))).hexdigest()
                if words:
                    keys[d.code] = key
            seen[key] += 1
            yield report, d, f"{key[:32]}:{seen[key]}"


def by_file(result: Result) -> dict[str, list[tuple[Report, Diagnostic]]]:
    """The findings of every input, by its relative path: some hold several guests."""
    files: dict[str, list[tuple[Report, Diagnostic]]] = {}
    for report in result.reports:
        found = files.setdefault(relative(report.source.path), [])
        found += ((report, d) for d in report.diagnostics)
    return files


def span(report: Report, d: Diagnostic) -> tuple[int, int, int, int] | None:
    """`(line, column, end line, end column)`, 1-based, end exclusive; None without a place."""
    if d.start is None:
        return None
    start = report.source.position(d.start)
    end = report.source.position(d.start if d.end is None else d.end)
    return start.line, start.column, end.line, end.column
