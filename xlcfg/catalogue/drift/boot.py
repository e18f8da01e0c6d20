"""Boot parameters: the tables of the source, the words of their handlers, their documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from xlcfg.catalogue import XEN, BootParameter, alive, boot_parameters
from xlcfg.catalogue.drift import CHANGED, GONE, NEW, Drift, data
from xlcfg.catalogue.drift.source import CFile, Tree

_DECLARED = re.compile(
    r"^[ \t]*(boolean|integer|size|string|custom|ignore)(_runtime)?_param\s*"
    r'\(\s*"([^"]+)"\s*(?:,\s*(\w+))?',
    re.MULTILINE,
)
#: these are for the running hypervisor, and their parameters are declared once more for the line
_RUNTIME = re.compile(r'^[ \t]*\w+_runtime_only_param\s*\(\s*"([^"]+)"', re.MULTILINE)
_COMPARED = re.compile(
    r"\b(?:parse_boolean|cmdline_strcmp|strn?cmp|strn?casecmp)\s*"
    r'\(\s*(?:[^",;]*,\s*)?"([^"]+)"'
)
_BOOLEANS = frozenset(("yes", "on", "true", "enable", "1", "no", "off", "false", "disable", "0"))


class Declared(NamedTuple):
    """One declaration of a parameter."""

    kind: str
    runtime: bool
    handler: str
    arches: frozenset[str]
    file: CFile
    line: int


def declared(tree: Tree) -> dict[str, list[Declared]]:
    """Every parameter of the tree that some architecture can have."""
    found: dict[str, list[Declared]] = {}
    for file in tree.files("xen"):
        for match in _DECLARED.finditer(file.text):
            arches = tree.arches(file, match.start())
            if arches:
                line = file.line(match.start(1))
                one = Declared(match[1], bool(match[2]), match[4] or "", arches, file, line)
                found.setdefault(match[3], []).append(one)
    return found


def point(version: str) -> tuple[int, ...]:
    """A version for comparison; what follows the numbers does not count."""
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def found(tree: Tree, release: str) -> Iterator[Drift]:
    """What differs about boot parameters."""
    source = declared(tree)
    running = {m[1] for file in tree.files("xen") for m in _RUNTIME.finditer(file.text)}
    for name, places in sorted(source.items()):
        first = places[0]
        at = (first.file.name, first.line)
        known = XEN.boot_parameter(name)
        known = known if known is not None and known.name == name else None
        arches = frozenset().union(*(place.arches for place in places))
        if known is None or not known.is_read(release):
            what = f"{first.kind}, on {_list(arches)}"
            yield Drift("boot", NEW, name, what, *at)
            continue
        yield from _changes(tree, known, release, places, name in running)
        yield from _words(tree, known, release, places)
    for known in boot_parameters():
        if known.is_read(release) and known.name not in source:
            first = known.detail.get("first_points", {}).get(release, "")
            if first and point(tree.version) < point(first):
                continue
            yield Drift("boot", GONE, known.name, "no file declares it")
    yield from _documented(tree, release)


def _list(arches: frozenset[str]) -> str:
    return ", ".join(sorted(arches)) or "no architecture"


def _changes(
    tree: Tree, known: BootParameter, release: str, places: list[Declared], running: bool
) -> Iterator[Drift]:
    arches = frozenset().union(*(place.arches for place in places))
    at = (places[0].file.name, places[0].line)
    ours = frozenset(arch for arch in tree.options if known.is_read(release, arch))
    if ours != arches:
        what = f"it can be built for {_list(arches)}; the catalogue has {_list(ours)}"
        yield Drift("boot", CHANGED, known.name, what, *at)
    for arch in sorted(ours & arches):
        # one of several that conditions choose from is enough
        kinds = {place.kind: place for place in places if arch in place.arches}
        if known.kind(release, arch) not in kinds:
            kind, place = next(iter(kinds.items()))
            what = f"on {arch} its kind is {kind}, not {known.kind(release, arch)}"
            yield Drift("boot", CHANGED, known.name, what, place.file.name, place.line)
    runs = known.detail.get("runtime", [])
    runtime = running or any(place.runtime for place in places)
    if runtime != bool(runs and alive(runs, release)):
        what = "it can be changed at run time" if runtime else "it is read at boot only"
        yield Drift("boot", CHANGED, known.name, what, *at)


def _known_words(name: str) -> set[str]:
    """Words that the catalogue's forms of a handler have, whatever the release."""
    words: set[str] = set()
    for entry in data("boot_values")["handlers"]:
        if entry["name"] == name:
            for item in (*entry.get("words", ()), *entry.get("items", ())):
                words.add(str(item.get("name", "")))
                words.update(item.get("words", ()))
    return words


def _plain(word: str) -> str:
    return word.strip("=:,@ ").split("=")[0]


def _words(
    tree: Tree, known: BootParameter, release: str, places: list[Declared]
) -> Iterator[Drift]:
    custom = [place for place in places if place.kind == "custom"]
    names = {_plain(option.name) for option in known.suboptions}
    names |= {_plain(word) for word in _known_words(known.name)} | _BOOLEANS
    for place in custom:
        body = place.file.function(place.handler)
        start = place.file.text.find(body) if body else 0
        for match in _COMPARED.finditer(body):
            word = _plain(match[1])
            if word and word not in names and not word.startswith("no-"):
                line = place.file.line(start + match.start(1))
                what = "its handler knows the word"
                yield Drift("boot-word", NEW, f"{known.name}={word}", what, place.file.name, line)
    if not custom or known.detail.get("suboption_table"):
        return
    for option in known.suboptions:
        if option.runs and known.takes(release) and option.name in known.takes(release):
            word = _plain(option.name)
            # handlers ask others, in other files
            pieces = re.findall(r"[\w.@-]+", word)
            if any(p not in tree.words and f"no-{p}" not in tree.words for p in pieces):
                what = "no file has the word"
                name = f"{known.name}={word}"
                yield Drift("boot-word", GONE, name, what, custom[0].file.name, custom[0].line)


_HEADING = re.compile(r"^### ([\w.-]+(?:`?\[)?)", re.MULTILINE)


def _documented(tree: Tree, release: str) -> Iterator[Drift]:
    file, text = tree.text(
        "docs/misc/xen-command-line.pandoc", "docs/misc/xen-command-line.markdown"
    )
    if not file:
        return
    start = text.find("## Parameter details")
    names = {m[1].replace("`", ""): m.start() for m in _HEADING.finditer(text) if m.start() > start}
    ours = {p.name: p for p in boot_parameters() if alive(p.detail.get("documented", []), release)}
    for name, offset in sorted(names.items()):
        if name not in ours:
            line = text.count("\n", 0, offset) + 1
            known = XEN.boot_parameter(name)
            what = "the command line's page has it" + ("" if known else ", the catalogue does not")
            yield Drift("documentation", NEW, name, what, file, line)
    for name in sorted(set(ours) - set(names)):
        if f"no-{name}" in names:
            continue
        yield Drift("documentation", GONE, name, f"{file} no longer has it")
