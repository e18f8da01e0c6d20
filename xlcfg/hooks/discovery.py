"""Finds installed plugins by reading `entry_points.txt` beside the installed distributions.

`importlib.metadata` does the same at fifty times the cost of a start-up; it is imported here only
once a plugin has been found and somebody asks for its version.
"""

from __future__ import annotations

import os
import sys
from collections import namedtuple

GROUP = "xlcfg"

#: `name` of the entry point, `target` as in "module:attribute", `distribution` and its `version`
Found = namedtuple("Found", ("name", "target", "distribution", "version"))


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
                with open(os.path.join(entry.path, "entry_points.txt"), "rb") as file:
                    data = file.read()
            except OSError:
                continue
            if b"[xlcfg]" not in data:
                continue
            stem = entry.name.rpartition(".")[0]
            distribution, _, version = stem.partition("-")
            for name, target in _group(data.decode("utf-8", "replace")):
                # as on sys.path, what comes first shadows what comes later
                found.setdefault(name, Found(name, target, distribution, version))
    return sorted(found.values())


def _group(text: str) -> list[tuple[str, str]]:
    inside = False
    out = []
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            name, _, target = line.partition("=")
            out.append((name.strip(), target.strip()))
    return out
