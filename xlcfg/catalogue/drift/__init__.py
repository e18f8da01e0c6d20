"""What is new, gone or changed in a Xen source tree against the catalogue, for who maintains it.

    python -m xlcfg.catalogue.drift XEN_SOURCE_TREE

It reads what Xen declares (`boolean_param("x", ...)`, `xlu_cfg_get_long(config, "x", ...)`,
`dt_property_read_u32(node, "x", ...)`), the words that its parsers compare, and the documentation.
It compiles nothing: what C only computes, such as the name of a key put together from pieces, it
does not see. `docs/releases.md` tells what to do with the answer.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

NEW, GONE, CHANGED = "new", "gone", "changed"


class NotXen(Exception):
    """The folder is no source tree of Xen; the message says what is missing."""


class Drift(NamedTuple):
    """One difference.

    `place` is "boot", "boot-word", "guest", "guest-word", "xl.conf", "cpupool", "dom0less" or
    "documentation"; `change` is `NEW`, `GONE` or `CHANGED`, as seen from the catalogue. `file` is
    relative to the tree, "" with line 0 for what is nowhere in it.
    """

    place: str
    change: str
    name: str
    what: str
    file: str = ""
    line: int = 0


class Report(NamedTuple):
    """What was found in a tree.

    `version` is what its Makefile says (4.23-unstable), `release` the line of the catalogue that it
    was held against.
    """

    tree: str
    version: str
    release: str
    found: list[Drift]


@cache
def data(name: str) -> Any:
    """The parsed `data/<name>.json` of the catalogue."""
    from xlcfg.catalogue.build import load

    return load(name)


def version_of(tree: Path) -> str:
    """The version of a source tree, as 4.23-unstable or 4.22.0; NotXen for another folder."""
    makefile = tree / "xen" / "Makefile"
    if not makefile.exists():
        raise NotXen(f"{tree} has no xen/Makefile")
    text = makefile.read_text(encoding="utf-8", errors="replace")
    parts = []
    for name in ("VERSION", "SUBVERSION", "EXTRAVERSION"):
        found = re.search(rf"^(?:export )?XEN_{name}\s*\??=\s*([^$\s]*)", text, re.MULTILINE)
        parts.append(found[1] if found else "")
    if not parts[0]:
        raise NotXen(f"{makefile} says no XEN_VERSION")
    return f"{parts[0]}.{parts[1]}{parts[2]}"


def line_of(version: str) -> str:
    """The catalogue's line for a version: its release, `unstable` for what is later than all."""
    from xlcfg.catalogue import releases

    line = re.match(r"\d+\.\d+", version)
    known = line is not None and line[0] in releases()
    return line[0] if line is not None and known and "unstable" not in version else "unstable"
