"""`xlcfg parse`: what the toolstack or the hypervisor reads, as JSON (`schema/parse.schema.json`).

Texts are bytes to Xen.  A text that is UTF-8 is given as it is; of any other `text` shows U+FFFD
for each bad byte and `hex` has all bytes.

Written by hand rather than by `json.dumps` where lists nest: a config may nest them thousands deep.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from xlcfg.report.columns import Places
from xlcfg.report.json import diagnostic
from xlcfg.syntax.printer import join

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from xlcfg.checks.report import Report
    from xlcfg.core.source import Source
    from xlcfg.model.boot import BootLine, BootWord
    from xlcfg.model.guest import Guest
    from xlcfg.model.target import Target
    from xlcfg.source.boot import FoundLine
    from xlcfg.syntax.cmdline import SubOption
    from xlcfg.syntax.tree import Atom, Document, ListValue, Setting, Value

#: Grows with every change that a reader of the old form could trip over.
VERSION = 1


def guests(found: list[tuple[Guest, Report]]) -> str:
    """The guests of a file, each with what its parser refuses; one stands for itself."""
    if len(found) == 1:
        return guest(*found[0])
    read = found[0][0]
    head = _head(read.source, read.target, "guest")
    return _document(head, {"guests": (guest(*pair).strip() for pair in found)}, {})


def guest(read: Guest, report: Report) -> str:
    """A guest config. `report` has what its parser refuses."""
    typed: dict[str, Any] = {"guest_type": None, "values": {}}
    if not read.document.refused:
        reading = read.reading
        typed = {"guest_type": reading.guest_type, "values": plain(reading.values)}
    head = {**_head(read.source, read.target, "guest"), "toolstack": read.toolstack}
    return _settings(head, read.document, report, typed)


def xl_conf(conf: Guest, report: Report) -> str:
    """An xl.conf."""
    from xlcfg.model.xl_conf import read_conf

    values: dict[str, object] = {}
    if not conf.document.refused:
        values = read_conf(conf.settings, conf.target.release).values
    head = _head(conf.source, conf.target, "xl.conf")
    return _settings(head, conf.document, report, {"values": plain(values)})


def cpupool(pool: Guest, report: Report) -> str:
    """The config of a cpupool."""
    head = _head(pool.source, pool.target, "cpupool")
    values: dict[str, object] = {}
    if not pool.document.refused:
        values = {
            name: [item.text for item in setting.value.items if not item.is_list]
            if setting.value.is_list
            else setting.value.text
            for name, setting in pool.settings.by_name.items()
        }
    return _settings(head, pool.document, report, {"values": plain(values)})


def boot(source: Source, kind: str, found: list[tuple[FoundLine, BootLine]], ours: Target) -> str:
    """The boot lines of a file."""
    places = Places(source)
    return _document(
        _head(source, ours, kind), {"lines": (_line(*pair, places) for pair in found)}, {}
    )


def _head(source: Source, target: Target, kind: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "path": source.path,
        "kind": kind,
        "xen": target.release,
        "arch": target.arch,
    }


# ---- settings --------------------------------------------------------------------------------


def _settings(
    head: dict[str, Any], document: Document, report: Report, typed: dict[str, Any]
) -> str:
    source = report.source
    places = Places(source)
    winners = {id(setting) for setting in {s.name: s for s in document.settings}.values()}
    winners |= {id(setting) for chain in document.chains.values() for setting in chain}
    rows = {
        "problems": (json.dumps(diagnostic(report, d)) for d in report.diagnostics),
        "settings": (_setting(s, id(s) in winners, places) for s in document.settings),
        "comments": (
            json.dumps({**places.span(start, end), **text(source.text[start:end])})
            for start, end in document.comments
        ),
    }
    head |= {"accepted": not document.refused, "aborts": document.aborts}
    return _document(head, rows, typed)


def _setting(setting: Setting, wins: bool, places: Places) -> str:
    line, column = places.position(setting.name_end)
    known = {
        "name": setting.name,
        "op": setting.op,
        "wins": wins,
        **places.span(setting.start, setting.end),
        "name_end": {"offset": setting.name_end, "line": line, "column": column},
    }
    return f'{json.dumps(known)[:-1]}, "value": {_value(setting.value, places)}}}'


def _value(value: Value, places: Places) -> str:
    def atom(item: Atom) -> str:
        kind = "string" if item.quoted else "number"
        return json.dumps({"kind": kind, **places.span(item.start, item.end), **text(item.text)})

    def ends(held: ListValue) -> tuple[str, str]:
        known = {"kind": "list", **places.span(held.start, held.end)}
        return f'{json.dumps(known)[:-1]}, "items": [', "]}"

    return join(value, atom, ends)


# ---- boot lines ------------------------------------------------------------------------------


def _line(found: FoundLine, read: BootLine, places: Places) -> str:
    def span(start: int, end: int) -> dict[str, int]:
        return places.span(*found.span(start, end))

    known = {
        **text(found.text),
        "label": found.label,
        **span(0, len(found.text)),
        "messages": read.xen_messages(),
        "unexpanded": [places.span(start, end) for start, end in found.unexpanded],
    }
    words = ",\n      ".join(json.dumps(_word(word, span)) for word in read.words)
    opening = json.dumps(known)[:-1]
    return (
        f'{opening}, "words": [\n      {words}\n    ]}}' if words else f'{opening}, "words": []}}'
    )


def _word(ours: BootWord, span: Any) -> dict[str, Any]:
    word = ours.word
    return {
        **text(word.text),
        **span(word.start, word.end),
        "name": plain(word.name),
        "negated": word.negated,
        "value": plain(word.value) if word.assigned else None,
        "suboptions": [_suboption(one, span) for one in word.suboptions],
        "effect": ours.effect,
        "parameter": None if ours.parameter is None else ours.parameter.name,
        "becomes": plain(ours.value),
        "parts": plain(ours.parts),
        "rc": ours.rc,
        "message": ours.message,
    }


def _suboption(one: SubOption, span: Any) -> dict[str, Any]:
    return {
        **span(one.start, one.end),
        "name": plain(one.name),
        "negated": one.negated,
        "mark": one.mark,
        "value": plain(one.value) if one.mark else None,
    }


# ---- JSON ------------------------------------------------------------------------------------


def _document(
    head: dict[str, Any], lists: Mapping[str, Iterable[str]], tail: dict[str, Any]
) -> str:
    return "".join(_pieces(head, lists, tail))


def _pieces(
    head: dict[str, Any], lists: Mapping[str, Iterable[str]], tail: dict[str, Any]
) -> Iterator[str]:
    """The members of the document, a line for each and for each row of a list."""
    first = "{\n"
    for name, value in head.items():
        yield f"{first}  {json.dumps(name)}: {json.dumps(value)}"
        first = ",\n"
    for name, rows in lists.items():
        yield f"{first}  {json.dumps(name)}: ["
        between = "\n"
        for row in rows:
            yield f"{between}    {row}"
            between = ",\n"
        yield "]" if between == "\n" else "\n  ]"
    for name, value in tail.items():
        yield f"{first}  {json.dumps(name)}: {json.dumps(value)}"
    yield "\n}\n"


def text(latin: str) -> dict[str, str]:
    """A text of one character per byte: `text`, and `hex` when it is not UTF-8."""
    data = latin.encode("latin-1")
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": data.decode("utf-8", "replace"), "hex": data.hex()}


def plain(value: Any) -> Any:
    """A typed value as JSON has it; a text that is not UTF-8 is an object like that of `text`."""
    if isinstance(value, str):
        shown = text(value)
        return shown if "hex" in shown else shown["text"]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
