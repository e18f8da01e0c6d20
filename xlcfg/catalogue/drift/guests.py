"""Keys of guest configs, of xl.conf and of cpupools, and the words of their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xlcfg.catalogue import alive
from xlcfg.catalogue.drift import CHANGED, GONE, NEW, Drift, data
from xlcfg.catalogue.drift.source import CFile, Tree

_READ = re.compile(r'\bxlu_cfg_(\w+)\s*\(\s*\*?\w+\s*,\s*"([\w.-]+)"', re.MULTILINE)
_MATCHED = re.compile(r'\bMATCH_OPTION\s*\(\s*"([\w.-]+)"')
_LEXED = re.compile(r"^([a-z][a-z_-]+)(?:=\[\^,\]\*)?,\?", re.MULTILINE)
_ITEM = re.compile(r"^=item B<([\w.-]+)=", re.MULTILINE)


def keys(file: CFile | None) -> dict[str, tuple[set[str], int]]:
    """Key -> the functions that read it, and the line of the first."""
    found: dict[str, tuple[set[str], int]] = {}
    for match in _READ.finditer(file.text if file is not None else ""):
        line = file.line(match.start()) if file is not None else 0
        functions, _ = found.setdefault(match[2], (set(), line))
        functions.add(match[1])
    return found


def found(tree: Tree, release: str) -> Iterator[Drift]:
    """What differs about what xl reads."""
    guests = tree.one("tools/xl/xl_parse.c", "tools/libxl/xl_cmdimpl.c")
    options = data("guest_options")["options"]
    yield from _keys("guest", guests, options, release)
    conf = tree.one("tools/xl/xl.c", "tools/libxl/xl.c")
    yield from _keys("xl.conf", conf, data("xl_conf")["options"], release)
    pools = tree.one("tools/xl/xl_cpupool.c")
    ours = [{"name": n} if isinstance(n, str) else n for n in data("xl_conf")["cpupool_keys"]]
    yield from _keys("cpupool", pools, ours, release)
    yield from _words(tree, guests, release)
    yield from _documented(tree, options, release)


def _keys(
    place: str, file: CFile | None, options: Iterable[Mapping[str, Any]], release: str
) -> Iterator[Drift]:
    if file is None:
        return
    source = keys(file)
    ours = {o["name"]: o for o in options if "runs" not in o or alive(o["runs"], release)}
    for name, (functions, line) in sorted(source.items()):
        if name not in ours:
            yield Drift(place, NEW, name, f"read by {_list(functions)}", file.name, line)
            continue
        known = {
            function
            for reader in ours[name].get("readers", ())
            if alive(reader["runs"], release)
            for function in reader["functions"]
        }
        if known and known != functions:
            what = f"read by {_list(functions)}, not {_list(known)}"
            yield Drift(place, CHANGED, name, what, file.name, line)
    for name in sorted(set(ours) - set(source)):
        start = name.rpartition("_")[0]
        # a name may be put together by the preprocessor
        if f'"{name}"' not in file.text and not re.search(rf'"{start}_?"\s*#', file.text):
            yield Drift(place, GONE, name, f"{file.name} has no such word")


def _list(functions: Iterable[str]) -> str:
    return ", ".join(sorted(functions))


def _words(tree: Tree, guests: CFile | None, release: str) -> Iterator[Drift]:
    """Words of device strings: those that xl and libxlutil match, against all grammars."""
    if guests is None:
        return
    known = set(_names(data("grammars")))
    for match in _MATCHED.finditer(guests.text):
        if match[1] not in known:
            what = "an option of a value that no grammar of the catalogue has"
            yield Drift("guest-word", NEW, match[1], what, guests.name, guests.line(match.start()))
    for name in ("tools/libs/util/libxlu_disk_l.l", "tools/libxl/libxlu_disk_l.l"):
        file, text = tree.text(name)
        for match in _LEXED.finditer(text):
            if match[1] not in known:
                line = text.count("\n", 0, match.start()) + 1
                yield Drift("guest-word", NEW, match[1], "a word of disks", file, line)
    folders = ("tools/xl", "tools/libs/util", "tools/libs/light", "tools/libxl")
    texts = "".join(f.text for folder in folders for f in tree.files(folder, ".c", ".l", ".idl"))
    # names of fields that guests see are constants there
    texts += "".join(f.text for f in tree.files("xen/include/public", ".h"))
    for grammar, entry in sorted(data("grammars")["grammars"].items()):
        for key in entry.get("keys", ()):
            read = alive(key.get("runs", [["4.4", "unstable"]]), release)
            if read and not re.search(rf"\b{re.escape(key['name'])}\b", texts):
                name = f"{grammar}: {key['name']}"
                yield Drift("guest-word", GONE, name, "xl and libxl no longer have the word")


def _names(value: Any) -> Iterator[str]:
    """Every name and value anywhere in the grammars."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key in ("name", "value", "alias") and isinstance(one, str):
                yield one
            else:
                yield from _names(one)
    elif isinstance(value, list):
        for one in value:
            if isinstance(one, str):
                yield one
            else:
                yield from _names(one)


def _documented(tree: Tree, options: Iterable[Mapping[str, Any]], release: str) -> Iterator[Drift]:
    file, text = tree.text(
        "docs/man/xl.cfg.5.pod.in", "docs/man/xl.cfg.pod.5.in", "docs/man/xl.cfg.pod.5"
    )
    if not file:
        return
    known = set(_names(data("grammars"))) | {o["name"] for o in options}
    seen = {match[1]: match.start() for match in _ITEM.finditer(text)}
    for name, offset in sorted(seen.items()):
        if name not in known:
            line = text.count("\n", 0, offset) + 1
            yield Drift("documentation", NEW, name, "the manual page of xl.cfg has it", file, line)
    for option in options:
        name = option["name"]
        if alive(option.get("documented", []), release) and not re.search(
            rf"\b{re.escape(name)}\b", text
        ):
            yield Drift("documentation", GONE, name, f"{file} no longer has it")
