"""Joins JSON results of runs over parts of the same files."""

from __future__ import annotations

import json
from typing import Any

from xlcfg.report.json import VERSION
from xlcfg.report.screen import safe
from xlcfg.source import Source
from xlcfg.source.files import read_list

Document = dict[str, Any]


class MergeError(Exception):
    """Why results cannot be joined, for people."""


def read(path: str) -> tuple[str, Document]:
    """The path as shown and the result in a file, `-` for standard input. Raises MergeError."""
    source = read_list(path)
    shown = safe(source.path)
    if not isinstance(source, Source):
        raise MergeError(f"{shown}: {source.message}")
    try:
        document = json.loads(source.data)
    except (ValueError, RecursionError):
        raise MergeError(f"{shown}: not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("diagnostics"), list):
        raise MergeError(f"{shown}: not what xlcfg check --format json prints")
    if document.get("version") != VERSION:
        raise MergeError(f"{shown}: version {document.get('version')!r} of the form, not {VERSION}")
    if not all(isinstance(d, dict) and isinstance(d.get("path"), str) for d in _all(document)):
        raise MergeError(f"{shown}: not what xlcfg check --format json prints")
    return shown, document


def _all(document: Document) -> list[Any]:
    return [entry for value in document.values() if isinstance(value, list) for entry in value]


def merge(parts: list[tuple[str, Document]]) -> Document:
    """One document: lists joined, in order of path; everything else has to be the same.

    An entry that two parts have, because both checked a file, is there once.
    """
    first, out = parts[0][0], dict(parts[0][1])
    for shown, document in parts[1:]:
        for name in [*out, *(name for name in document if name not in out)]:
            ours, theirs = out.get(name), document.get(name)
            if isinstance(ours or [], list) and isinstance(theirs or [], list):
                known = {json.dumps(entry, sort_keys=True) for entry in ours or []}
                new = [e for e in theirs or [] if json.dumps(e, sort_keys=True) not in known]
                out[name] = [*(ours or []), *new]
            elif ours != theirs:
                raise MergeError(f"{first} is about {name} {ours!r}, {shown} about {theirs!r}")
    for name, value in out.items():
        if isinstance(value, list):
            out[name] = sorted(value, key=lambda entry: str(entry["path"]))
    return out


def render(document: Document) -> str:
    """As `xlcfg check --format json` prints it."""
    return json.dumps(document, indent=2) + "\n"


def exit_code(document: Document) -> int:
    """2 when an input could not be read, 1 for an error or warning, else 0."""
    found = [d for d in document["diagnostics"] if isinstance(d.get("severity"), str)]
    if any(str(d.get("code", "")).startswith("IO") and d["severity"] == "error" for d in found):
        return 2
    return int(any(d["severity"] in ("error", "warning") for d in found))
