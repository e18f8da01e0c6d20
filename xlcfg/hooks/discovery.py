"""Finds installed plugins by reading `entry_points.txt` beside the installed distributions.

`importlib.metadata` does the same at fifty times the cost of a start-up; it is imported here only
once a plugin has been found and somebody asks for its version.

Plugins in the group `xlcfg` take part in every run.  A plugin that only reads files of its own kind
can stay out of the others: in a group `xlcfg.starts.HEX` it is imported for an input that starts,
after blanks, with the bytes written there in hexadecimal (`xlcfg.starts.7b22` for `{"`).
"""

from __future__ import annotations

import os
import sys
from collections import namedtuple

from xlcfg.source.opening import open_descriptor

GROUP = "xlcfg"
LATE = GROUP + ".starts."

#: `name` of the entry point, `target` as in "module:attribute", `distribution` and its `version`;
#: `starts`: the first bytes of the inputs it waits for, empty when it takes part in every run
Found = namedtuple(
    "Found", ("name", "target", "distribution", "version", "starts"), defaults=(b"",)
)


def find_plugins() -> list[Found]:
    """The plugins to load, sorted by name.

    `XLCFG_PLUGINS` (comma separated) narrows the installed ones to those named; a word with a
    dot or colon in it is a module to load besides. Empty: none at all.
    """
    wanted = os.environ.get("XLCFG_PLUGINS")
    found = _installed()
    if wanted is None:
        return found
    names = [word.strip() for word in wanted.split(",") if word.strip()]
    modules = [w for w in names if "." in w or ":" in w]
    out = [f for f in found if f.name in names]
    return out + [Found(m, m, "", "") for m in modules]


def missing() -> list[tuple[str, str]]:
    """The plugins that `XLCFG_PLUGINS` names and nobody has installed, and what to say of each."""
    words = os.environ.get("XLCFG_PLUGINS", "").split(",")
    names = [name for name in map(str.strip, words) if name and "." not in name and ":" not in name]
    if not names:
        return []
    known = [found.name for found in _installed()]
    there = f"there are {', '.join(known)}" if known else "there is none"
    text = f"XLCFG_PLUGINS: no plugin of this name is installed; {there}"
    return [(name, text) for name in names if name not in known]


def _installed() -> list[Found]:
    found: dict[str, Found] = {}
    for folder in sys.path:
        try:
            entries = list(os.scandir(folder or "."))
        except OSError:
            continue
        for entry in entries:
            if not entry.name.endswith((".dist-info", ".egg-info")):
                continue
            try:
                path = os.path.join(entry.path, "entry_points.txt")
                descriptor, status = open_descriptor(path)
                try:
                    data = os.read(descriptor, status.st_size)
                finally:
                    os.close(descriptor)
            except OSError:
                continue
            if b"[xlcfg" not in data:
                continue
            stem = entry.name.rpartition(".")[0]
            distribution, _, version = stem.partition("-")
            for name, target, starts in _groups(data.decode("utf-8", "replace")):
                # as on sys.path, what comes first shadows what comes later
                found.setdefault(name, Found(name, target, distribution, version, starts))
    return sorted(found.values())


def _groups(text: str) -> list[tuple[str, str, bytes]]:
    """Name, target and first bytes of each entry point of ours."""
    inside = False
    starts = b""
    out = []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            group = line[1:-1]
            inside, starts = group == GROUP, b""
            if group.startswith(LATE):
                try:
                    starts = bytes.fromhex(group.removeprefix(LATE))
                except ValueError:
                    continue  # no bytes: nothing could ever bring it in
                inside = True
        elif inside and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            out.append((name.strip(), target.strip(), starts))
    return out
