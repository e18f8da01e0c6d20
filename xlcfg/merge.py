"""Joins JSON results of runs over parts of the same files.

Results of parts (`--shard K/N`) say where each input stands among all, and what each guest claims.
From all parts comes what one run over everything prints, byte for byte; from some, a result that
more can be joined to. Other results are joined in order of path.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

from xlcfg.core.screen import json_text, safe
from xlcfg.core.source import Source
from xlcfg.report import FORMATS
from xlcfg.report.json import VERSION
from xlcfg.rules import family
from xlcfg.source.files import read_list
from xlcfg.source.paths import is_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from xlcfg.checks.report import Result

Document = dict[str, Any]

_NOT_OURS = "not what xlcfg check or verdict --format json prints"
#: How many missing parts are named.
_NAMED = 20
_SEVERITIES = ("error", "warning", "info")


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
    if not isinstance(document, dict) or not (
        isinstance(document.get("diagnostics"), list) or is_verdict(document)
    ):
        raise MergeError(f"{shown}: {_NOT_OURS}")
    from xlcfg.traces.verdict import VERSION as VERDICT

    wanted = VERDICT if is_verdict(document) else VERSION
    if document.get("version") != wanted:
        raise MergeError(f"{shown}: version {document.get('version')!r} of the form, not {wanted}")
    if not all(isinstance(d, dict) and isinstance(d.get("path"), str) for d in _all(document)):
        raise MergeError(f"{shown}: {_NOT_OURS}")
    _name_once(document)
    return shown, document


def _name_once(document: Document) -> None:
    """Write every path the shortest way: two results that name the same file are about one."""
    shard = document.get("shard")
    entries = _all(document)
    if isinstance(shard, dict):
        entries += [guest for guest in shard.get("guests") or () if isinstance(guest, dict)]
        if isinstance(shard.get("places"), dict):
            shard["places"] = {_shortest(path): n for path, n in shard["places"].items()}
    for entry in entries:
        if isinstance(entry.get("path"), str):
            entry["path"] = _shortest(entry["path"])


def _shortest(path: str) -> str:
    return path if is_url(path) else os.path.normpath(path)


def read_all(paths: list[str]) -> list[tuple[str, Document]]:
    """The results in some files, each once. Raises MergeError."""
    seen = set()
    for path in paths:
        real = path if path == "-" else os.path.realpath(path)
        if real in seen:
            raise MergeError(f"{safe(path)}: given twice")
        seen.add(real)
    return [read(path) for path in paths]


def inputs(parts: list[tuple[str, Document]]) -> list[str]:
    """The inputs of all parts in their order; nothing where a result does not say them."""
    shards: list[Any] = [document.get("shard") for _, document in parts]
    if None in shards:
        return []
    try:
        places = {path: place for shard in shards for path, place in shard["places"].items()}
        return sorted(places, key=lambda path: places[path])
    except (TypeError, KeyError, AttributeError):
        raise MergeError(f"{parts[0][0]} and others: {_NOT_OURS}") from None


def is_verdict(document: Document) -> bool:
    """Whether a result is one of `xlcfg verdict`."""
    return all(isinstance(document.get(name), list) for name in ("traces", "unreadable"))


def _all(document: Document) -> list[Any]:
    return [entry for value in document.values() if isinstance(value, list) for entry in value]


def merge(parts: list[tuple[str, Document]]) -> Document:
    """One document. Raises MergeError for results that are not about the same.

    An entry that two parts have, because both checked a file, is there once.
    """
    whole = [shown for shown, document in parts if document.get("shard") is None]
    if 0 < len(whole) < len(parts):
        part = next(shown for shown, document in parts if document.get("shard") is not None)
        raise MergeError(f"{part} is a part of --shard, {whole[0]} is none")
    kinds = {is_verdict(document) for _, document in parts}
    if len(kinds) > 1:
        raise MergeError("results of check and of verdict cannot be joined")
    try:
        joined = _join(parts)
        return _verdict(joined) if kinds == {True} else _settled(joined)
    except MergeError:
        raise
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, AssertionError):
        raise MergeError(f"{parts[0][0]} and others: {_NOT_OURS}") from None


def _join(parts: list[tuple[str, Document]]) -> Document:
    """Lists joined and put in order; everything else has to be the same."""
    first, out = parts[0][0], dict(parts[0][1])
    known = {name: set(map(_key, value)) for name, value in out.items() if isinstance(value, list)}
    shards = [document.get("shard") for _, document in parts]
    out.pop("shard", None)
    for shown, document in parts[1:]:
        for name in [*out, *(name for name in document if name not in out)]:
            ours, theirs = out.get(name), document.get(name)
            if name in ("shard", "totals", "breaks", "effects"):
                continue
            if isinstance(ours or [], list) and isinstance(theirs or [], list):
                have = known.setdefault(name, set())
                new = [entry for entry in theirs or [] if _key(entry) not in have]
                have.update(map(_key, new))
                out[name] = [*(ours or []), *new]
            elif ours != theirs:
                raise MergeError(f"{first} is about {name} {ours!r}, {shown} about {theirs!r}")
    if None not in shards:
        out["shard"] = _shard([(shown, document["shard"]) for shown, document in parts])
        places = out["shard"]["places"]
        last = max(places.values(), default=0) + 1
        order: Any = lambda entry: places.get(entry["path"], last)  # noqa: E731
    else:
        order = lambda entry: str(entry["path"])  # noqa: E731
    for name, value in out.items():
        if isinstance(value, list):
            out[name] = sorted(value, key=order)
    return out


def _key(entry: Any) -> str:
    return json.dumps(entry, sort_keys=True)


def _shard(parts: list[tuple[str, Document]]) -> Document:
    """Several parts as one."""
    first = parts[0]
    out: Document = {"parts": [], "of": first[1]["of"], "places": {}}
    if type(out["of"]) is not int or out["of"] < 1:
        raise ValueError("no number of parts")
    guests: dict[str, Document] = {}
    holders: dict[int, str] = {}
    for shown, shard in parts:
        if shard["of"] != out["of"]:
            text = f"{first[0]} is a part of {out['of']}, {shown} one of {shard['of']}"
            raise MergeError(text)
        for part in shard["parts"]:
            if not type(part) is type(out["of"]) is int or not 1 <= part <= out["of"]:
                raise ValueError("no part of it")
            if part in holders:
                twice = f"part {part} of {out['of']} is in {holders[part]} and in {shown}"
                raise MergeError(twice)
            holders[part] = shown
        out["parts"] = sorted(holders)
        out["places"].update(shard["places"])
        for guest in shard.get("guests", ()):
            guests.setdefault(_key(guest), guest)
    places = out["places"] = dict(sorted(out["places"].items(), key=lambda pair: pair[1]))
    if any("guests" in shard for _, shard in parts):
        out["guests"] = sorted(guests.values(), key=lambda guest: places[guest["path"]])
    return out


def _complete(document: Document) -> bool:
    return not missing(document)


def _settled(document: Document) -> Document:
    """A joined result of `check`, with what guests of all parts take from each other."""
    if "shard" not in document:
        return document
    from xlcfg.report.shard import clashes
    from xlcfg.rules import cross_file

    guests = document["shard"]["guests"]
    codes = {rule.CODE for rule in cross_file.rules()}
    by_path: dict[str, list[Document]] = {}
    for found in document["diagnostics"]:
        own = by_path.setdefault(found["path"], [])
        if found["code"] not in codes:
            own.append(found)
    for guest in guests:
        by_path.setdefault(guest["path"], [])
    touched: dict[int, tuple[Document, list[Document]]] = {}
    for guest, found in clashes(guests):
        touched.setdefault(id(guest), (guest, []))[1].append(found)
    # from the last guest of a file to its first, so that places before stay what they are
    for guest, new in sorted(touched.values(), key=lambda one: -one[0]["findings"][0]):
        start, end = guest["findings"]
        own = by_path[guest["path"]]
        own[start:end] = sorted([*own[start:end], *new], key=_order)
    places = document["shard"]["places"]
    last = max(places.values(), default=0) + 1
    paths = sorted(by_path, key=lambda path: places.get(path, last))
    document["diagnostics"] = [found for path in paths for found in by_path[path]]
    if _complete(document):
        del document["shard"]
    return document


def _order(found: Document) -> tuple[Any, ...]:
    """As `xlcfg.checks.report.Report.sort` has it."""
    return (
        found["line"] or 0,
        found["column"] or 0,
        _SEVERITIES.index(found["severity"]),
        found["code"],
        found["message"],
    )


def _verdict(document: Document) -> Document:
    """A joined result of `verdict`, summed up anew."""
    from xlcfg.traces.verdict import from_json, to_json

    shard = document.get("shard")
    out = to_json(from_json(document))
    if shard is not None and not _complete(document):
        out["shard"] = shard
    return out


def render(document: Document, form: str = "json", paths: Iterable[str] = ()) -> str:
    """As `check` or `verdict` print it with `--format`. Raises MergeError.

    `paths` are the inputs of a check in their order, where they are known.
    """
    if form == "json":
        return json_text(json.dumps(document, indent=2)) + "\n"
    if is_verdict(document):
        if form not in ("text", "markdown"):
            raise MergeError(f"--format {form} is for results of check")
        from xlcfg.traces.verdict import from_json
        from xlcfg.traces.verdict import render as render_table

        return render_table(from_json(document), form)
    if form not in FORMATS:
        raise MergeError(f"--format {form} is for results of verdict")
    text: str = import_module(FORMATS[form]).render(_result(document, paths))
    return text


def missing(document: Document) -> str:
    """Which parts of --shard a result lacks, for people; "" for none."""
    shard = document.get("shard")
    if shard is None:
        return ""
    count, have = shard["of"], set(shard["parts"])
    lacking = islice((n for n in range(1, count + 1) if n not in have), _NAMED + 1)
    shown = [str(n) for n in lacking]
    if not shown:
        return ""
    if len(shown) == 1:
        return f"part {shown[0]} of {count} is missing"
    listed = ", ".join(shown[:_NAMED]) + (", ..." if len(shown) > _NAMED else "")
    return f"parts {listed} of {count} are missing"


def summary(document: Document, paths: Iterable[str] = ()) -> str:
    """What was found, or could not be read, on one line. Raises MergeError."""
    if is_verdict(document):
        count = len(document["unreadable"])
        return f"{count} {'trace' if count == 1 else 'traces'} could not be read"
    from xlcfg.report.text import summary as summed_up

    return summed_up(_result(document, paths)).rstrip(".")


def _result(document: Document, paths: Iterable[str]) -> Result:
    from xlcfg.report.recorded import from_json

    try:
        return from_json(document, paths)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError):
        raise MergeError(f"a finding or a policy is {_NOT_OURS}") from None


def exit_code(document: Document) -> int:
    """2 when an input could not be read, 1 for an error or warning, else 0."""
    if is_verdict(document):
        return 2 if document["unreadable"] else 0
    found = [d for d in document["diagnostics"] if isinstance(d.get("severity"), str)]
    unread = (d for d in found if family(str(d.get("code", ""))) == "inputs")
    if any(d["severity"] == "error" for d in unread):
        return 2
    return int(any(d["severity"] in ("error", "warning") for d in found))
